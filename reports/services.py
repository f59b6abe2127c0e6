"""What can happen to a report. Each is one transaction; whoever must be told is promised a delivery in it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from askerportal.shared import workdays
from reports import deliveries, notices
from reports.models import Delivery, Draft, Handover, Message, Note, Report, StatusChange
from reports.models.report import digest
from reports.routing import route
from reports.states import ONLY_BY_REPORTER, NotAllowed, State


def submit(data, *, idempotency_key):
    """Take in a report: report, first status change and deliveries in one transaction.

    data holds the cleaned fields of forms.SubmitForm (theme is a Theme with
    its department). The same key gives the same report, also while the first
    still runs, whatever the data; returns it.
    """
    try:
        return _submit(data, idempotency_key)
    except IntegrityError:
        report = Report.objects.sent_with(idempotency_key).first()
        if report is None:
            raise
        return report


@transaction.atomic
def _submit(data, key):
    department, rule = route(data["theme"])
    report = Report.objects.create(
        **data,
        department=department,
        routed_by=rule,
        deadline=deadline_for(data["theme"]),
        idempotency_hash=digest(key),
    )
    StatusChange.objects.create(report=report, after=State.RECEIVED)
    Draft.objects.filter(key=key).delete()
    deliveries.promise(report, notices.received(report))
    return report


def deadline_for(theme):
    """The date by which a report of this theme that comes today is promised to be dealt with, or None."""
    if theme.deadline_days is None:
        return None
    return workdays.after(timezone.localdate(), theme.deadline_days)


def keep_draft(draft, fields):
    """Write down what a citizen has filled in so far; fields given now win over those kept before."""
    draft.data |= fields
    Draft.objects.update_or_create(key=draft.key, defaults={"data": draft.data, "changed_at": timezone.now()})


def clear_drafts():
    """Delete drafts whose 24 hours are over."""
    Draft.objects.outlived().delete()


@transaction.atomic
def change_state(report, *, state, by, version, reason="", public_text="", date=None):
    """Move a report on, and tell the citizen. date: when the work is planned for.

    Raises Conflict when the report changed after `version`, NotAllowed when
    the table has no such move.
    """
    if state in ONLY_BY_REPORTER:
        raise NotAllowed(report.state, state)
    report = Report.objects.lock(report.pk, version)
    change = report.move_to(state, by=by, reason=reason, public_text=public_text, date=date)
    read_news(report)
    deliveries.promise(report, notices.moved(report, change))
    return report


@transaction.atomic
def hand_over(report, *, department, by, version, reason="", public_text=""):
    """Send a report to another department's inbox, and tell the citizen.

    reason is for colleagues, public_text for the citizen. Raises Conflict
    when the report changed after `version`.
    """
    report = Report.objects.lock(report.pk, version)
    handover = Handover.objects.create(
        report=report,
        before=report.department,
        after=department,
        by=by,
        reason=reason,
        public_text=public_text,
    )
    report.department, report.routed_by, report.routed_at = department, "by hand", None
    report.version += 1
    report.save(update_fields=["department", "routed_by", "routed_at", "version"])
    deliveries.promise(report, notices.handed_over(report, handover))
    return report


@transaction.atomic
def move_deadline(report, *, deadline, by, version, reason):
    """Promise another date, and tell the citizen it and why. Raises Conflict as change_state does."""
    report = Report.objects.lock(report.pk, version)
    change = report.deadline_changes.create(before=report.deadline, after=deadline, by=by, reason=reason)
    report.deadline, report.version = deadline, report.version + 1
    report.save(update_fields=["deadline", "version"])
    deliveries.promise(report, notices.deadline_moved(report, change))
    return report


@transaction.atomic
def answer(report, *, text, by):
    """Write to the citizen; the state stays as it is."""
    message = Message.objects.create(report=report, by=by, text=text)
    read_news(report)
    deliveries.promise(report, notices.answered(report, message))
    return message


def read_news(report):
    """Staff have seen what the reporter wrote last."""
    Report.objects.filter(pk=report.pk, has_news=True).update(has_news=False)


def add_note(report, *, text, by):
    """Write an internal note, which no citizen sees."""
    return Note.objects.create(report=report, by=by, text=text)


def stop_news(report):
    """The reporter wants no more mails or SMS of this report; those that wait are not called back."""
    Report.objects.filter(pk=report.pk, news_stopped_at__isnull=True).update(news_stopped_at=timezone.now())


def start_news(report):
    """The reporter wants to hear of this report again."""
    Report.objects.filter(pk=report.pk).update(news_stopped_at=None)


def send_again(delivery):
    """Give a failed delivery a fresh start, at once."""
    deliveries.send_again(delivery)


def mark_bounced(uid, error):
    """A mail came back: its delivery failed after all. Returns it, or None when there is no such mail."""
    delivery = Delivery.objects.filter(uid=uid, kind=Delivery.Kind.EMAIL).first()
    if delivery:
        delivery.bounced(error)
    return delivery
