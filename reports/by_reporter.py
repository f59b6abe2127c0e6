"""What the reporter can do to a report that is sent. Each is one transaction, refused when it is too late."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Message, Report, Survey
from reports.states import REOPEN_WITHIN, REPORTER_MAY, Act, State


class Refused(Exception):
    """The report does not allow it as it stands; the text says why, for the reporter."""


def allowed(report):
    """The acts that the reporter may do now."""
    return [act for act in Act if refusal(report, act) is None]


def refusal(report, act):
    """Why the reporter may not do this now, in plain words; None when it is allowed."""
    state = State(report.state)
    if state not in REPORTER_MAY[act]:
        if report.is_open:
            return _("Saken er åpen, så dette er ikke aktuelt nå.")
        return _("Saken er avsluttet: %(state)s.") % {"state": state.label}
    if act == Act.REOPEN and timezone.now() - report.changes.last().at > REOPEN_WITHIN:
        return _("Det er mer enn 14 dager siden saken ble avsluttet. Meld fra på nytt om feilen er der ennå.")
    if act == Act.RATE and Survey.objects.filter(report=report).exists():
        return _("Du har alt sagt hva du synes. Takk!")
    return None


@transaction.atomic
def write(report, *, text):
    """Tell the department more; when it waits for an answer, this is the answer and work goes on.

    The same text again within a minute is taken for a double click. Raises Refused.
    """
    report = _held(report, Act.WRITE)
    minute_ago = timezone.now() - timezone.timedelta(minutes=1)
    if report.messages.filter(by=None, text=text, at__gt=minute_ago).exists():
        return
    Message.objects.create(report=report, text=text)
    if report.state == State.WAITING_FOR_REPORTER:
        report.move_to(State.IN_PROGRESS, by=None)
    _tell_department(report)


@transaction.atomic
def say_fixed(report, *, text=""):
    """The fault is gone: the reporter closes the report as done. Raises Refused."""
    _move(report, Act.FIXED, State.DONE, text)


@transaction.atomic
def reopen(report, *, text):
    """It is not fixed, or the answer was not good enough: work goes on. Raises Refused after 14 days."""
    _move(report, Act.REOPEN, State.IN_PROGRESS, text)


@transaction.atomic
def withdraw(report, *, text=""):
    """The reporter takes the report back. Raises Refused."""
    _move(report, Act.WITHDRAW, State.WITHDRAWN, text)


@transaction.atomic
def rate(report, *, score, text=""):
    """What the reporter thinks of the answer, 1 (bad) to 5 (good), once. Raises Refused."""
    report = _held(report, Act.RATE)
    Survey.objects.create(report=report, score=score, text=text)


def _held(report, act):
    """The report as it is now, held for this transaction; raises Refused."""
    report = Report.objects.lock(report.pk)
    why = refusal(report, act)
    if why:
        raise Refused(why)
    return report


def _move(report, act, state, text):
    report = _held(report, act)
    report.move_to(state, by=None, public_text=text)
    _tell_department(report)


def _tell_department(report):
    Report.objects.filter(pk=report.pk).update(has_news=True)
