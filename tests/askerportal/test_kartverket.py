"""Kartverket's address service: what it says, and what happens when it does not."""

import logging
import time

import pytest

from askerportal.shared import kartverket, places
from askerportal.shared import outside as outside_module
from tests.kartverket import MANNERS


def test_address_that_our_table_lacks_is_found_at_kartverket(db, outside):
    assert places.likely_addresses("Oppdiktet gate 12") == [
        "Oppdiktet gate 12, 1384 Asker",
        "Oppdiktet gate 14B, 1384 Asker",
    ]
    found = places.find("oppdiktet gate 12").same
    assert (found.lat, found.lon, found.is_approximate) == (59.84001, 10.44001, False)
    path, query, _ = outside.asked[0]
    assert path == "/adresser/v1/sok"
    assert (query["kommunenummer"], query["utkoordsys"]) == (["3203"], ["4258"])


def test_kartverket_is_not_asked_for_what_our_table_knows_or_what_is_no_address(db, outside):
    places.find("Kirkeveien 230")
    places.find("1234")

    assert outside.asked == []


def test_same_question_is_asked_once(db, outside):
    for _ in range(3):
        places.find("Oppdiktet gate 12")

    assert len(outside.asked) == 1


def test_nearest_address_is_found_at_kartverket(db, outside):
    near = places.nearest_address(59.84011, 10.44001)

    assert (near.address.house, near.metres) == ("Oppdiktet gate 12", 11)


def test_nothing_is_near_in_the_forest(db, outside):
    assert places.nearest_address(59.75, 10.40) is None


@pytest.mark.parametrize("manners", MANNERS)
def test_what_cannot_be_used_is_nothing_and_never_waited_for(db, outside, outside_server, settings, manners):
    outside.manners, settings.LOOKUP_TIMEOUT = manners, 0.2
    if manners == "down":
        settings.KARTVERKET_URL = "http://127.0.0.1:1/adresser/v1"

    started = time.monotonic()
    found = kartverket.search("Oppdiktet gate 12")

    assert found == []
    assert time.monotonic() - started < 0.7
    assert all(path != "/elsewhere" for path, _, _ in outside.asked)


def test_after_three_failures_it_is_left_alone_for_half_a_minute(db, outside, monkeypatch):
    outside.manners = "500"
    for _ in range(5):
        kartverket.search("Oppdiktet gate 12")
    assert len(outside.asked) == 3

    outside.manners = ""
    now = time.monotonic()
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now + 29)
    assert kartverket.search("Oppdiktet gate 12") == []
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now + 31)
    assert kartverket.search("Oppdiktet gate 12")
    assert len(outside.asked) == 4


def test_one_that_still_fails_after_its_rest_is_left_alone_at_once(db, outside, monkeypatch):
    outside.manners = "garbage"
    for _ in range(3):
        kartverket.search("Oppdiktet gate 12")
    now = time.monotonic()
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now + 31)

    for _ in range(3):
        kartverket.search("Oppdiktet gate 12")

    assert len(outside.asked) == 4


def test_a_house_in_another_municipality_is_no_answer(db, outside, monkeypatch):
    monkeypatch.setattr(
        outside_module, "_fetch", lambda *_: {"adresser": [{"kommunenummer": "3201", "nummer": 1}]}
    )

    assert kartverket.search("Oppdiktet gate 12") == []


def test_nobody_is_asked_where_no_address_is_set(db, outside, settings):
    settings.KARTVERKET_URL = ""

    assert kartverket.search("Oppdiktet gate 12") == kartverket.around(59.84, 10.43) == []
    assert outside.asked == []


@pytest.mark.parametrize("manners", ["", "500", "garbage"])
def test_log_says_nothing_of_what_was_asked(db, outside, caplog, manners):
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    outside.manners = manners

    kartverket.search("Oppdiktet gate 12")

    assert "Oppdiktet" not in caplog.text
    assert "sok" not in caplog.text
