"""What can happen to a report. Each is one transaction; whoever must be told is promised a delivery in it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from reports import deliveries, notices
from reports.models import Draft, Message, Note, Report, StatusChange
from reports.models.report import digest
from reports.routing import route
from reports.states import State


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
        **data, department=department, routed_by=rule, idempotency_hash=digest(key)
    )
    StatusChange.objects.create(report=report, after=State.RECEIVED)
    Draft.objects.filter(key=key).delete()
    deliveries.promise(report, notices.received(report))
    return report


def keep_draft(draft, fields):
    """Write down what a citizen has filled in so far; fields given now win over those kept before."""
    draft.data |= fields
    Draft.objects.update_or_create(key=draft.key, defaults={"data": draft.data, "changed_at": timezone.now()})


def clear_drafts():
    """Delete drafts whose 24 hours are over."""
    Draft.objects.outlived().delete()


@transaction.atomic
def change_state(report, *, state, by, version, reason="", public_text=""):
    """Move a report on, and tell the citizen.

    Raises Conflict when the report changed after `version`, NotAllowed when
    the table has no such move.
    """
    report = Report.objects.lock(report.pk, version)
    change = report.move_to(state, by=by, reason=reason, public_text=public_text)
    deliveries.promise(report, notices.moved(report, change))
    return report


@transaction.atomic
def answer(report, *, text, by):
    """Write to the citizen; the state stays as it is."""
    message = Message.objects.create(report=report, by=by, text=text)
    deliveries.promise(report, notices.answered(report, message))
    return message


def add_note(report, *, text, by):
    """Write an internal note, which no citizen sees."""
    return Note.objects.create(report=report, by=by, text=text)
