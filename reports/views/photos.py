"""Photos: taken in with the form's step, and shown to those who may see the report."""

import contextlib
import uuid

from django.contrib import messages
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import access, services
from reports.models import Photo, Theme
from reports.photos import store
from reports.photos.field import MOST, problem

SMALL, LARGE = store.SIZES
BUTTONS = ["only_photos", "remove_photo", "use_photo_place"]


def take(request, draft, form):
    """Keep the good photos of what was sent, and do what the photos' own buttons ask.

    True when one of those was pressed: the step then stays where it is.
    """
    pressed = next((name for name in BUTTONS if name in request.POST), None)
    field = form.fields.get("photos")
    if field:
        field.kept_before = Photo.objects.of_draft(draft.key).count()
        if request.FILES and not connection.in_atomic_block:
            connection.close()  # back to the pool: decoding takes seconds and needs no database
    form.full_clean()
    if pressed:
        form.allow_missing()
    if pressed or (field and field.good):
        services.keep_draft(draft, form.kept())
    for upload, clean in field.good if field else []:
        keep(draft, form, upload, clean)
    if pressed == "remove_photo":
        remove(draft, request.POST["remove_photo"])
    elif pressed == "use_photo_place" and services.use_photo_place(draft):
        form.errors.clear()  # the place that was written is given up for this one
        messages.success(request, _("Punktet står nå der bildet er tatt."))
    return bool(pressed)


def keep(draft, form, upload, clean):
    """Keep one photo; when that cannot be, the field says so and everything else is kept."""
    with clean.file:
        try:
            services.add_photo(draft, clean)
        except store.StorageAway:
            form.add_error("photos", problem("away", upload))
        except services.TooManyPhotos:
            form.add_error("photos", problem("many", upload))


def remove(draft, uid):
    """Remove one photo; one that is not there, or not theirs, is nothing to tell of."""
    with contextlib.suppress(ValueError):
        services.remove_photo(draft, uuid.UUID(uid))


def is_fragment(request):
    """True when static/js/photos.js asks: only the photos then, not the page."""
    return request.method == "POST" and request.headers.get("X-Fragment") == "photos"


def fragment(request, draft, form, theme):
    """The photos, and what is wrong with those just sent."""
    problems = form.errors.get("photos", [])
    context = {**of_draft(draft, theme), "problems": problems}
    return render(request, "ui/photo_list.html", context, status=422 if problems else 200)


def of_draft(draft, theme):
    """What the form's pages show: the photos so far, and the place that one of them offers."""
    place = draft.data.get("photo_place")
    placeless = theme is not None and theme.location == Theme.Location.NONE
    pin = (draft.data.get("lat"), draft.data.get("lon"))
    is_new = place and (place["lat"], place["lon"]) != pin
    photos = Photo.objects.of_draft(draft.key)
    return {
        "photos": shown(photos, lambda photo, size: reverse("reports:draft_photo", args=[photo.uid])),
        "photo_place": place if is_new and not placeless else None,
        "most_photos": MOST,
    }


def of_report(report, *, staff=False):
    """A report's photos for ui/photos.html, with addresses that this reader may open."""

    def address(photo, size):
        if staff:
            return reverse("reports:staff_photo", args=[report.number, photo.uid, size])
        return reverse("reports:case_photo", args=[report.token, photo.uid, size])

    return shown(report.photos.order_by("pk"), address, report.number)


def shown(photos, address, number=None):
    """Photos as the components take them."""
    photos = list(photos)
    count = {"count": len(photos), "number": number}
    words = _("Bilde %(n)d av %(count)d til sak %(number)s") if number else _("Bilde %(n)d av %(count)d")
    return [
        {
            "uid": photo.uid,
            "url": address(photo, SMALL),
            "big_url": address(photo, LARGE),
            "alt": words % {"n": n, **count},
            "ready": photo.state == Photo.State.READY,
            **scaled(photo),
        }
        for n, photo in enumerate(photos, 1)
    ]


def scaled(photo):
    """The small picture's width and height, so that nothing jumps when it comes."""
    factor = min(1, SMALL / max(photo.width, photo.height))
    return {
        "width": max(1, round(photo.width * factor)),
        "height": max(1, round(photo.height * factor)),
    }


@require_safe
@access.writer_of_draft
def draft_photo(request, photo):
    """A photo of a report that is still being written."""
    return picture(photo, SMALL, _("bilde"))


@require_safe
@access.holder_of_link
def case_photo(request, report, uid, size):
    """A photo for whoever has the tracking link."""
    return picture(report.photos.filter(uid=uid).first(), size, report.number)


@require_safe
@access.staff_of_department
def staff_photo(request, report, uid, size):
    """A photo for the department."""
    return picture(report.photos.filter(uid=uid).first(), size, report.number)


def picture(photo, size, name):
    """The picture itself, of this size or whole while there is none: a JPEG of ours and nothing but that."""
    if photo is None or size not in store.SIZES:
        raise Http404
    try:
        file = photo.state == Photo.State.READY and store.opened(photo.name, size)
        file = file or store.opened(photo.name)
    except store.StorageAway:
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    if not file:
        raise Http404
    return FileResponse(
        file,
        content_type="image/jpeg",
        filename=f"{name}.jpg",
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
