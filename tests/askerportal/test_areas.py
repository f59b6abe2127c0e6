"""Areas on the map."""

import random

import pytest
import shapely
from shapely.geometry import shape

from askerportal.shared import places
from askerportal.shared.areas import Area, areas_of

FILES = ["asker-3203.geojson", "surroundings.geojson"]


def square(*holes):
    corners = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    return Area([{"geometry": {"type": "Polygon", "coordinates": [corners, *holes]}}])


@pytest.mark.parametrize(
    ("lat", "lon", "inside"), [(2, 2, True), (2, 5, False), (-1, 2, False), (3.9, 0.1, True), (5, 5, False)]
)
def test_place_is_inside_or_outside_a_square(lat, lon, inside):
    assert square().contains(lat, lon) is inside


def test_a_hole_is_outside():
    hole = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]

    assert not square(hole).contains(2, 2)
    assert square(hole).contains(0.5, 2)


@pytest.mark.parametrize(
    ("lat", "lon", "near"), [(2, 4.9, True), (2, 5.1, False), (5, 5, False), (4.5, 4.5, True)]
)
def test_place_is_near_an_edge_or_a_corner(lat, lon, near):
    assert square().is_near(lat, lon, 1) is near


@pytest.mark.parametrize("file", FILES)
def test_our_answer_is_the_one_that_a_library_for_geometry_gives(file):
    """shapely is for tests only: with numpy it would cost each web process 17 MB."""
    dice = random.Random(3203)
    for feature in areas_of(places.DATA / file):
        area, theirs = Area([feature]), shape(feature["geometry"])
        west, south, east, north = area.bounds
        for _ in range(200):
            lat, lon = dice.uniform(south - 0.01, north + 0.01), dice.uniform(west - 0.01, east + 0.01)
            point = shapely.Point(lon, lat)
            assert area.contains(lat, lon) == theirs.contains(point)
            assert area.is_near(lat, lon, 0.003) == theirs.boundary.dwithin(point, 0.003)
