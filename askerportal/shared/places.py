"""Where things are: addresses in words, and the municipality's border.

Positions are degrees in WGS 84, always named lat and lon.
"""

import csv
import functools
import json
import re
from pathlib import Path

import shapely
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q
from django.db.models.functions import Greatest
from shapely.geometry import shape

from askerportal.shared.models import Street

DATA = Path(__file__).parent / "data"
COARSE = 0.003  # degrees: quays and beaches lie up to some 300 m outside the outline
LIKELY = 0.4  # pg_trgm likeness from which a street is worth offering

_ADDRESS = re.compile(
    r"^\s*(?P<street>[^\d,]+?)\s*(?:(?P<number>\d{1,4})\s*(?P<letter>[a-zA-ZæøåÆØÅ])?)?\s*(?:,.*)?$"
)


@functools.cache
def _outline():
    """The municipality's outline: clipped at the coast, 200 corners."""
    collection = json.loads((DATA / "asker-3203.geojson").read_text(encoding="utf-8"))
    outline = shapely.union_all([shape(feature["geometry"]) for feature in collection["features"]])
    shapely.prepare(outline)
    return outline


@functools.cache
def _neighbours():
    collection = json.loads((DATA / "surroundings.geojson").read_text(encoding="utf-8"))
    areas = {feature["properties"]["navn"]: shape(feature["geometry"]) for feature in collection["features"]}
    return [(name, area) for name, area in areas.items() if name != "Asker"]


def is_in_municipality(lat, lon):
    """True when the place lies in Asker: inside the outline, or within COARSE of it and in no neighbour."""
    point = shapely.Point(lon, lat)
    if _outline().contains(point):
        return True
    return _outline().dwithin(point, COARSE) and not neighbour_at(lat, lon)


def neighbour_at(lat, lon):
    """The name of the other municipality that this place lies in, or "" where we know of none."""
    point = shapely.Point(lon, lat)
    return next((name for name, area in _neighbours() if area.contains(point)), "")


@functools.cache
def _postal_codes():
    """Each postal code of the municipality with its point (lat, lon)."""
    with (DATA / "asker-postal-codes.csv").open(encoding="utf-8") as file:
        return {row["postal_code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}


def elsewhere(text):
    """The place outside the municipality that an address names ("1337 Sandvika" → "Sandvika"), or ""."""
    match = re.search(r"\b(\d{4})\s+([^\d,]+)$", text.strip())
    return match[2].strip() if match and match[1] not in _postal_codes() else ""


def likely_addresses(text, limit=6):
    """Addresses that the text may mean, best first, as "Kirkeveien 230, 1383 Asker".

    A house number in the text is kept and chooses the part of a split street.
    """
    match = _ADDRESS.match(text)
    if not match:
        return []
    words, number = match["street"], match["number"]
    streets = (
        Street.objects.filter(Q(name__trigram_word_similar=words) | Q(name__trigram_similar=words))
        .annotate(likeness=Greatest(TrigramWordSimilarity(words, "name"), TrigramSimilarity("name", words)))
        .filter(likeness__gte=LIKELY)
        .order_by("-likeness", "name", "postal_code")[: limit * 3]
    )
    house = f" {number}{(match['letter'] or '').upper()}" if number else ""
    found = [
        f"{street.name}{house}, {street.postal_code} {street.postal_place.title()}"
        for street in streets
        if not number or in_range(int(number), street.number_range)
    ]
    return list(dict.fromkeys(found))[:limit]


def same_address(text):
    """The one full address that the text surely means, or None when none or several could be meant."""
    match = _ADDRESS.match(text)
    if not match:
        return None
    written = (
        " ".join(filter(None, [match["street"], match["number"]])).casefold()
        + (match["letter"] or "").casefold()
    )
    likely = [a for a in likely_addresses(text) if a.split(",")[0].casefold() == written]
    if text in likely:
        return text
    return likely[0] if len(likely) == 1 else None


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


def load_streets():
    """Fill the table from the bundled register, once; returns the number of rows added."""
    points = _postal_codes()
    with (DATA / "asker-streets-2011.csv").open(encoding="utf-8") as file:
        streets = [
            Street(
                name=row["street"],
                number_range=row["number_range"],
                postal_code=row["postal_code"],
                postal_place=row["postal_place"],
                lat=points[row["postal_code"]][0],
                lon=points[row["postal_code"]][1],
            )
            for row in csv.DictReader(file)
            if row["postal_code"] in points
        ]
    before = Street.objects.count()
    Street.objects.bulk_create(streets, ignore_conflicts=True)
    return Street.objects.count() - before
