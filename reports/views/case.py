"""The citizen's pages of a report that is sent, opened by the tracking link."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from askerportal.shared import dates
from reports import access, notices, services
from reports.states import State


@require_safe
@access.holder_of_link
def receipt(request, report):
    """The number and the tracking link, right after sending."""
    sent_to = [target for _kind, target in notices.ways_to(report)]
    context = {"report": report, "tracking_url": report.tracking_url, "sent_to": sent_to}
    return render(request, "reports/receipt.html", context)


@require_safe
@access.holder_of_link
def case(request, report):
    """What was reported, where, who has it, and what has happened since."""
    return render(request, "reports/case.html", {"report": report, "events": public_events(report)})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@access.holder_of_link
def news(request, report):
    """Stop news of a report: by the page's button, or by a mail program that posts here (RFC 8058)."""
    if request.method == "POST":
        services.stop_news(report)
        return redirect(report.news_path)
    return render(request, "reports/news.html", {"report": report})


@require_POST
@access.holder_of_link
def start_news(request, report):
    """Have news again."""
    services.start_news(report)
    messages.success(request, _("Du får nyheter om saken igjen."))
    return redirect(report.tracking_path)


def public_events(report):
    """What a citizen may see of a report's history, oldest first."""
    changes = [
        {
            "when": change.at,
            "title": title_of(change),
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
    handovers = [
        {
            "when": handover.at,
            "title": _("Sendt til %(department)s") % {"department": handover.after.name},
            "text": handover.public_text,
            "by": handover.before.name,
        }
        for handover in report.handovers.select_related("before", "after")
    ]
    deadlines = [
        {"when": d.at, "title": new_deadline(d), "text": d.reason, "by": report.department.name}
        for d in report.deadline_changes.all()
    ]
    return sorted(changes + handovers + deadlines + answers, key=lambda event: event["when"])


def title_of(change):
    """A state in words, with the day that the work is planned for."""
    label = State(change.after).label
    return f"{label} {dates.in_words(change.date)}" if change.date else label


def new_deadline(change):
    """A moved deadline in words."""
    return _("Ny frist: %(day)s") % {"day": dates.in_words(change.after)}
