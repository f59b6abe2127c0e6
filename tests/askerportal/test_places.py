"""Where things are."""

import pytest

from askerportal.shared import places


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Kirkeveien 230", "Kirkeveien 230, 1383 Asker"),
        ("kirkeveien 120", "Kirkeveien 120, 1384 Asker"),
        ("Kirkeveien 7 b", "Kirkeveien 7B, 1395 Hvalstad"),
        ("Kirkeveien 230, 1383 Asker", "Kirkeveien 230, 1383 Asker"),
        ("Kirkeveien", None),
        ("Kirkeveien 999", None),
        ("Storgata 1", None),
        ("", None),
    ],
)
def test_address_is_known_when_it_can_mean_only_one_place(db, text, address):
    assert places.same_address(text) == address


@pytest.mark.parametrize("typo", ["Kirkevegen 230", "kirkvein 230", "Kirkeveen 230", "kirkevein 230"])
def test_likely_addresses_forgive_typos(db, typo):
    assert "Kirkeveien 230, 1383 Asker" in places.likely_addresses(typo)


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
