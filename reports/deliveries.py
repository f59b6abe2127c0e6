"""What must leave the house: promised in the table, tried by workers, given up in the open.

The table is the truth and Celery only makes it fast: a nudge that is lost
costs time, never a delivery, since `sweep` finds the row.
"""

import logging
import smtplib
import time
from email.utils import parseaddr

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from askerportal.shared import dates, sms
from reports.models import Delivery, NoticeText, Report
from reports.models.notice_text import MOST_PARTS
from reports.states import State

log = logging.getLogger(__name__)

# Mail servers and gateways are slow at times; no department waits for them, nor one of them for the other.
SHARED_QUEUES = {Delivery.Kind.EMAIL: "mail", Delivery.Kind.SMS: "sms"}
NO_NUDGE = 30  # seconds without nudging after the broker has failed
SWEEP_LOCK = 7105230  # our number among PostgreSQL's advisory locks
SWEEP_AT_MOST = 500  # deliveries in one sweep


class Undeliverable(Exception):
    """It did not arrive. permanent: trying again is no use."""

    def __init__(self, reason, *, permanent=False):
        super().__init__(reason)
        self.permanent = permanent


def promise(report, notices):
    """Write one row per notice, and nudge workers once they are committed.

    Call inside the transaction that made the notices true. A refused nudge
    costs time, never a delivery: `sweep` finds the rows.
    """
    rows = Delivery.objects.bulk_create(Delivery(report=report, **notice._asdict()) for notice in notices)
    transaction.on_commit(lambda: nudge(rows), robust=True)


class Nudger:
    """Publishes to the broker, and leaves it alone for a while after it has failed."""

    silent_until = 0.0

    def publish(self, queue, pk, task="reports.deliver"):
        """Tell the workers of a queue of a row; never raises for a broker that is away."""
        if time.monotonic() < self.silent_until:
            return
        try:
            # Not `retry=False`: with it, kombu looks for a lost broker for six seconds.
            current_app.send_task(task, [pk], queue=queue, retry_policy={"max_retries": 0})
        except (OperationalError, OSError) as error:
            self.silent_until = time.monotonic() + NO_NUDGE
            log.warning("broker away, sweep will deliver: %s", type(error).__name__)


nudger = Nudger()


def nudge(rows):
    """Tell workers of new rows, each on its queue."""
    for row in rows:
        nudger.publish(queue_of(row), row.pk)


def queue_of(delivery):
    """The Celery queue for a delivery: the department's own for routing, one for mail, one for SMS."""
    return SHARED_QUEUES.get(delivery.kind) or delivery.report.department.queue


def attempt(pk):
    """Carry out one delivery, unless done, not due, or held by another; True when it was."""
    delivery = Delivery.objects.claim(pk)
    if delivery is None:
        return False
    try:
        CARRIERS[delivery.kind](delivery)
    except Undeliverable as error:
        delivery.failed(error, permanent=error.permanent)
        log.warning("delivery %s not carried out: %s", delivery.pk, type(error.__cause__ or error).__name__)
        return False
    return True


@transaction.atomic
def to_inbox(delivery):
    """Put a report into its department's inbox and mark the delivery in one transaction: exactly once."""
    Report.objects.filter(pk=delivery.report_id, routed_at__isnull=True).update(routed_at=timezone.now())
    delivery.sent()


def by_email(delivery):
    """Send a mail in the reporter's language; at least once, each time with the same Message-ID.

    Raises Undeliverable: for good when the server refuses the mail or its
    recipient (5xx), for now when it is away, busy (4xx) or too slow.
    """
    try:
        compose(delivery).send()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, words)] = error.recipients.values()
        raise refused(code, words) from error
    except smtplib.SMTPResponseException as error:
        raise refused(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Undeliverable(error) from error
    delivery.sent()


def by_sms(delivery):
    """Send an SMS in the reporter's language; at least once, and the gateway drops a reference it has had."""
    try:
        sms.send(delivery.target, compose_sms(delivery), reference=str(delivery.uid))
    except sms.SmsError as error:
        raise Undeliverable(error, permanent=error.permanent) from error
    delivery.sent()


def refused(code, words):
    """What a mail server's answer means (RFC 5321, 4.2.1): 5xx is for good, 4xx for now."""
    return Undeliverable(f"{code} {words.decode(errors='replace')}", permanent=code >= 500)


def compose(delivery):
    """The mail of a delivery: the editors' text for its occasion, in the reporter's language."""
    stop_url = delivery.report.news_url
    with translation.override(delivery.report.language):
        text, values = text_of(delivery), values_of(delivery)
        subject, body = " ".join(text.render("subject", values).split()), text.render("body", values)
        context = {"subject": subject, "body": body, "stop_url": stop_url}
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("emails/mail.txt", context),
            to=[delivery.target],
            headers={
                "Message-ID": f"<{delivery.uid}@{sender_domain()}>",
                "Auto-Submitted": "auto-generated",
                # RFC 8058: the mail program's own button posts to the address, without cookies.
                "List-Unsubscribe": f"<{stop_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        mail.attach_alternative(render_to_string("emails/mail.html", context), "text/html")
    return mail


def compose_sms(delivery):
    """The text of an SMS in the reporter's language; the department's words cut where it grew too long."""
    with translation.override(delivery.report.language):
        text, values = text_of(delivery), values_of(delivery)
        stop = _("Stopp SMS: %(url)s") % {"url": delivery.report.news_url}

        def written(words):
            return sms.plain(text.render("sms", values | {"text": words}) + "\n" + stop)

        return sms.within(MOST_PARTS, written, values["text"])


def text_of(delivery):
    """The editors' text for a delivery; raises Undeliverable while there is none."""
    text = NoticeText.objects.filter(slug=delivery.template).first()
    if text is None:
        raise Undeliverable(f"no text for «{delivery.template}»; manage.py load_base_data brings ours")
    return text


def values_of(delivery):
    """What stands for the placeholders of NoticeText, in the language that is active now."""
    report = delivery.report
    return {
        "number": report.number,
        "theme": report.theme.name,
        "department": report.department.name,
        "text": delivery.text,
        "link": report.tracking_url,
        "date": dates.in_words(delivery.date) if delivery.date else "",
        "state": str(State(delivery.report_state or report.state).label),
    }


def sender_domain():
    """The domain that our mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]


CARRIERS = {Delivery.Kind.ROUTE: to_inbox, Delivery.Kind.EMAIL: by_email, Delivery.Kind.SMS: by_sms}


def sweep():
    """Carry out what is due and was not nudged, oldest first; returns how many were carried out.

    One sweep at a time in the whole house, by an advisory lock: two beats,
    or cron beside beat, do no harm.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            due = Delivery.objects.due().values_list("pk", flat=True)
            return sum(attempt(pk) for pk in list(due[:SWEEP_AT_MOST]))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def send_again(delivery):
    """Give a failed delivery a fresh start, at once."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED).update(
        state=Delivery.State.WAITING,
        attempts=0,
        lost=0,
        error="",
        due_at=Now(),
        created_at=Now(),
        leased_until=None,
    )
    transaction.on_commit(lambda: nudge([delivery]), robust=True)
