"""Where things are: addresses in words, and the municipality's border.

Positions are degrees in WGS 84, always named lat and lon.
"""

import csv
import functools
import math
import re
from pathlib import Path
from typing import NamedTuple

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Power

from askerportal.shared import kartverket
from askerportal.shared.areas import Area, areas_of
from askerportal.shared.models import Address

DATA = Path(__file__).parent / "data"
COARSE = 0.003  # degrees: quays and beaches lie up to some 300 m outside the outline
SURELY = (
    0.8  # pg_trgm likeness from which a street's numbers are, where the one that was written is not in use
)
NEXT = 10  # house numbers up or down that count as next to it
NEARBY = 200  # metres within which an address says where something is
METRES_NORTH = 111_407  # a degree of latitude at 59.7° north

_ADDRESS = re.compile(
    r"""^\s*(?P<street>(?:\d{1,2}\.\s*)?[^\d,]*[^\d,\s])      # "17. mai-veien" too
    [\s,]*(?:(?P<number>[1-9]\d{0,3})(?!\d)
        (?:\s*(?P<letter>[a-zæøå])(?![a-zæøå]))?)?
    (?P<rest>[\s,].*)?$""",
    re.IGNORECASE | re.VERBOSE,
)


@functools.cache
def _outline():
    """The municipality's outline: clipped at the coast, 200 corners."""
    return Area(areas_of(DATA / "asker-3203.geojson"))


def bounds():
    """The box around the municipality: west, south, east, north."""
    return _outline().bounds


@functools.cache
def _neighbours():
    features = areas_of(DATA / "surroundings.geojson")
    names = [(feature["properties"]["navn"], feature) for feature in features]
    return [(name, Area([feature])) for name, feature in names if name != "Asker"]


def is_in_municipality(lat, lon):
    """True when the place lies in Asker: inside the outline, or within COARSE of it and in no neighbour."""
    if _outline().contains(lat, lon):
        return True
    return _outline().is_near(lat, lon, COARSE) and not neighbour_at(lat, lon)


def neighbour_at(lat, lon):
    """The name of the other municipality that this place lies in, or "" where we know of none."""
    return next((name for name, area in _neighbours() if area.contains(lat, lon)), "")


@functools.cache
def postal_codes():
    """Each postal code of the municipality with its point (lat, lon)."""
    with (DATA / "asker-postal-codes.csv").open(encoding="utf-8") as file:
        return {row["postal_code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}


@functools.cache
def postal_places():
    """The names of the municipality's postal places, in small letters."""
    with (DATA / "asker-postal-codes.csv").open(encoding="utf-8") as file:
        return {row["place"].partition(" (")[0].casefold() for row in csv.DictReader(file)}


def elsewhere(text):
    """The place outside the municipality that an address names ("1337 Sandvika" → "Sandvika"), or ""."""
    match = re.search(r"\b(\d{4})\s+([^\d,]+)$", text.strip())
    return match[2].strip() if match and match[1] not in postal_codes() else ""


def likely_addresses(text, limit=6):
    """Addresses that the text may mean, best first, as "Kirkeveien 230, 1383 Asker"."""
    return [str(address) for address in find(text, limit).likely]


def same_address(text):
    """The one full address that the text surely means, or None when none or several could be meant."""
    same = find(text).same
    return same and str(same)


class Found(NamedTuple):
    """What a text may mean: the one address that it surely names or None, and the likeliest, best first."""

    same: Address | None
    likely: list[Address]


class Asked(NamedTuple):
    """A text taken apart: "kirkeveien 230 b, 1383 asker"."""

    street: str
    number: int | None
    letter: str
    rest: str

    def is_at(self, address):
        """True when the postal code and place that were written are an address's, or none were."""
        place = f"{address.postal_code} {address.postal_place}".casefold()
        return all(word in place for word in self.rest.casefold().split())

    def is_met_by(self, address):
        """True when an address is what was written, but for case, spaces and what was left out."""
        house = (compact(address.street), address.number, address.letter)
        return house == (compact(self.street), self.number, self.letter) and self.is_at(address)


def read_address(text):
    """The text taken apart, or None when it cannot be an address."""
    match = _ADDRESS.match(text)
    if not match:
        return None
    number, letter, rest = match["number"], match["letter"] or "", match["rest"] or ""
    if number in postal_codes():
        number, rest = None, f"{number} {letter} {rest}"
    rest = " ".join(re.findall(r"\w+", rest))
    street, _, last = match["street"].rpartition(" ")
    if street.strip() and last.casefold() in postal_places():
        rest = f"{last} {rest}"
    else:
        street = match["street"]
    return Asked(street, int(number) if number else None, letter.upper(), rest)


def find(text, limit=6):
    """The addresses that a text may mean: ours, or Kartverket's when we know of none."""
    asked = read_address(text)
    if not asked:
        return Found(None, [])
    streets = _streets_like(asked, limit * 3)
    found = _houses(streets, asked) if asked.number else streets
    likely = list({str(address): address for address in found or kartverket.search(text, limit)}.values())[
        :limit
    ]
    same = [address for address in likely if asked.is_met_by(address)]
    return Found(same[0] if len(same) == 1 else None, likely)


def compact(words):
    """A name as it is compared: small letters and digits only."""
    return re.sub(r"[\W_]+", "", words.casefold())


def _streets_like(asked, limit):
    """Streets named like what was written, the likest first; those at the place that was written win."""
    name = compact(asked.street)
    likest = (
        Address.objects.streets()
        .filter(search__trigram_word_similar=name)
        .annotate(likeness=TrigramWordSimilarity(name, "search"), has_houses=Exists(_HOUSES))
        .order_by("-likeness", TrigramSimilarity("search", name).desc(), "street", "postal_code")[:limit]
    )
    return sorted(likest, key=lambda street: -street.likeness * (1.1 if asked.is_at(street) else 1))


_HOUSES = Address.objects.houses().filter(street=OuterRef("street"), postal_code=OuterRef("postal_code"))


def _houses(streets, asked):
    """The houses with this number in these streets; those next to it where one surely meant lacks it."""
    known = _near_number(streets, asked.number)
    found = []
    for street in streets:
        if street.has_houses:
            found += _like(asked, known[street.street, street.postal_code], street.likeness >= SURELY)
        elif in_range(asked.number, street.number_range):
            found.append(_presumed(street, asked))
    return found


def _like(asked, houses, with_next):
    same = [house for house in houses if house.number == asked.number]
    if same or not with_next:
        return sorted(same, key=lambda house: (house.letter != asked.letter, house.letter))
    # Its own side of the street first.
    houses.sort(key=lambda h: ((h.number - asked.number) % 2, abs(h.number - asked.number), h.letter))
    return houses[:2]


def _presumed(street, asked):
    """A house that only the postal register's ranges tell of, at the street's point."""
    return Address(
        street=street.street,
        number=asked.number,
        letter=asked.letter,
        postal_code=street.postal_code,
        postal_place=street.postal_place,
        lat=street.lat,
        lon=street.lon,
        is_approximate=True,
    )


def _near_number(streets, number):
    """Houses with this number, by street and postal code; in streets surely meant, those next to it too."""
    groups = {(street.street, street.postal_code): [] for street in streets}
    with_houses = [street for street in streets if street.has_houses]
    sure = [street.street for street in with_houses if street.likeness >= SURELY]
    houses = Address.objects.filter(
        Q(number=number) | Q(number__range=(number - NEXT, number + NEXT), street__in=sure),
        street__in=[street.street for street in with_houses],
    )
    for house in houses if with_houses else []:
        groups.get((house.street, house.postal_code), []).append(house)
    return groups


class Near(NamedTuple):
    """The nearest address and how far it is, in whole metres."""

    address: Address
    metres: int


def nearest_address(lat, lon, written=""):
    """The address nearest to a position, within NEARBY metres, or None.

    Several houses may share a point: the one whose text is `written` comes first.
    """
    houses = _houses_around(lat, lon) or kartverket.around(lat, lon)
    found = [Near(house, round(metres_between(lat, lon, house.lat, house.lon))) for house in houses]
    near = [house for house in found if house.metres <= NEARBY]
    return min(near, key=lambda house: (house.metres, str(house.address) != written), default=None)


def _houses_around(lat, lon):
    north, east = NEARBY / METRES_NORTH, NEARBY / _metres_east(lat)
    off = Power((F("lat") - lat) * METRES_NORTH, 2) + Power((F("lon") - lon) * _metres_east(lat), 2)
    return list(
        Address.objects.houses()
        .filter(lat__range=(lat - north, lat + north), lon__range=(lon - east, lon + east))
        .order_by(off)[:10]
    )


def metres_between(lat, lon, other_lat, other_lon):
    """The distance in metres between two places in the municipality; less than 0.1 % wrong."""
    return math.hypot((lat - other_lat) * METRES_NORTH, (lon - other_lon) * _metres_east(lat))


def _metres_east(lat):
    """How many metres a degree of longitude is long, by WGS 84's ellipsoid."""
    lat = math.radians(lat)
    return math.radians(6_378_137) * math.cos(lat) / math.sqrt(1 - 0.00669438 * math.sin(lat) ** 2)


def in_range(number, ranges):
    """True when a house number lies in the register's ranges, such as "201-231, 200-230" or "95-slutt".

    A range counts only its own side of the street: odd or even, as it starts.
    """
    if not ranges:
        return True
    for part in ranges.split(","):
        first, _, last = part.strip().partition("-")
        low = int(first)
        high = 9999 if last == "slutt" else int(last or first)
        if low <= number <= high and number % 2 == low % 2:
            return True
    return False
