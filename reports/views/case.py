"""The citizen's pages of a report that is sent, opened by the tracking link."""

from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import access, by_reporter, notices, services
from reports import case_forms as forms
from reports.states import Act, State
from reports.views import photos
from reports.views.history import public_events


class Panel(NamedTuple):
    """What the citizen can do on the page: its form, the service behind it, and the words around it."""

    form: type
    service: callable
    heading: str
    button: str
    done: str
    is_folded: bool = False


# In the order of the page; an act's value is also its URL name.
PANELS = {
    Act.WRITE: Panel(
        forms.WriteForm,
        by_reporter.write,
        gettext_lazy("Skriv mer om saken"),
        gettext_lazy("Send"),
        gettext_lazy("Takk. Avdelingen ser det du har skrevet."),
    ),
    Act.FIXED: Panel(
        forms.FixedForm,
        by_reporter.say_fixed,
        gettext_lazy("Er feilen borte?"),
        gettext_lazy("Det er fikset"),
        gettext_lazy("Takk for beskjeden. Saken er avsluttet."),
        is_folded=True,
    ),
    Act.REOPEN: Panel(
        forms.ReopenForm,
        by_reporter.reopen,
        gettext_lazy("Ikke fornøyd?"),
        gettext_lazy("Åpne saken igjen"),
        gettext_lazy("Saken er åpnet igjen, og avdelingen får beskjed."),
        is_folded=True,
    ),
    Act.RATE: Panel(
        forms.RateForm,
        by_reporter.rate,
        gettext_lazy("Hva synes du om svaret?"),
        gettext_lazy("Send vurderingen"),
        gettext_lazy("Takk for at du sa hva du synes."),
    ),
    Act.WITHDRAW: Panel(
        forms.WithdrawForm,
        by_reporter.withdraw,
        gettext_lazy("Vil du trekke meldingen?"),
        gettext_lazy("Trekk meldingen"),
        gettext_lazy("Meldingen er trukket."),
        is_folded=True,
    ),
}


@require_safe
@access.holder_of_link
def receipt(request, report):
    """The number and the tracking link, right after sending."""
    sent_to = [target for _kind, target in notices.ways_to(report)]
    context = {
        "report": report,
        "photos": photos.of_report(report),
        "tracking_url": report.tracking_url,
        "sent_to": sent_to,
    }
    return render(request, "reports/receipt.html", context)


@require_safe
@access.holder_of_link
def case(request, report):
    """What was reported, where, who has it, what has happened since, and what one can do."""
    return show(request, report)


@require_POST
@access.holder_of_link
def act(request, report, act):
    """One thing that the citizen does; 409 with the reason when the report does not allow it any more."""
    panel = PANELS[act]
    form = panel.form(request.POST)
    if not form.is_valid():
        return show(request, report, status=422, bound={act: form})
    try:
        panel.service(report, **form.cleaned_data)
    except by_reporter.Refused as refusal:
        report.refresh_from_db()
        told = {"refusal": str(refusal), "written": form.cleaned_data.get("text")}
        return show(request, report, status=409, **told)
    messages.success(request, panel.done)
    return redirect(report.tracking_path)


def show(request, report, *, status=200, bound=None, **told):
    """The citizen's page; bound: a form that came back with errors, by its act."""
    bound = bound or {}
    acts = list(dict.fromkeys([*bound, *by_reporter.allowed(report)]))
    context = {
        "report": report,
        "photos": photos.of_report(report),
        "events": public_events(report),
        "panels": [panel_of(report, act, bound.get(act)) for act in PANELS if act in acts],
        "has_errors": bool(bound),
    }
    return render(request, "reports/case.html", context | told, status=status)


def panel_of(report, act, bound):
    """A panel as ui/panel_form.html takes it."""
    panel = PANELS[act]
    heading, button = panel.heading, panel.button
    if act == Act.WRITE and report.state == State.WAITING_FOR_REPORTER:
        heading, button = _("Svar på spørsmålet"), _("Send svaret")
    elif act == Act.REOPEN and report.state == State.DONE:
        heading, button = _("Er det ikke fikset?"), _("Det er ikke fikset")
    return {
        "form": bound or panel.form(),
        "url": reverse(f"reports:{act}", args=[report.token]),
        "heading": heading,
        "button": button,
        "is_folded": panel.is_folded and not bound,
    }


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
