"""Fills the address table: from the bundled sample, from Kartverket's file, or with invented addresses.

Kartverket's file is matrikkelenVegadresse.csv: UTF-8, a header line, a line an
address, values apart by ";". Positions are UTM or degrees, as "EPSG-kode" says.
"""

import csv
import math
import random
from itertools import islice
from typing import NamedTuple

import utm
from django.conf import settings
from django.db import connection, transaction

from askerportal.shared import places
from askerportal.shared.models import Address

COLUMNS = [
    "kommunenummer",
    "adressenavn",
    "nummer",
    "bokstav",
    "EPSG-kode",
    "Nord",
    "Øst",
    "postnummer",
    "poststed",
]
ZONES = {"25832": 32, "25833": 33}  # EPSG → UTM zone on EUREF 89, which is WGS 84 to half a metre
DEGREES = "4258"
MARGIN = 0.1  # degrees outside the outline's box where an address of ours cannot lie
LONGEST = 10_000  # characters of a line


class Refused(Exception):
    """A line that cannot be taken in: the column, and why."""

    def __init__(self, column, reason):
        super().__init__(f"{column}: {reason}")


class Result(NamedTuple):
    """What came of a file."""

    imported: int
    unchanged: int
    refused: int


def read_line(line, columns):
    """The address on a line of Kartverket's file, unsaved; raises Refused.

    columns: the header's names in their order.
    """
    if "\0" in line or "\ufffd" in line:
        raise Refused("linje", "is not text in UTF-8")
    try:
        # A line at a time, so that a stray quotation mark never swallows the next.
        [values] = csv.reader([line], delimiter=";")
    except (csv.Error, ValueError):
        raise Refused("linje", "cannot be read") from None
    if len(values) != len(columns):
        raise Refused("linje", f"has {len(values)} values, not {len(columns)}")
    row = dict(zip(columns, (value.strip() for value in values), strict=True))
    if row["kommunenummer"] != settings.MUNICIPALITY_NUMBER:
        raise Refused("kommunenummer", f"«{row['kommunenummer']}» is not {settings.MUNICIPALITY_NUMBER}")
    lat, lon = _position(row)
    return house(
        street=_words(row, "adressenavn", 100),
        number=_digits(row, "nummer", 4),
        letter=_letter(row),
        postal_code=_postal_code(row),
        postal_place=_words(row, "poststed", 50).title(),
        lat=lat,
        lon=lon,
    )


def _words(row, column, longest):
    text = row[column]
    if not 1 <= len(text) <= longest or not text.isprintable():
        raise Refused(column, f"is not 1 to {longest} characters")
    return text


def _digits(row, column, longest):
    text = row[column]
    if not (text.isascii() and text.isdigit() and len(text) <= longest and int(text)):
        raise Refused(column, f"«{text[:20]}» is not a number of at most {longest} digits")
    return int(text)


def _postal_code(row):
    return f"{_digits(row, 'postnummer', 4):04}"


def _letter(row):
    letter = row["bokstav"].upper()
    if len(letter) > 1 or (letter and not letter.isalpha()):
        raise Refused("bokstav", f"«{letter[:20]}» is not a letter")
    return letter


def _position(row):
    north, east = _metres(row, "Nord"), _metres(row, "Øst")
    grid = row["EPSG-kode"].removeprefix("EPSG:")
    if grid == DEGREES:
        lat, lon = north, east
    elif grid in ZONES:
        lat, lon = to_degrees(north, east, ZONES[grid])
    else:
        raise Refused("EPSG-kode", f"«{grid[:20]}» is none of {', '.join([DEGREES, *ZONES])}")
    west, south, far_east, far_north = places.bounds()
    if not (south - MARGIN < lat < far_north + MARGIN and west - MARGIN < lon < far_east + MARGIN):
        raise Refused("Nord, Øst", "lies far outside the municipality")
    return round(lat, 7), round(lon, 7)


def _metres(row, column):
    try:
        number = float(row[column].replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Refused(column, f"«{row[column][:20]}» is not a number")
    return number


def to_degrees(north, east, zone):
    """A position in a UTM zone (metres) as degrees in WGS 84; (nan, nan) when it is on no map.

    Good to a centimetre one zone off, as southern Norway's addresses in zone 33 are.
    """
    try:
        return utm.to_latlon(east, north, zone, northern=True, strict=False)
    except (utm.OutOfRangeError, OverflowError):
        return math.nan, math.nan


def house(**fields):
    """An address with a number, unsaved. Houses are found through their street: no words to search."""
    return Address(**fields, search="")


def street(**fields):
    """A street within a postal code, unsaved."""
    return Address(**fields, is_approximate=True, search=places.compact(fields["street"]))


def import_file(path, refuse):
    """Take in Kartverket's file; may be done again. Returns a Result.

    refuse(line number, reason) is told of each line that could not be taken in.
    Raises ValueError when the first line names not all of COLUMNS.
    """
    counts = {"read": 0, "refused": 0}
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        columns = [name.strip() for name in file.readline(LONGEST).split(";")]
        if missing := [name for name in COLUMNS if name not in columns]:
            raise ValueError(f"the first line lacks {', '.join(missing)}")

        def accepted():
            for number, line in enumerate(iter(lambda: _next_line(file), ""), start=2):
                try:
                    address = read_line(line, columns)
                except Refused as error:
                    counts["refused"] += 1
                    refuse(number, str(error))
                else:
                    counts["read"] += 1
                    yield address

        imported = store(accepted())
    return Result(imported, counts["read"] - imported, counts["refused"])


def _next_line(file):
    """The next line that holds something, "" at the end; of one that never ends, the beginning."""
    while line := file.readline(LONGEST):
        rest = line
        while len(rest) == LONGEST and not rest.endswith("\n"):
            rest = file.readline(LONGEST)
        return line.rstrip("\r\n") or " "
    return ""


FIELDS = ["street", "number", "letter", "postal_code", "postal_place", "lat", "lon"]
STAGE = """
    CREATE TEMPORARY TABLE stage ON COMMIT DROP AS
    SELECT street, number, letter, postal_code, postal_place, lat, lon FROM shared_address LIMIT 0
"""
MERGE = """
    INSERT INTO shared_address AS known
        (street, number, letter, postal_code, postal_place, lat, lon, number_range, is_approximate, search)
    SELECT DISTINCT ON (street, postal_code, number, letter)
        street, number, letter, postal_code, postal_place, lat, lon, '', false, ''
    FROM stage ORDER BY street, postal_code, number, letter, lat, lon
    ON CONFLICT (street, postal_code, number, letter, number_range) DO UPDATE
        SET postal_place = excluded.postal_place, lat = excluded.lat, lon = excluded.lon
        WHERE (known.postal_place, known.lat, known.lon) IS DISTINCT FROM
              (excluded.postal_place, excluded.lat, excluded.lon)
"""
# A street with houses needs neither the register's ranges nor a postal code that none of them has.
DROP_PARTS = """
    DELETE FROM shared_address part
    WHERE number IS NULL AND EXISTS (
        SELECT 1 FROM shared_address house WHERE house.street = part.street AND house.number IS NOT NULL
    ) AND (number_range <> '' OR NOT EXISTS (
        SELECT 1 FROM shared_address house
        WHERE house.street = part.street AND house.postal_code = part.postal_code AND house.number IS NOT NULL
    ))
"""
STREETS = """
    SELECT street, postal_code, min(postal_place), round(avg(lat)::numeric, 5), round(avg(lon)::numeric, 5)
    FROM shared_address WHERE number IS NOT NULL GROUP BY street, postal_code
"""


def store(houses):
    """Write houses (a stream of unsaved ones) and their streets; returns how many were new or changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(STAGE)
        with cursor.copy(f"COPY stage ({', '.join(FIELDS)}) FROM STDIN") as copy:
            for address in houses:
                copy.write_row([getattr(address, field) for field in FIELDS])
        cursor.execute(MERGE)
        changed = cursor.rowcount
        cursor.execute("DROP TABLE stage")
        _write_streets(cursor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE shared_address")
    return changed


def _write_streets(cursor):
    cursor.execute(DROP_PARTS)
    cursor.execute(STREETS)
    Address.objects.bulk_create(
        [
            street(street=name, postal_code=code, postal_place=place, lat=float(lat), lon=float(lon))
            for name, code, place, lat, lon in cursor.fetchall()
        ],
        update_conflicts=True,
        unique_fields=["street", "postal_code", "number", "letter", "number_range"],
        update_fields=["postal_place", "lat", "lon", "search"],
    )


def load_streets():
    """Add the bundled register's streets that are missing and have no houses; returns how many were added."""
    measured = set(Address.objects.houses().values_list("street", flat=True).distinct())
    streets = [part for part in _bundled() if part.street not in measured]
    before = Address.objects.count()
    Address.objects.bulk_create(streets, ignore_conflicts=True)
    return Address.objects.count() - before


def _bundled():
    """The postal register of 2011, each part of a street at its postal code's point."""
    points = places.postal_codes()
    with (places.DATA / "asker-streets-2011.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["postal_code"] in points:
                lat, lon = points[row["postal_code"]]
                yield street(
                    street=row["street"],
                    number_range=row["number_range"],
                    postal_code=row["postal_code"],
                    postal_place=row["postal_place"].title(),
                    lat=lat,
                    lon=lon,
                )


class NotEmpty(Exception):
    """There are addresses already, which invented ones must not be mixed with."""


def invent(count):
    """Write invented addresses for trying and measuring: bundled street names, positions in the municipality.

    The same count gives the same addresses. Raises NotEmpty where there are houses.
    """
    if Address.objects.houses().exists():
        raise NotEmpty
    return store(islice(_invented(random.Random(count)), count))  # noqa: S311 - nothing secret


def _invented(dice):
    """Houses along straight streets that start near their postal code's point, 15 m apart, both sides."""
    parts = list({(part.street, part.postal_code): part for part in _bundled()}.values())
    starts = [(dice.gauss(0, 0.01), dice.gauss(0, 0.02), dice.uniform(0, math.tau)) for _ in parts]
    for row in range(5000):
        for part, (north, east, way) in zip(parts, starts, strict=True):
            along = row * 15 / places.METRES_NORTH
            lat, lon = part.lat + north + along * math.cos(way), part.lon + east + 2 * along * math.sin(way)
            if not places.is_in_municipality(lat, lon):
                lat, lon = part.lat + dice.gauss(0, 0.001), part.lon + dice.gauss(0, 0.002)
            place = {"postal_code": part.postal_code, "postal_place": part.postal_place}
            for letter in ["", "A", "B"] if row % 9 == 4 else [""]:
                yield house(
                    street=part.street,
                    number=row + 1,
                    letter=letter,
                    lat=round(lat, 7),
                    lon=round(lon, 7),
                    **place,
                )
