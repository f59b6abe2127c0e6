"""The citizen's form, step by step, without JavaScript. Each step has its own address."""

import secrets
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from askerportal.shared import places
from reports import forms, services, suggestions
from reports.models import Draft, Report, Theme
from reports.models.draft import KEPT, KEY
from reports.models.report import distance_text
from reports.views import photos


class Step(NamedTuple):
    """A step of the form; its slug is also its URL name."""

    slug: str
    form: type
    label: str
    heading: str


STEPS = [
    Step("what", forms.WhatForm, gettext_lazy("Hva"), gettext_lazy("Hva vil du melde fra om?")),
    Step("where", forms.WhereForm, gettext_lazy("Hvor"), gettext_lazy("Hvor er det?")),
    Step("describe", forms.DescribeForm, gettext_lazy("Beskriv"), gettext_lazy("Hva er galt?")),
    Step("contact", forms.ContactForm, gettext_lazy("Kontakt"), gettext_lazy("Hvordan kan vi nå deg?")),
    Step("review", forms.SubmitForm, gettext_lazy("Se over og send"), gettext_lazy("Se over og send")),
]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, slug):
    """Any step before the last: keep what is accepted, go on to the next."""
    draft = current_draft(request)
    theme = theme_of(draft)
    here = next(step for step in STEPS if step.slug == slug)
    initial = {**draft.data, **request.GET.dict(), "idempotency_key": draft.key}
    if "find" in request.POST:
        return redirect(f"{request.path}?{urlencode({'q': request.POST.get('q', '')})}")
    form = here.form(request.POST or None, request.FILES or None, initial=initial, theme=theme)
    stays = form.is_bound and photos.take(request, draft, form)
    if photos.is_fragment(request):
        return remember(photos.fragment(request, draft, form, theme), draft)
    if stays and form.is_valid():
        return remember(redirect(f"reports:{slug}"), draft)
    if form.is_valid():
        keep = services.keep_place if slug == "where" else services.keep_draft
        keep(draft, form.kept())
        following = neighbour(slug, form.cleaned_data.get("theme", theme), +1)
        return remember(redirect(f"reports:{following}"), draft)
    context = {
        "form": form,
        "road_owner": draft.data.get("around", {}).get("road_owner") if slug == "describe" else None,
        **(suggested(form["q"].value(), form["theme"].value()) if slug == "what" else {}),
        **photos.of_draft(draft, theme),
        **trail(slug, theme),
    }
    response = render(request, "reports/step.html", context, status=422 if form.is_bound else 200)
    # Photos were kept though something else was wrong: the browser must be able to show them.
    return remember(response, draft) if form.is_bound else response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request):
    """The last step: show all, and send. What is posted wins over the draft: a lost draft loses nothing."""
    draft = current_draft(request)
    form = forms.SubmitForm({**draft.data, **request.POST.dict(), "idempotency_key": draft.key})
    if not form.is_valid():
        return already_sent(draft) or to_first_gap(request, draft, form)
    if request.method == "POST":
        fields = form.report_fields()
        fields |= services.known_surroundings(draft, fields)
        report = services.submit(fields, idempotency_key=draft.key)
        return forget_draft(redirect("reports:receipt", report.token))
    report = Report(**form.report_fields(), **services.known_surroundings(draft, form.report_fields()))
    context = {
        "form": form,
        "rows": summary(report),
        "road_owner": report.road_owner,
        **photos.of_draft(draft, report.theme),
        **trail("review", report.theme),
    }
    return render(request, "reports/step_review.html", context)


@require_safe
def suggest(request):
    """The likeliest themes for what has been typed so far, as cards."""
    found = suggested(request.GET.get("q"), request.GET.get("theme"))
    return render(request, "ui/theme_suggestions.html", found)


@require_safe
def addresses(request):
    """Suggestions for what has been typed so far, as options of a datalist."""
    text = request.GET.get("address", "")[:200]
    found = places.find(text).likely if len(text) > 2 else []
    return render(request, "ui/address_options.html", {"addresses": found})


@require_safe
def pin(request):
    """Where the pin on the map is, in words: by the nearest address, or whose place it is instead of ours."""
    form = forms.PinForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest()
    lat, lon = form.cleaned_data["lat"], form.cleaned_data["lon"]
    if not places.is_in_municipality(lat, lon):
        return HttpResponse(_("Punktet er utenfor Asker kommune. Flytt det dit feilen er."))
    near = services.nearest(lat, lon)
    if not near:
        return HttpResponse(_("Punktet er satt. Ingen adresse er i nærheten."))
    where = distance_text(near["near_metres"], near["near"])
    return HttpResponse(escape(_("Punktet står %(where)s.") % {"where": where}))


def suggested(text, chosen):
    """What ui/theme_suggestions.html shows: the likeliest themes for a text, and which one is chosen."""
    text = (text or "").strip()
    return {"text": text, "likely": suggestions.likely_themes(text), "chosen": chosen}


def current_draft(request):
    """The draft that the form's key or the cookie names, or a new one; saved when something is kept in it."""
    for key in [request.POST.get("idempotency_key", ""), request.COOKIES.get(settings.DRAFT_COOKIE_NAME, "")]:
        if KEY.fullmatch(key):
            return Draft.objects.under(key)
    return Draft(key=secrets.token_urlsafe(16))


def theme_of(draft):
    """The theme chosen so far, or None."""
    return Theme.objects.filter(slug=draft.data["theme"]).first() if "theme" in draft.data else None


def remember(response, draft):
    """Let the browser find the draft again."""
    response.set_cookie(
        settings.DRAFT_COOKIE_NAME,
        draft.key,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget_draft(response):
    """The draft is sent: the next report starts afresh."""
    response.delete_cookie(settings.DRAFT_COOKIE_NAME, samesite="Lax")
    return response


def already_sent(draft):
    """The receipt, when this form was sent before and the browser sends it again; else None."""
    report = Report.objects.sent_with(draft.key).first()
    return report and forget_draft(redirect("reports:receipt", report.token))


def to_first_gap(request, draft, form):
    """Keep what is right, and lead to the first step where something is missing or wrong."""
    gap = next((step for step in STEPS if step.form.base_fields.keys() & form.errors.keys()), STEPS[0])
    if request.method == "POST":
        services.keep_draft(draft, form.kept())
    if draft.data:
        messages.warning(request, _("Noe mangler før du kan sende. Fyll ut dette steget og gå videre."))
    return remember(redirect(f"reports:{gap.slug}"), draft)


def steps_for(theme):
    """The steps that a theme needs: one without a place has no "where"."""
    placeless = theme is not None and theme.location == Theme.Location.NONE
    return [step for step in STEPS if not (placeless and step.slug == "where")]


def neighbour(slug, theme, way):
    """The slug of the step after (+1) or before (-1) this one; None before the first."""
    slugs = [step.slug for step in steps_for(theme)]
    position = slugs.index(slug) + way if slug in slugs else 1
    return slugs[position] if position >= 0 else None


def trail(slug, theme):
    """What the page shows of the way: the step, all steps with their state, and the way back."""
    order = [step.slug for step in STEPS]
    steps = [
        {
            "label": step.label,
            "url": reverse(f"reports:{step.slug}"),
            "state": "current"
            if step.slug == slug
            else "done"
            if order.index(step.slug) < order.index(slug)
            else "todo",
        }
        for step in steps_for(theme)
    ]
    before = neighbour(slug, theme, -1)
    return {
        "step": STEPS[order.index(slug)],
        "steps": steps,
        "back_url": reverse(f"reports:{before}") if before else reverse("front"),
    }


def summary(report):
    """What is about to be sent, a row a thing, each with the step that changes it."""
    rows = [
        ("what", _("Hva"), report.theme.name),
        ("where", _("Hvor"), report.place_text),
        ("describe", _("Beskrivelse"), report.description),
        ("contact", _("Navn"), report.name),
        ("contact", _("E-post"), report.email),
        ("contact", _("Telefon"), report.phone),
        ("contact", _("Nyheter på"), report.get_news_display()),
        ("contact", _("Kontakt"), _("Du vil ikke bli kontaktet") if report.no_contact else ""),
        ("contact", _("Språk i svaret"), "" if report.no_contact else report.get_language_display()),
    ]
    return [
        {"label": label, "value": value, "change_url": reverse(f"reports:{slug}")}
        for slug, label, value in rows
        if value
    ]
