"""Kartverket's address file, taken in. Every line here is invented; only the format is Kartverket's."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from askerportal.shared import addresses, places
from askerportal.shared.models import Address

HEADER = (
    "lokalId;kommunenummer;kommunenavn;adressetype;adressetilleggsnavn;adressetilleggsnavnKilde;adressekode;"
    "adressenavn;nummer;bokstav;gardsnummer;bruksnummer;festenummer;undernummer;adresseTekst;"
    "adresseTekstUtenAdressetilleggsnavn;EPSG-kode;Nord;Øst;postnummer;poststed;oppdateringsdato"
)


def line(
    street="Oppdiktet gate", number="12", letter="", epsg="25832", north="6634480.49", east="580695.31",
    municipality="3203", code="1384", place="ASKER",
):  # fmt: skip
    """A synthetic line as Kartverket writes them; by default 59.8401° north, 10.4398° east."""
    text = f"{street} {number}{letter}"
    return (
        f"900000001;{municipality};ASKER;vegadresse;;;1234;{street};{number};{letter};1;2;;;{text};{text};"
        f"{epsg};{north};{east};{code};{place};2026-01-01"
    )


@pytest.fixture
def take_in(db, tmp_path):
    """Import lines by the command; what it said."""

    def run(*lines, header=HEADER, encoding="utf-8", ending="\n"):
        file = tmp_path / "matrikkelenVegadresse.csv"
        file.write_bytes(ending.join([header, *lines, ""]).encode(encoding))
        said = StringIO()
        call_command("import_addresses", str(file), stdout=said)
        return said.getvalue().splitlines()

    return run


# From PROJ 9 (pyproj 3.7.2), EPSG:4258 to the two zones, beforehand.
@pytest.mark.parametrize(
    ("zone", "east", "north", "lat", "lon"),
    [
        (32, 580675.04, 6633700.23, 59.8331, 10.4392),
        (32, 586053.22, 6596713.06, 59.5, 10.52),
        (32, 572726.61, 6640988.35, 59.9, 10.3),
        (33, 244462.64, 6641624.23, 59.8331, 10.4392),
        (33, 246480.42, 6604276.06, 59.5, 10.52),
        (33, 237200.82, 6649607.65, 59.9, 10.3),
    ],
)
def test_position_in_a_utm_zone_becomes_degrees(zone, east, north, lat, lon):
    found = addresses.to_degrees(north, east, zone)

    assert places.metres_between(*found, lat, lon) < 0.02


@pytest.mark.parametrize(
    ("epsg", "north", "east"),
    [
        ("25832", "6633700.23", "580675.04"),
        ("25833", "6641624.23", "244462.64"),
        ("4258", "59.8331", "10.4392"),
        ("EPSG:4258", "59,8331", "10,4392"),
    ],
)
def test_address_is_taken_in_whatever_its_grid(take_in, epsg, north, east):
    said = take_in(line(epsg=epsg, north=north, east=east))

    assert said == ["imported=1 unchanged=0 refused=0"]
    house = Address.objects.houses().get()
    assert str(house) == "Oppdiktet gate 12, 1384 Asker"
    assert places.metres_between(house.lat, house.lon, 59.8331, 10.4392) < 0.1
    assert not house.is_approximate


def test_same_file_twice_changes_nothing_and_a_newer_one_only_what_is_new(take_in):
    lines = [line(number=str(number)) for number in range(1, 11)]
    take_in(*lines)

    assert take_in(*lines) == ["imported=0 unchanged=10 refused=0"]
    lines[3] = line(number="4", north="6634500")
    assert take_in(*lines, line(number="11")) == ["imported=2 unchanged=9 refused=0"]
    assert Address.objects.houses().count() == 11


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"municipality": "3201"}, "kommunenummer"),
        ({"street": ""}, "adressenavn"),
        ({"street": "x" * 101}, "adressenavn"),
        ({"street": "A\x00B"}, "linje"),
        ({"street": "A\tB"}, "adressenavn"),
        ({"street": "A;B"}, "linje"),
        ({"street": '"Uten slutt'}, "linje"),
        ({"number": "tolv"}, "nummer"),
        ({"number": ""}, "nummer"),
        ({"number": "0"}, "nummer"),
        ({"number": "123456"}, "nummer"),
        ({"letter": "AB"}, "bokstav"),
        ({"letter": "4"}, "bokstav"),
        ({"epsg": "32632"}, "EPSG-kode"),
        ({"north": ""}, "Nord"),
        ({"north": "nan"}, "Nord"),
        ({"east": "1e999"}, "Øst"),
        ({"north": "1e30"}, "Nord, Øst"),
        ({"north": "580695", "east": "6634480"}, "Nord, Øst"),
        ({"code": "13A4"}, "postnummer"),
        ({"place": ""}, "poststed"),
        ({"place": "x" * 20_000}, "linje"),
    ],
)
def test_wrong_line_is_named_and_stops_no_other(take_in, wrong, column):
    said = take_in(line(), line(number="13") if not wrong else line(**wrong), line(number="14"))

    assert said[0].startswith(f"line 3: {column}: ")
    assert said[1:] == ["imported=2 unchanged=0 refused=1"]


def test_line_that_is_cut_short_or_empty_is_refused(take_in):
    said = take_in(line(), line()[:60], "", line(number="14"))

    assert [text.split(":")[0] for text in said] == ["line 3", "line 4", "imported=2 unchanged=0 refused=2"]


def test_line_in_another_charset_is_refused(db, tmp_path):
    file = tmp_path / "addresses.csv"
    lines = [HEADER.encode(), line("Børstad").encode("latin-1"), line("Børstad").encode()]
    file.write_bytes(b"\n".join(lines))
    said = StringIO()

    call_command("import_addresses", str(file), stdout=said)

    assert said.getvalue().splitlines() == [
        "line 2: linje: is not text in UTF-8",
        "imported=1 unchanged=0 refused=1",
    ]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(take_in):
    assert take_in(line(), encoding="utf-8-sig", ending="\r\n") == ["imported=1 unchanged=0 refused=0"]


def test_file_that_is_another_is_refused_whole(take_in):
    with pytest.raises(CommandError, match="adressenavn"):
        take_in("a;b", header="navn;vei")
    with pytest.raises(CommandError, match="lacks Øst"):
        take_in(line(), encoding="latin-1")
    with pytest.raises(CommandError, match="cannot be taken in"):
        call_command("import_addresses", "/no/such/file.csv")


def test_measured_houses_take_the_place_of_the_registers_ranges(take_in):
    assert places.same_address("Kirkeveien 999, 1383 Asker") is None
    assert places.same_address("Kirkeveien 230") == "Kirkeveien 230, 1383 Asker"

    take_in(line("Kirkeveien", "228", code="1383"), line("Kirkeveien", "5", code="1395", place="HVALSTAD"))

    assert places.same_address("Kirkeveien 230") is None
    assert places.likely_addresses("Kirkeveien 230")[:1] == ["Kirkeveien 228, 1383 Asker"]
    assert set(places.likely_addresses("Kirkeveien")) >= {
        "Kirkeveien, 1383 Asker",
        "Kirkeveien, 1395 Hvalstad",
    }
    assert "Kirkeveien, 1384 Asker" not in places.likely_addresses("Kirkeveien")
    call_command("load_base_data", stdout=StringIO())
    assert "Kirkeveien, 1384 Asker" not in places.likely_addresses("Kirkeveien")


def test_invented_addresses_lie_in_the_municipality_and_are_never_mixed_with_others(db):
    said = StringIO()
    call_command("import_addresses", "--synthetic", "1000", stdout=said)

    assert said.getvalue() == "imported=1000 unchanged=0 refused=0\n"
    houses = Address.objects.houses()
    assert houses.count() == 1000
    assert all(places.is_in_municipality(house.lat, house.lon) for house in houses)
    with pytest.raises(CommandError):
        call_command("import_addresses", "--synthetic", "10")
