"""NVDB: whose road it is, and what happens when it does not say."""

import time

import pytest

from askerportal.shared import nvdb
from askerportal.shared.nvdb import RoadOwner
from tests.kartverket import MANNERS


@pytest.mark.parametrize(
    ("category", "owner"),
    [
        ("E", RoadOwner.STATE),
        ("R", RoadOwner.STATE),
        ("F", RoadOwner.COUNTY),
        ("K", RoadOwner.MUNICIPALITY),
        ("P", RoadOwner.PRIVATE),
        ("S", RoadOwner.PRIVATE),
        ("", RoadOwner.UNKNOWN),
        ("X", RoadOwner.UNKNOWN),
    ],
)
def test_owner_follows_the_roads_category(outside, category, owner):
    outside.road = category

    assert nvdb.road_owner(59.8331, 10.4392) == owner
    path, query, headers = outside.asked[0]
    assert path == "/vegnett/api/v4/posisjon"
    assert query == {"lat": ["59.8331"], "lon": ["10.4392"], "maks_avstand": ["20"]}
    assert headers["X-Client"] == nvdb.CLIENT


def test_road_further_off_than_was_asked_for_is_nobodys(outside):
    outside.distance = 45

    assert nvdb.road_owner(59.8331, 10.4392) == RoadOwner.UNKNOWN


@pytest.mark.parametrize("manners", MANNERS)
def test_what_cannot_be_used_is_unknown_and_never_waited_for(outside, settings, manners):
    outside.manners, settings.LOOKUP_TIMEOUT = manners, 0.2
    if manners == "down":
        settings.NVDB_URL = "http://127.0.0.1:1/vegnett/api/v4"

    started = time.monotonic()
    owner = nvdb.road_owner(59.8331, 10.4392)

    assert owner == RoadOwner.UNKNOWN
    assert time.monotonic() - started < 0.7


def test_where_no_road_is_is_an_answer_and_no_failure(outside):
    outside.road = ""
    for step in range(5):
        nvdb.road_owner(59.8 + step / 100, 10.43)

    assert len(outside.asked) == 5


def test_kartverket_that_is_down_does_not_silence_nvdb(outside):
    outside.manners = "500"
    for step in range(4):
        nvdb.road_owner(59.8 + step / 100, 10.43)
    assert nvdb.source.breaker.opened

    from askerportal.shared import kartverket

    assert not kartverket.source.breaker.opened
