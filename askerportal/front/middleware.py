"""The language that a person has chosen, the browser's own only offered; and a database that is away."""

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from askerportal.front import errors

CODES = [code for code, _name in settings.LANGUAGES]
SAME_AS = {"no": "nb"}


class ChosenLanguageMiddleware:
    """Show the page in the language of the cookie, else in bokmål.

    request.offered_language is the browser's best match when nothing is
    chosen and that match is another language; else None.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in CODES else settings.LANGUAGE_CODE
        best = None if chosen in CODES else best_match(request.headers.get("Accept-Language", ""))
        request.LANGUAGE_CODE = language
        request.offered_language = best if best != language else None
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response


class DatabaseAwayMiddleware:
    """Answer 503 at once when the database is away, with what was typed ready to be sent again."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        """Only for what passes by itself; any other database error is ours, and a 500."""
        if isinstance(error, OperationalError | InterfaceError):
            return errors.not_now(request)
        return None


class OwnNotFoundMiddleware:
    """Show our own 404 page with debug on too: `make run` is what people try the portal by."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        return errors.not_found(request) if request.resolver_match is None else response

    def process_exception(self, request, error):
        """What a view did not find; all else is for the developer to read."""
        return errors.not_found(request) if isinstance(error, Http404) else None


def best_match(accepted):
    """The first language of an Accept-Language header that the portal has, or None."""
    for tag, _quality in parse_accept_lang_header(accepted.lower()[:500]):
        code = tag.split("-")[0]
        code = SAME_AS.get(code, code)
        if code in CODES:
            return code
    return None
