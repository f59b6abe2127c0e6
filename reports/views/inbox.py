"""The department's inbox and the report's page for staff."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from askerportal.accounts.sign_in import sign_in_first
from askerportal.shared.paging import page_after
from askerportal.shared.posted import posted_id
from reports import access, services
from reports import case_forms as forms
from reports.models import Delivery, Report, Theme
from reports.states import Conflict, NotAllowed, State
from reports.views import photos
from reports.views.history import staff_events

PAGE = 100  # reports on a page
MOST_COUNTED = 1000  # beyond this a count is shown as "1000+"


@require_safe
@never_cache
@sign_in_first
def departments(request):
    """Where staff come in: straight into the only inbox, or a choice of several."""
    mine = list(access.departments_of(request.user))
    if len(mine) == 1:
        return redirect("reports:inbox", mine[0].slug)
    return render(request, "reports/departments.html", {"departments": mine})


@require_safe
@access.member_of_department
def inbox(request, department):
    """What waits in a department, the longest waiting first, a hundred at a time."""
    chosen = forms.InboxFilter(request.GET)
    state, theme = chosen.chosen("state"), chosen.chosen("theme")
    rows = (
        Report.objects.in_inbox_of(department)
        .shown_as(state, theme)
        .select_related("theme")
        .defer("theme__words")
    )
    page, cursor = page_after(rows, request.GET.get("after", ""), field="received_at", size=PAGE)
    context = {
        "department": department,
        "departments": access.departments_of(request.user),
        "reports": page,
        "states": state_tabs(department, state, theme),
        "themes": Theme.objects.all(),
        "theme": theme,
        "state": state,
        "first_url": with_filter(state=state, theme=theme) if request.GET.get("after") else None,
        "next_url": with_filter(state=state, theme=theme, after=cursor) if cursor else None,
    }
    return render(request, "reports/inbox.html", context)


def state_tabs(department, current, theme):
    """The states as links, each with its count (at most "1000+")."""
    counts = Report.objects.counts_in(department, at_most=MOST_COUNTED)
    tabs = [("", _("Åpne")), *State.choices]
    return [
        {
            "value": value,
            "label": label,
            "count_text": f"{MOST_COUNTED}+" if counts[value] > MOST_COUNTED else str(counts[value]),
            "url": with_filter(state=value, theme=theme),
            "current": value == current,
        }
        for value, label in tabs
    ]


def with_filter(**wanted):
    """The inbox's own address with these filters."""
    return "?" + urlencode({name: value for name, value in wanted.items() if value})


@require_safe
@access.staff_of_department
def staff_case(request, report):
    """Everything about one report on one page."""
    return render(request, "reports/case_staff.html", staff_context(report))


@require_POST
@access.staff_of_department
def change_state(request, report):
    """Move the report on and tell the citizen."""
    form = forms.StateForm(request.POST, report=report)
    if not carried_out(services.change_state, report, form, by=request.user):
        return with_errors(request, report, state_form=form)
    messages.success(request, _("Statusen er endret."))
    return redirect(report)


@require_POST
@access.staff_of_department
def hand_over(request, report):
    """Send the report to another department, and go back to this one's inbox."""
    form = forms.HandoverForm(request.POST, report=report)
    if not carried_out(services.hand_over, report, form, by=request.user):
        return with_errors(request, report, handover_form=form)
    messages.success(request, _("Saken er sendt til den andre avdelingen."))
    return redirect("reports:inbox", report.department.slug)


@require_POST
@access.staff_of_department
def move_deadline(request, report):
    """Promise another date."""
    form = forms.DeadlineForm(request.POST, report=report)
    if not carried_out(services.move_deadline, report, form, by=request.user):
        return with_errors(request, report, deadline_form=form)
    messages.success(request, _("Fristen er flyttet, og innbyggeren får beskjed."))
    return redirect(report)


def carried_out(service, report, form, *, by):
    """Do what a form asks for; False when it is wrong or somebody else was first, which it then tells."""
    if not form.is_valid():
        return False
    try:
        service(report, by=by, **form.cleaned_data)
    except (Conflict, NotAllowed):
        report.refresh_from_db()
        form.show_conflict(report.version)
        return False
    return True


def with_errors(request, report, **form):
    """The report's page with a form that could not be carried out, as it was written."""
    return render(request, "reports/case_staff.html", staff_context(report, **form), status=422)


@require_POST
@access.staff_of_department
def read_news(request, report):
    """What the citizen wrote last is seen."""
    services.read_news(report)
    return redirect(report)


@require_POST
@access.staff_of_department
def send_again(request, report):
    """Try a failed delivery of this report again."""
    delivery = report.deliveries.failed().filter(pk=posted_id(request, "delivery")).first()
    if delivery:
        services.send_again(delivery)
        messages.success(request, _("Den blir sendt igjen."))
    return redirect(report)


@require_POST
@access.staff_of_department
def answer(request, report):
    """Write to the citizen."""
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        return with_errors(request, report, answer_form=form)
    services.answer(report, by=request.user, **form.cleaned_data)
    messages.success(request, _("Svaret er lagret og sendes til innbyggeren."))
    return redirect(report)


@require_POST
@access.staff_of_department
def add_note(request, report):
    """Write for colleagues only."""
    form = forms.NoteForm(request.POST)
    if not form.is_valid():
        return with_errors(request, report, note_form=form)
    services.add_note(report, by=request.user, **form.cleaned_data)
    messages.success(request, _("Notatet er lagret."))
    return redirect(report)


def staff_context(report, **bound):
    """What the report's page shows; bound: a form that came back with errors, by its name in the page."""
    sent = list(report.deliveries.order_by("id"))
    return {
        "report": report,
        "photos": photos.of_report(report, staff=True),
        "events": staff_events(report),
        "notes": report.notes.select_related("by"),
        "deliveries": sent,
        "has_failed": any(delivery.state == Delivery.State.FAILED for delivery in sent),
        "state_form": forms.StateForm(report=report),
        "answer_form": forms.AnswerForm(),
        "note_form": forms.NoteForm(),
        "handover_form": forms.HandoverForm(report=report),
        "deadline_form": forms.DeadlineForm(report=report),
    } | bound
