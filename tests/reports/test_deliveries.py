"""What must leave the house arrives, once, or is given up where people see it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from reports import deliveries
from reports.models import Delivery
from reports.models.delivery import MOST_LOST
from tests.factories import submit


def route_of(report):
    return report.deliveries.get(kind="route")


def mail_of(report):
    return report.deliveries.get(kind="email")


def test_report_reaches_inbox_and_reporter_gets_one_receipt(db, workers, mailbox):
    report = submit(email="ola@example.com")

    workers.run_until_idle()
    workers.run_until_idle()

    report.refresh_from_db()
    assert report.routed_at
    [mail] = mailbox.sent_to("ola@example.com")
    assert report.number in mail["Subject"]
    assert report.tracking_url in mail.get_body(["plain"]).get_content()
    assert set(report.deliveries.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("nb", "Vi har mottatt meldingen din"),
        ("nn", "Vi har fått meldinga di"),
        ("en", "We have received your report"),
    ],
)
def test_receipt_is_in_the_reporters_language(db, workers, mailbox, language, subject):
    submit(language=language)

    workers.run_until_idle()

    assert mailbox.messages[0]["Subject"].startswith(subject)


def test_mail_server_that_is_busy_is_tried_again_later(db, workers, mailbox):
    mailbox.refuse = "451 try again later"
    report = submit()

    workers.run_until_idle()

    mail = mail_of(report)
    assert (mail.state, mail.attempts) == ("waiting", 1)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() < timedelta(seconds=70)

    mailbox.refuse = ""
    Delivery.objects.update(due_at=timezone.now())
    workers.run_until_idle()

    assert mail_of(report).state == "sent"
    assert len(mailbox.messages) == 1


def test_refused_recipient_is_given_up_at_once_with_the_servers_words(db, workers, mailbox):
    mailbox.refuse = "550 no such user"
    report = submit()

    workers.run_until_idle()

    mail = mail_of(report)
    assert mail.state == "failed"
    assert "no such user" in mail.error
    assert route_of(report).state == "sent"


def test_pauses_grow_and_after_a_day_it_is_given_up(db):
    mail = mail_of(submit())
    pauses = []
    for attempts in range(1, 8):
        mail.attempts = attempts
        mail.failed("away", permanent=False)
        mail.refresh_from_db()
        pauses.append(round((mail.due_at - timezone.now()).total_seconds() / 60))

    assert all(
        0.85 * expected <= pause <= 1.15 * expected
        for pause, expected in zip(pauses, [1, 2, 5, 15, 60, 60, 60], strict=True)
    )

    mail.created_at = timezone.now() - timedelta(hours=25)
    mail.failed("still away", permanent=False)
    assert mail.state == "failed"


def test_delivery_that_is_held_by_a_worker_is_left_alone(db):
    route = route_of(submit())
    assert Delivery.objects.claim(route.pk)

    assert Delivery.objects.claim(route.pk) is None
    assert not deliveries.attempt(route.pk)


def test_delivery_of_a_dead_worker_is_taken_over_when_its_lease_is_out(db, workers):
    report = submit(email="", phone="+4768050001")
    Delivery.objects.claim(route_of(report).pk)
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    workers.run_until_idle()

    route = route_of(report)
    assert (route.state, route.attempts, route.lost) == ("sent", 2, 1)


def test_delivery_that_kills_its_workers_is_given_up_after_five(db):
    route = route_of(submit())
    for _ in range(MOST_LOST):
        assert Delivery.objects.claim(route.pk)
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert Delivery.objects.claim(route.pk) is None

    route.refresh_from_db()
    assert (route.state, route.attempts) == ("failed", MOST_LOST)
    assert "worker died 5 times" in route.error


def test_failed_delivery_is_sent_again_when_somebody_asks(db, workers, mailbox):
    mailbox.refuse = "550 mailbox full"
    report = submit()
    workers.run_until_idle()
    mailbox.refuse = ""

    deliveries.send_again(mail_of(report))
    workers.run_until_idle()

    assert mail_of(report).state == "sent"


def test_a_mail_sent_again_carries_the_same_message_id(db, mailbox):
    mail = mail_of(submit())
    Delivery.objects.claim(mail.pk)
    deliveries.compose(mail).send()
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    deliveries.attempt(mail.pk)

    assert len({message["Message-ID"] for message in mailbox.messages}) == 1
    assert len(mailbox.messages) == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_at_one_delivery_carry_it_out_once(mailbox):
    mail = mail_of(submit())

    def work(_):
        try:
            return deliveries.attempt(mail.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        carried_out = list(threads.map(work, range(20)))

    assert carried_out.count(True) == 1
    assert len(mailbox.messages) == 1


def sms_to(report, number="+4768050001"):
    """An SMS that waits to be sent."""
    return report.deliveries.create(kind="sms", occasion="received", target=number, template="received")


def test_sms_is_sent_once_with_the_deliverys_reference(db, workers, mailbox, sms_server):
    report = submit()
    sms = sms_to(report)

    workers.run_until_idle()
    workers.run_until_idle()

    [sent] = sms_server.sent_to("+4768050001")
    assert sent.reference == str(sms.uid)
    assert report.number in sent.text
    assert report.tracking_url in sent.text


@pytest.mark.parametrize(("status", "state"), [(422, "failed"), (503, "waiting")])
def test_sms_is_given_up_for_a_bad_number_and_tried_again_for_a_bad_day(
    db, workers, mailbox, sms_server, status, state
):
    sms_server.refuse(status, "no such number")
    sms = sms_to(submit())

    workers.run_until_idle()

    sms.refresh_from_db()
    assert (sms.state, sms.attempts) == (state, 1)
    assert "no such number" in sms.error
