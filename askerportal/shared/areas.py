"""Areas on the map, from GeoJSON. Degrees in WGS 84; flat, which is right enough within a municipality."""

import json
from itertools import pairwise
from math import hypot


class Area:
    """A polygon or several, holes too: every ring of a GeoJSON file's features, as (lon, lat) corners."""

    def __init__(self, features):
        self.rings = [ring for feature in features for ring in _rings(feature["geometry"])]
        corners = [corner for ring in self.rings for corner in ring]
        lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
        self.bounds = min(lons), min(lats), max(lons), max(lats)

    def contains(self, lat, lon):
        """True when a ray to the east crosses the rings an odd number of times (even-odd rule)."""
        west, south, east, north = self.bounds
        if not (west <= lon <= east and south <= lat <= north):
            return False
        crossings = 0
        for (x1, y1), (x2, y2) in self._edges():
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                crossings += 1
        return crossings % 2 == 1

    def is_near(self, lat, lon, degrees):
        """True when some edge lies within this distance."""
        return any(_distance(lon, lat, *start, *end) <= degrees for start, end in self._edges())

    def _edges(self):
        for ring in self.rings:
            yield from pairwise(ring)


def areas_of(path):
    """The features of a GeoJSON file."""
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def _rings(geometry):
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[tuple(corner[:2]) for corner in ring] for polygon in polygons for ring in polygon]


def _distance(x, y, x1, y1, x2, y2):
    """From a point to the nearest of a line's points."""
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = max(0, min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0
    return hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
