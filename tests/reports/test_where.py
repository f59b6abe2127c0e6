"""Where it is: known addresses get a position, pins get words, and the road's owner is said at once."""

import time

import pytest

from askerportal.shared import addresses
from askerportal.shared.models import Address
from reports.models import Draft, Report
from tests import factories
from tests.kartverket import MANNERS
from tests.pages import Visitor

CONTACT = {"name": "Kari Testesen", "email": "kari@example.com"}
PIN = {"lat": "59.8401", "lon": "10.44"}  # 11 m north of Oppdiktet gate 12


@pytest.fixture
def houses(db):
    """Two measured houses in invented streets."""
    addresses.store(
        addresses.house(
            street=street,
            number=number,
            letter="",
            postal_code="1384",
            postal_place="Asker",
            lat=59.84,
            lon=lon,
        )
        for street, number, lon in [("Oppdiktet gate", 12, 10.44), ("Nyoppdiktet allé", 3, 10.46)]
    )


@pytest.fixture
def at_where(citizen):
    """A citizen who is asked where it is."""
    return citizen.open("/meld/").send("Neste", theme="hull-i-vei")


def finished(visitor):
    visitor.send("Neste", description="Et dypt hull midt i veien.")
    visitor.send("Neste", **CONTACT)
    return visitor.send("Send inn")


def test_known_address_gives_the_position(at_where, houses):
    at_where.send("Neste", address="oppdiktet gt 12")
    if at_where.status == 422:
        at_where.send("Neste", address_choice="Oppdiktet gate 12, 1384 Asker")
    finished(at_where)

    report = Report.objects.get()
    assert (report.address, report.lat, report.lon) == ("Oppdiktet gate 12, 1384 Asker", 59.84, 10.44)
    assert (report.near, report.near_metres) == ("Oppdiktet gate 12", 0)
    assert report.place_text == "Oppdiktet gate 12, 1384 Asker"


def test_address_that_is_known_only_roughly_gives_no_position(at_where):
    at_where.send("Neste", address="Kirkeveien 230")

    assert Draft.objects.get().data["lat"] is None


def test_without_javascript_another_address_moves_the_position(at_where, houses):
    at_where.send("Neste", address="Oppdiktet gate 12")
    at_where.open("/meld/hvor/").send("Neste", address="Nyoppdiktet allé 3")
    assert Draft.objects.get().data["lon"] == 10.46

    at_where.open("/meld/hvor/").send("Neste", address="ved den store eika bak låven")
    assert Draft.objects.get().data["lon"] is None


def test_pin_that_somebody_set_is_kept_whatever_the_address(at_where, houses):
    at_where.send("Neste", address="Oppdiktet gate 12", **PIN)
    at_where.open("/meld/hvor/").send("Neste", address="Nyoppdiktet allé 3")

    assert Draft.objects.get().data["lat"] == 59.8401


def test_pin_is_told_in_words_on_every_page(at_where, houses):
    at_where.send("Neste", **PIN)
    at_where.send("Neste", description="Et dypt hull midt i veien.")
    at_where.send("Neste", **CONTACT)
    assert "11 m fra Oppdiktet gate 12" in at_where.text

    at_where.send("Send inn")
    assert "11 m fra Oppdiktet gate 12" in at_where.text
    at_where.click("Se saken din")
    assert "11 m fra Oppdiktet gate 12" in at_where.text
    report = Report.objects.get()
    staff = Visitor(user=factories.UserFactory(department=report.department.slug))
    staff.open(report.get_absolute_url())
    assert "11 m fra Oppdiktet gate 12" in staff.text
    assert "59.84010, 10.44000" in staff.text


def test_pin_is_told_in_the_readers_language(houses, db):
    visitor = Visitor(headers={"accept-language": "en"})
    visitor.client.cookies["language"] = "en"

    answer = visitor.client.get("/meld/sted/", PIN).content.decode()

    assert "Oppdiktet gate 12" in answer


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        (PIN, "Punktet står 11 m fra Oppdiktet gate 12."),
        ({"lat": "59.84", "lon": "10.44"}, "Punktet står rett ved Oppdiktet gate 12."),
        ({"lat": "59.75", "lon": "10.4"}, "Punktet er satt. Ingen adresse er i nærheten."),
        ({"lat": "59.8905", "lon": "10.5236"}, "Punktet er utenfor Asker kommune. Flytt det dit feilen er."),
    ],
)
def test_map_says_where_the_pin_stands(citizen, houses, pin, said):
    assert citizen.client.get("/meld/sted/", pin).content.decode() == said


@pytest.mark.parametrize(
    "pin", [{}, {"lat": "x", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "91", "lon": "1"}]
)
def test_pin_that_is_none_is_refused(citizen, pin):
    assert citizen.client.get("/meld/sted/", pin).status_code == 400


def test_street_name_with_markup_stays_text(citizen, houses):
    Address.objects.filter(number=12).update(street="<b>Gate</b>")

    assert "&lt;b&gt;" in citizen.client.get("/meld/sted/", PIN).content.decode()


@pytest.mark.parametrize(
    ("road", "owner", "said"),
    [
        ("E", "state", "Statens vegvesen eier den"),
        ("R", "state", "Statens vegvesen eier den"),
        ("F", "county", "Akershus fylkeskommune eier den"),
        ("P", "private", "Veien her er privat"),
    ],
)
def test_owner_of_the_road_is_said_at_once_and_the_report_is_taken(at_where, outside, road, owner, said):
    outside.road = road

    at_where.send("Neste", **PIN)
    assert at_where.url == "/meld/beskriv/"
    assert said in at_where.text
    at_where.send("Neste", description="Et dypt hull midt i veien.")
    at_where.send("Neste", **CONTACT)
    assert said in at_where.text
    at_where.send("Send inn")

    assert said in at_where.text
    assert Report.objects.get().road_owner == owner


@pytest.mark.parametrize(("road", "owner"), [("K", "municipality"), ("", "unknown")])
def test_our_own_road_needs_no_words(at_where, outside, road, owner):
    outside.road = road

    at_where.send("Neste", **PIN)

    assert "Veien her" not in at_where.text
    finished(at_where)
    assert Report.objects.get().road_owner == owner


def test_staff_see_whose_the_road_is(db, outside):
    report = factories.in_inbox(lat=59.8401, lon=10.44)
    staff = Visitor(user=factories.UserFactory(department=report.department.slug))

    staff.open(report.get_absolute_url())

    assert "Akershus fylkeskommune" in staff.text


def test_what_was_looked_up_is_not_asked_for_again(at_where, outside):
    at_where.send("Neste", **PIN)
    asked = len(outside.asked)
    finished(at_where)

    assert asked == 2
    assert len(outside.asked) == asked


def test_lost_draft_is_looked_up_again_and_no_field_can_lie_about_it(at_where, outside):
    at_where.send("Neste", **PIN)
    at_where.send("Neste", description="Et dypt hull midt i veien.")
    at_where.send("Neste", **CONTACT)
    form = at_where.values_of(at_where.page.select_one("main form"))
    Draft.objects.all().delete()

    at_where.client.post(
        "/meld/se-over/", form | {"road_owner": "state", "near": "Slottet", "near_metres": "1"}
    )

    report = Report.objects.get()
    assert (report.road_owner, report.near) == ("county", "Oppdiktet gate 12")


@pytest.mark.parametrize("manners", MANNERS)
@pytest.mark.parametrize("where", [PIN, {"address": "Oppdiktet gate 12"}], ids=["pin", "address"])
def test_form_works_as_text_within_a_second_whatever_the_others_do(
    at_where, outside, settings, manners, where
):
    outside.manners, settings.LOOKUP_TIMEOUT = manners, 0.2
    if manners == "down":
        settings.KARTVERKET_URL = settings.NVDB_URL = "http://127.0.0.1:1"
    at_where.open("/meld/hvor/")

    started = time.monotonic()
    at_where.send("Neste", **where)

    assert time.monotonic() - started < 1
    assert at_where.url == "/meld/beskriv/"
    finished(at_where)
    assert Report.objects.get().road_owner == "unknown"


def test_suggestions_carry_what_moves_the_map(citizen, houses):
    answer = citizen.client.get("/meld/adresser/", {"address": "oppdiktet gate 12"}).content.decode()

    assert '<option value="Oppdiktet gate 12, 1384 Asker" data-lat="59.84" data-lon="10.44"' in answer
