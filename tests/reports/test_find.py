"""Finding a report again: the link is sent to whom it belongs, and the page tells nobody anything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from askerportal.shared import limits
from askerportal.shared.models import RateCount
from reports import finding
from reports.models import Delivery, LinkRequest
from reports.tasks import send_link, sweep
from tests.factories import submit
from tests.pages import Visitor

PHONE = "+4768050001"


def ask(visitor, number, contact):
    """Ask for the link as people do."""
    return visitor.open("/finn-sak/").send("Send meg lenken", number=number, contact=contact)


def links():
    """Where links were promised to, by kind."""
    finding.answer_all()
    return list(Delivery.objects.filter(template="link").values_list("kind", "target"))


def test_link_is_found_from_the_front_page_and_comes_by_mail(citizen, workers, mailbox):
    report = submit(email="kari@example.com")
    citizen.open("/").click("Følg saken din")

    citizen.send("Send meg lenken", number=report.number, contact="kari@example.com")

    assert report.token not in str(citizen.page)
    assert "på vei til deg" in citizen.text
    finding.answer_all()
    workers.run_until_idle()
    mail = mailbox.sent_to("kari@example.com")[-1]
    assert report.tracking_url in mail.get_body(["plain"]).get_content()
    assert "Lenken til sak" in mail["Subject"]


@pytest.mark.parametrize("written", ["68 05 00 01", "+4768050001", "004768050001"])
def test_link_comes_by_sms_to_a_number_as_people_write_it(citizen, workers, mailbox, sms_server, written):
    report = submit(email="", phone=PHONE)

    ask(citizen, report.number, written)

    assert links() == [("sms", PHONE)]
    workers.run_until_idle()
    assert report.tracking_url in sms_server.sent_to(PHONE)[-1].text


@pytest.mark.parametrize("number", ["ak-2026-{}", " AK 2026 {} ", "AK–2026–{}"])
def test_number_is_read_as_people_write_it(citizen, number):
    report = submit()
    _, year, serial = report.number.split("-")

    ask(citizen, number.replace("2026", year).format(serial), "KARI@example.com")

    assert links() == [("email", "kari@example.com")]


def test_contact_of_another_gets_nothing(citizen):
    report = submit(email="kari@example.com")
    submit(email="ola@example.com")

    ask(citizen, report.number, "ola@example.com")
    ask(citizen, "AK-1999-000001", "kari@example.com")

    assert links() == []
    assert not LinkRequest.objects.exists()


def test_who_stopped_news_gets_the_link_that_was_asked_for(citizen):
    report = submit()
    citizen.open(report.news_path).send("Stopp nyheter")

    ask(citizen, report.number, "kari@example.com")

    assert links() == [("email", "kari@example.com")]


def test_page_does_the_same_whether_or_not_there_is_such_a_report(db):
    report = submit()
    seen = []
    for number, contact in [
        (report.number, "kari@example.com"),
        (report.number, "ola@example.com"),
        ("AK-1999-000001", "kari@example.com"),
    ]:
        visitor = Visitor()
        visitor.open("/finn-sak/")
        with CaptureQueriesContext(connection) as queries:
            visitor.send("Send meg lenken", number=number, contact=contact)
        statements = [query["sql"].split()[:3] for query in queries if "SAVEPOINT" not in query["sql"]]
        seen.append((visitor.status, visitor.url, visitor.text, statements))

    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("number", "contact", "at"),
    [
        ("", "kari@example.com", "number"),
        ("AK-2026-000001", "", "contact"),
        ("AK-2026-000001", "kari@", "contact"),
        ("AK-2026-000001", "12", "contact"),
        ("x" * 21, "kari@example.com", "number"),
        ("\0", "kari@example.com", "number"),
    ],
)
def test_what_cannot_be_understood_is_an_error_at_its_field(citizen, number, contact, at):
    ask(citizen, number, contact)

    assert citizen.status == 422
    assert list(citizen.errors) == [f"id_{at}"]


def test_sixth_time_in_a_minute_is_refused_in_plain_words(citizen):
    RateCount.objects.all().delete()
    statuses = [ask(citizen, f"AK-2026-00000{n}", "kari@example.com").status for n in range(6)]

    # A minute may end on the way; then two fives fit.
    assert statuses in ([200] * 5 + [429], [200] * 6)
    if statuses[-1] == 429:
        assert "66 70 00 00" in citizen.text
    assert LinkRequest.objects.count() == statuses.count(200)


def test_limits_hold_for_each_name_in_minutes_and_hours(db):
    assert not any(limits.is_over("a", "b") for _ in range(5))
    assert limits.is_over("a")
    assert limits.is_over("c", "b")
    assert not limits.is_over("d")


def test_twenty_in_an_hour_are_enough_though_slowly(db):
    over = []
    for _ in range(21):
        over.append(limits.is_over("a"))
        RateCount.objects.filter(key=limits.seal("a", 60)).delete()

    assert over == [False] * 20 + [True]


def test_counts_hold_no_address_and_go_when_they_are_over(db):
    limits.is_over("find from 10.1.2.3")
    assert not RateCount.objects.filter(key__contains="10.1").exists()
    RateCount.objects.update(until=timezone.now() - timezone.timedelta(seconds=1))

    limits.clear()

    assert not RateCount.objects.exists()


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "remote", "address"),
    [
        (False, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (True, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (True, "2001:db8:1:2:3:4:5:6", "10.0.0.1", "2001:db8:1:2::/64"),
        (False, "", "2001:db8:1:2::1", "2001:db8:1:2::/64"),
        (True, "nonsense", "10.0.0.1", "unknown"),
    ],
)
def test_address_is_the_proxys_word_only_where_there_is_one(
    rf, settings, behind_proxy, forwarded, remote, address
):
    settings.BEHIND_PROXY = behind_proxy
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})

    assert limits.address_of(request) == address


def test_question_that_no_worker_took_is_answered_by_the_sweep_and_once(db, mailbox):
    report = submit()
    finding.ask(report.number, "kari@example.com")
    asked = LinkRequest.objects.get()

    sweep()
    send_link(asked.pk)

    assert len(mailbox.sent_to("kari@example.com")) == 2  # the receipt and the link
    assert not LinkRequest.objects.exists()
