"""The mails and SMS that the local servers have kept, for whoever tries the portal with `make run`."""

import json
import re
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils.cache import add_never_cache_headers

from askerportal.shared import sms


def local_only(view):
    """Answer 404 unless DEBUG is on and mails are kept here: they are other people's."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not (settings.DEBUG and settings.LOCAL_MAILBOX):
            raise Http404
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


@local_only
def mails(request):
    return render(request, "front/local_mail.html", {"mails": kept()})


@local_only
def mail(request, key):
    return render(request, "front/local_mail_message.html", {"mail": read(key)})


def kept():
    """All mails in the Maildir and all SMS in their folder, newest first."""
    found = [read(file.name) for file in (Path(settings.LOCAL_MAILBOX) / "new").glob("*")]
    if settings.LOCAL_SMS:
        found += [read_sms(file) for file in Path(settings.LOCAL_SMS).glob("[0-9a-f]*")]
    return sorted(found, key=lambda mail: mail["received"], reverse=True)


def read_sms(file):
    """One SMS: to, received, text, and in how many parts it would be sent."""
    message = json.loads(file.read_text())
    received = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    text = message["text"]
    return {"to": message["to"], "received": received, "text": text, "parts": sms.parts(text)}


def read(key):
    """One mail by its name in the Maildir: key, sender, to, subject, received, text; 404 without it."""
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise Http404
    file = Path(settings.LOCAL_MAILBOX) / "new" / key
    try:
        message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        received = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except FileNotFoundError as error:
        raise Http404 from error
    body = message.get_body(preferencelist=("plain", "html"))
    return {
        "key": key,
        "sender": message["From"],
        "to": message["X-RcptTo"],
        "subject": message["Subject"],
        "received": received,
        "text": body.get_content() if body else "",
    }


urlpatterns = [
    path("", mails, name="local_mail"),
    path("<slug:key>/", mail, name="local_mail_message"),
]
