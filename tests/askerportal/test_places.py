"""Where things are."""

import pytest

from askerportal.shared import addresses, places


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Kirkeveien 230", "Kirkeveien 230, 1383 Asker"),
        ("kirkeveien 120", "Kirkeveien 120, 1384 Asker"),
        ("Kirkeveien 7 b", "Kirkeveien 7B, 1395 Hvalstad"),
        ("Kirkeveien 230, 1383 Asker", "Kirkeveien 230, 1383 Asker"),
        ("kirkeveien230", "Kirkeveien 230, 1383 Asker"),
        ("Kirke veien 230", "Kirkeveien 230, 1383 Asker"),
        ("Kirkeveien 7b asker", None),
        ("kirkeveien 7B hvalstad", "Kirkeveien 7B, 1395 Hvalstad"),
        ("kirkeveien 7 1395", "Kirkeveien 7, 1395 Hvalstad"),
        ("kirkeveien hvalstad", "Kirkeveien, 1395 Hvalstad"),
        ("Kirkeveien", None),
        ("Kirkeveien 999", None),
        ("Storgata 1", None),
        ("", None),
    ],
)
def test_address_is_known_when_it_can_mean_only_one_place(db, text, address):
    assert places.same_address(text) == address


@pytest.mark.parametrize(
    "typo",
    [
        "Kirkevegen 230",
        "kirkvein 230",
        "Kirkeveen 230",
        "kirkevein 230",
        "kirkev 230",
        "kirkev.230",
        "kirkevn 230 asker",
        "Krikeveien 230",
    ],
)
def test_likely_addresses_forgive_typos(db, typo):
    assert "Kirkeveien 230, 1383 Asker" in places.likely_addresses(typo)


@pytest.fixture
def houses(db):
    """Three measured houses in an invented street: 12 and 12B share a point, 30 is 100 m east of them."""
    addresses.store(
        addresses.house(
            street="Oppdiktet gate",
            number=number,
            letter=letter,
            postal_code="1384",
            postal_place="Asker",
            lat=59.84,
            lon=lon,
        )
        for number, letter, lon in [(12, "", 10.44), (12, "B", 10.44), (30, "", 10.44179)]
    )


def test_house_is_known_with_its_position_and_letters_are_told_apart(houses):
    found = places.find("oppdiktet gate 12b").same

    assert (str(found), found.lat, found.is_approximate) == ("Oppdiktet gate 12B, 1384 Asker", 59.84, False)
    assert places.likely_addresses("oppdiktetgate 12") == [
        "Oppdiktet gate 12, 1384 Asker",
        "Oppdiktet gate 12B, 1384 Asker",
    ]


def test_number_that_is_not_in_use_is_offered_those_next_to_it(houses):
    assert places.likely_addresses("Oppdiktet gate 28") == ["Oppdiktet gate 30, 1384 Asker"]
    assert places.likely_addresses("Oppdiktet gate 300") == []


def test_street_of_the_register_has_no_position_to_place_a_pin(db):
    assert places.find("Kirkeveien 230").same.is_approximate


@pytest.mark.parametrize(
    ("lat", "lon", "written", "near"),
    [
        (59.8401, 10.44, "", ("Oppdiktet gate 12", 11)),
        (59.84, 10.44, "Oppdiktet gate 12B, 1384 Asker", ("Oppdiktet gate 12B", 0)),
        (59.84, 10.4415, "", ("Oppdiktet gate 30", 16)),
        (59.8417, 10.44, "", ("Oppdiktet gate 12", 189)),
        (59.8419, 10.44, "", None),
    ],
)
def test_nearest_address_within_200_metres_and_how_far(houses, lat, lon, written, near):
    found = places.nearest_address(lat, lon, written)

    assert (found and (found.address.house, found.metres)) == near


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((59.8331, 10.4392), (59.8331, 10.4492), 560.8),
        ((59.8331, 10.4392), (59.8431, 10.4392), 1114.1),
        ((59.5, 10.52), (59.51, 10.53), 1249.7),
    ],
)
def test_distance_is_right_to_a_thousandth(one, other, metres):
    """The metres are a geodesic's on WGS 84, by PROJ 9."""
    assert abs(places.metres_between(*one, *other) / metres - 1) < 0.001


def test_nothing_is_offered_for_what_is_like_no_street(db):
    assert places.likely_addresses("bak den store låven") == []


@pytest.mark.parametrize(
    ("number", "ranges", "inside"),
    [
        (230, "201-231, 200-230", True),
        (232, "201-231, 200-230", False),
        (96, "95-slutt, 94-slutt", True),
        (93, "95-slutt, 94-slutt", False),
        (24, "13-21, 25-slutt, 14-24", True),
        (23, "13-21, 25-slutt, 14-24", False),
        (16, "16", True),
        (7, "", True),
    ],
)
def test_house_number_is_in_the_postal_registers_range(number, ranges, inside):
    assert places.in_range(number, ranges) is inside


@pytest.mark.parametrize(
    ("lat", "lon", "inside", "neighbour"),
    [
        (59.8331, 10.4392, True, ""),
        (59.6827, 10.5206, True, ""),
        (59.8905, 10.5236, False, "Bærum"),
        (59.744, 10.2045, False, "Drammen"),
        (63.43, 10.39, False, ""),
    ],
    ids=["Asker sentrum", "Sætre", "Sandvika", "Drammen", "Trondheim"],
)
def test_place_is_in_the_municipality_or_in_which_neighbour(lat, lon, inside, neighbour):
    assert places.is_in_municipality(lat, lon) is inside
    assert inside or places.neighbour_at(lat, lon) == neighbour


@pytest.mark.parametrize(
    ("text", "place"),
    [("Storgata 1, 1337 Sandvika", "Sandvika"), ("Kirkeveien 230, 1383 Asker", ""), ("Kirkeveien 230", "")],
)
def test_postal_code_tells_that_an_address_is_elsewhere(text, place):
    assert places.elsewhere(text) == place
