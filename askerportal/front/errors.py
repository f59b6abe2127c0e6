"""The error pages. They use no database, session or POST, and never fail themselves."""

import logging

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from askerportal.shared.posted import typed

logger = logging.getLogger(__name__)

# When not even the error page can be made.
LAST_RESORT = (
    '<!doctype html><html lang="nb"><meta charset="utf-8"><title>Noe gikk galt – Asker kommune</title>'
    "<h1>Noe gikk galt hos oss</h1><p>Prøv igjen om litt, eller ring Asker kommune på 66 70 00 00.</p></html>"
)


def bad_request(request, exception=None):
    """A request that cannot be read."""
    return page(request, 400)


def forbidden(request, exception=None):
    """A page that is not for this person."""
    return page(request, 403)


def not_found(request, exception=None):
    """No such page, or a link that opens nothing: the same answer for all."""
    return page(request, 404)


def server_error(request):
    """Our own fault."""
    return page(request, 500)


def csrf_failure(request, reason=""):
    """A form whose token is too old, missing or forged: a way to go on.

    In the citizen's form everything that was typed comes back, to be sent
    again with a fresh token; elsewhere there is a way back to the form.
    """
    return page(request, 403, "403_csrf.html", again(request))


def not_now(request):
    """The database is away or overloaded: nothing was sent, and what was typed can be sent again."""
    logger.error("The database is away")
    response = page(request, 503, context=again(request))
    response["Retry-After"] = "30"
    return response


def again(request):
    """What an error page needs to let a form be sent again: nothing typed is lost in the citizen's form."""
    fields = typed(request) if request.path.startswith("/meld/") else []
    return {"path": request.path if fields else "", "typed": fields, "back_url": back_url(request)}


def page(request, status, template=None, context=None):
    """An error page as a response."""
    try:
        return HttpResponse(render_to_string(template or f"{status}.html", context, request), status=status)
    except Exception:  # An error page is the last thing that may fail.
        logger.exception("The page for %s could not be made", status)
        return HttpResponse(LAST_RESORT, status=status)


def back_url(request):
    """The page of ours that the form stood on, else the front page."""
    referer = request.META.get("HTTP_REFERER", "")
    return referer if url_has_allowed_host_and_scheme(referer, {request.META.get("HTTP_HOST")}) else "/"
