"""By when a report is dealt with: promised in working days, moved with a reason, shown in words."""

from datetime import date

import pytest
import time_machine
from django.utils import translation

from askerportal.shared import dates, workdays
from reports import deliveries, services
from reports.models import Report, Theme
from reports.states import State
from tests.factories import UserFactory, in_inbox, submit
from tests.pages import Visitor


@pytest.fixture
def worker(db):
    """A case worker in the road department, signed in."""
    return Visitor(UserFactory(department="vei-og-trafikk"))


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        ("2026-11-24", 1, "2026-11-25"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-12-23", 2, "2026-12-28"),
        ("2026-04-01", 1, "2026-04-07"),
        ("2027-05-14", 1, "2027-05-18"),
    ],
    ids=[
        "next day",
        "over a weekend",
        "from a Saturday",
        "over Christmas",
        "over Easter",
        "17 May on a Monday",
    ],
)
def test_working_days_leave_out_weekends_and_norwegian_holidays(day, number, then):
    assert workdays.after(date.fromisoformat(day), number) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("language", "words", "next_year"),
    [
        ("nb", "torsdag 3. desember", "fredag 1. januar 2027"),
        ("nn", "torsdag 3. desember", "fredag 1. januar 2027"),
        ("en", "Thursday 3 December", "Friday 1 January 2027"),
    ],
)
def test_dates_are_said_in_words(language, words, next_year):
    with time_machine.travel("2026-11-24"), translation.override(language):
        assert dates.in_words(date(2026, 12, 3)) == words
        assert dates.in_words(date(2027, 1, 1)) == next_year


def test_report_gets_its_themes_deadline_and_the_citizen_is_told(citizen, workers, mailbox):
    with time_machine.travel("2026-11-24 12:00 +0100"):
        report = submit(theme="hull-i-vei")
        workers.run_until_idle()

        assert report.deadline == date(2026, 12, 1)
        assert "innen tirsdag 1. desember" in mailbox.messages[-1].get_body(["plain"]).get_content()
        assert "innen tirsdag 1. desember" in citizen.open(report.tracking_path).text
        assert "innen tirsdag 1. desember" in citizen.open(f"/sak/{report.token}/kvittering/").text


def test_theme_may_promise_nothing(citizen):
    Theme.objects.filter(slug="annet").update(deadline_days=None)

    report = submit(theme="annet")

    assert report.deadline is None
    assert "Frist" not in citizen.open(report.tracking_path).text
    assert "innen" not in deliveries.compose(report.deliveries.get(kind="email")).body


@time_machine.travel("2026-11-24 12:00 +0100")
def test_staff_move_the_deadline_with_a_reason_which_the_citizen_reads(worker, citizen, workers, mailbox):
    report = in_inbox(email="ola@example.com")
    worker.open(f"/saker/{report.number}/")

    worker.send("Lagre frist", deadline="2026-12-10", reason="Vi venter på asfalt.")

    report.refresh_from_db()
    assert report.deadline == date(2026, 12, 10)
    workers.run_until_idle()
    told = mailbox.sent_to("ola@example.com")[-1].get_body(["plain"]).get_content()
    for shown in [told, citizen.open(report.tracking_path).text, worker.text]:
        assert "torsdag 10. desember" in shown
        assert "Vi venter på asfalt." in shown


@time_machine.travel("2026-11-24 12:00 +0100")
@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"deadline": "2026-12-10", "reason": ""}, "reason"),
        ({"deadline": "2026-11-23", "reason": "x"}, "deadline"),
        ({"deadline": "2026-12-25", "reason": "x"}, "deadline"),
        ({"deadline": "2026-11-28", "reason": "x"}, "deadline"),
        ({"deadline": "tull", "reason": "x"}, "deadline"),
    ],
)
def test_deadline_is_a_working_day_to_come_with_a_reason(worker, fields, at):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")

    worker.send("Lagre frist", **fields)

    assert list(worker.errors) == [f"deadline_{at}"]


def test_deadline_is_not_moved_on_a_report_that_somebody_changed(worker):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")
    services.change_state(report, state=State.IN_PROGRESS, by=UserFactory(), version=1)

    worker.send("Lagre frist", deadline="2099-12-10", reason="x")

    assert list(worker.errors) == ["deadline_deadline"]


def test_what_is_over_its_deadline_says_so_until_it_is_closed(worker, citizen):
    report = in_inbox()
    Report.objects.filter(pk=report.pk).update(deadline=date(2026, 1, 5))

    for page in [worker.open("/avdeling/vei-og-trafikk/"), citizen.open(report.tracking_path)]:
        assert "Over fristen" in page.text
    services.change_state(report, state=State.DONE, by=UserFactory(), version=1)
    assert "Over fristen" not in citizen.open(report.tracking_path).text
