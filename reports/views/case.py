"""The citizen's pages of a report that is sent, opened by the tracking link."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import access
from reports.states import State
from reports.views import photos


@require_safe
@access.holder_of_link
def receipt(request, report):
    """The number and the tracking link, right after sending."""
    context = {
        "report": report,
        "photos": photos.of_report(report),
        "tracking_url": report.tracking_url,
        "sent_to": report.email,
    }
    return render(request, "reports/receipt.html", context)


@require_safe
@access.holder_of_link
def case(request, report):
    """What was reported, where, who has it, and what has happened since."""
    context = {"report": report, "photos": photos.of_report(report), "events": public_events(report)}
    return render(request, "reports/case.html", context)


def public_events(report):
    """What a citizen may see of a report's history, oldest first."""
    changes = [
        {
            "when": change.at,
            "title": State(change.after).label,
            "text": change.public_text,
            "by": report.department.name,
        }
        for change in report.changes.all()
    ]
    answers = [
        {
            "when": message.at,
            "title": _("Svar fra kommunen"),
            "text": message.text,
            "by": report.department.name,
        }
        for message in report.messages.all()
    ]
    return sorted(changes + answers, key=lambda event: event["when"])
