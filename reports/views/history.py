"""What has happened to a report, as rows of ui/timeline.html: for the citizen, and for staff."""

from django.utils.translation import gettext as _

from askerportal.shared import dates
from reports.models import Survey
from reports.states import State


def public_events(report):
    """What a citizen may see of a report's history, oldest first."""
    department = report.department.name
    events = [
        {
            "when": change.at,
            "title": title_of(change),
            "text": change.public_text,
            "by": _("Du") if by_reporter(change) else department,
        }
        for change in report.changes.all()
    ]
    events += [
        {
            "when": handover.at,
            "title": _("Sendt til %(department)s") % {"department": handover.after.name},
            "text": handover.public_text,
            "by": handover.before.name,
        }
        for handover in report.handovers.select_related("before", "after")
    ]
    events += [
        {"when": change.at, "title": new_deadline(change), "text": change.reason, "by": department}
        for change in report.deadline_changes.all()
    ]
    events += [
        {
            "when": message.at,
            "title": _("Svar fra kommunen") if message.by_id else _("Du skrev"),
            "text": message.text,
            "by": department if message.by_id else "",
        }
        for message in report.messages.all()
    ]
    return sorted(events, key=lambda event: event["when"])


def staff_events(report):
    """The whole history of a report, oldest first."""
    citizen = _("Innbyggeren")
    events = [
        {
            "when": change.at,
            "title": title_of(change),
            "text": change.public_text,
            "internal": change.reason,
            "by": citizen if by_reporter(change) else change.by,
        }
        for change in report.changes.select_related("by")
    ]
    events += [
        {
            "when": handover.at,
            "title": _("Sendt til %(department)s") % {"department": handover.after.name},
            "text": handover.public_text,
            "internal": handover.reason,
            "by": handover.by,
        }
        for handover in report.handovers.select_related("by", "after")
    ]
    events += [
        {"when": change.at, "title": new_deadline(change), "text": change.reason, "by": change.by}
        for change in report.deadline_changes.select_related("by")
    ]
    events += [
        {
            "when": message.at,
            "title": _("Svar til innbyggeren") if message.by else _("Fra innbyggeren"),
            "text": message.text,
            "by": message.by or citizen,
        }
        for message in report.messages.select_related("by")
    ]
    events += [
        {
            "when": survey.at,
            "title": _("Innbyggerens vurdering: %(score)s av 5") % {"score": survey.score},
            "text": survey.text,
            "by": citizen,
        }
        for survey in Survey.objects.filter(report=report)
    ]
    return sorted(events, key=lambda event: event["when"])


def by_reporter(change):
    """True for a move that the reporter made; nobody made the first."""
    return bool(change.before) and change.by_id is None


def title_of(change):
    """A state in words, with the day that the work is planned for."""
    label = State(change.after).label
    return f"{label} {dates.in_words(change.date)}" if change.date else label


def new_deadline(change):
    """A moved deadline in words."""
    return _("Ny frist: %(day)s") % {"day": dates.in_words(change.after)}
