"""Whom we tell what when something has happened. Decides, writes nothing."""

import datetime
from typing import NamedTuple

from reports.models import Delivery
from reports.models.notice_text import Slug
from reports.states import CLOSED, State

Kind = Delivery.Kind
WANTED = {"email": [Kind.EMAIL], "sms": [Kind.SMS], "both": [Kind.EMAIL, Kind.SMS]}
# What the reporter reads on a move to a state; on any other, and on opening again, MOVED.
ON_MOVE = {State.WAITING_FOR_REPORTER: Slug.QUESTION, State.PLANNED: Slug.PLANNED} | dict.fromkeys(
    CLOSED, Slug.CLOSED
)


class Notice(NamedTuple):
    """One thing to be delivered: fields of the Delivery that will promise it."""

    kind: str
    occasion: str
    target: str
    template: str = ""
    text: str = ""
    date: datetime.date | None = None
    report_state: str = ""


def received(report):
    """A new report: its department gets it, its reporter a receipt."""
    return [
        _route(report, "received"),
        *_to_reporter(report, "received", Slug.RECEIVED, date=report.deadline),
    ]


def handed_over(report, handover):
    """The report went to another department, which gets it; the reporter is told."""
    occasion = f"handover-{handover.pk}"
    return [
        _route(report, occasion),
        *_to_reporter(report, occasion, Slug.ROUTED, text=handover.public_text),
    ]


def moved(report, change):
    """The state changed: the reporter is told, with the department's words if there are any."""
    template = ON_MOVE.get(change.after, Slug.MOVED)
    return _to_reporter(report, f"change-{change.pk}", template, text=change.public_text, date=change.date)


def answered(report, message):
    """The department wrote to the reporter."""
    return _to_reporter(report, f"message-{message.pk}", Slug.ANSWERED, text=message.text)


def deadline_moved(report, change):
    """The deadline is another day."""
    occasion = f"deadline-{change.pk}"
    return _to_reporter(report, occasion, Slug.DEADLINE, text=change.reason, date=change.after)


def link_asked_for(report, asked):
    """Somebody asked for the link: sent to the contact they gave, when it is one that the report has.

    Who has stopped news gets it too, for this was asked for.
    """
    known = [(Kind.EMAIL, report.email), (Kind.SMS, report.phone)]
    return [
        Notice(kind, f"link-{asked.pk}", target, Slug.LINK, report_state=report.state)
        for kind, target in known
        if target and target.casefold() == asked.contact.casefold()
    ]


def ways_to(report):
    """Who gets what, the one rule: (kind, target) of each way that news of a report take.

    As the reporter chose; where nothing is chosen, by mail, or by SMS to
    whom only a telephone number is known. None to those who want no contact,
    or no more news.
    """
    if report.no_contact or report.news_stopped_at:
        return []
    known = {Kind.EMAIL: report.email, Kind.SMS: report.phone}
    given = [(kind, target) for kind, target in known.items() if target]
    wanted = WANTED.get(report.news, [])
    return [way for way in given if way[0] in wanted] or given[:1]


def _route(report, occasion):
    return Notice(Kind.ROUTE, occasion, report.department.slug)


def _to_reporter(report, occasion, template, **told):
    return [
        Notice(kind, occasion, target, template, report_state=report.state, **told)
        for kind, target in ways_to(report)
    ]
