"""What the portal writes to citizens. Editors keep the texts in the admin, in three languages."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from askerportal.shared import sms

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ["number", "theme", "department", "text", "link", "date", "state"]
MOST_PARTS = 3  # of an SMS
# As long as the portal's own get: a number, names of editors, a link, a date in words, a state.
LONG = {
    "number": "AK-2026-000123",
    "theme": "x" * 40,
    "department": "x" * 30,
    "text": "",
    "link": "x" * 70,
    "date": "torsdag 30. september 2027",
    "state": "x" * 20,
}
STOP_LINE = 90  # characters for the way to stop, which every SMS ends with


def in_braces(names):
    """Placeholders as they are written in a text."""
    return " ".join(f"{{{name}}}" for name in names)


def only_known_placeholders(text):
    """Refuse a placeholder that nothing stands for."""
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        raise ValidationError(
            _("Dette finnes ikke: %(unknown)s. Bruk %(known)s."),
            code="placeholder",
            params={"unknown": in_braces(unknown), "known": in_braces(PLACEHOLDERS)},
        )


def short_enough(text):
    """Refuse an SMS that takes more than three parts before the department has written anything in it."""
    if sms.parts(sms.plain(filled(text, LONG)) + "x" * STOP_LINE) > MOST_PARTS:
        raise ValidationError(_("Teksten blir lengre enn tre SMS. Skriv kortere."), code="too_long")


def filled(text, values):
    """A text with its placeholders filled; lines whose placeholders are all empty are left out.

    One pass: braces in what is filled in stand as they are.
    """
    lines = []
    for line in text.strip().splitlines():
        names = PLACEHOLDER.findall(line)
        if not names or any(values.get(name) for name in names):
            lines.append(PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class Slug(models.TextChoices):
    """On what occasion a text is sent."""

    RECEIVED = "received", _("Meldingen er mottatt")
    ROUTED = "routed", _("Saken er sendt til en annen avdeling")
    QUESTION = "question", _("Avdelingen spør om noe")
    PLANNED = "planned", _("Arbeidet er planlagt")
    MOVED = "moved", _("Saken har fått en annen status")
    ANSWERED = "answered", _("Avdelingen har svart")
    CLOSED = "closed", _("Saken er avsluttet")
    DEADLINE = "deadline", _("Fristen er flyttet")
    LINK = "link", _("Noen har bedt om lenken til saken")


def slugs():
    """Choices as a function, so that a new label is no migration."""
    return Slug.choices


def subject(label):
    return models.CharField(label, max_length=150, blank=True, validators=[only_known_placeholders])


def body(label):
    return models.TextField(label, blank=True, validators=[only_known_placeholders])


def short(label):
    return models.TextField(label, blank=True, validators=[only_known_placeholders, short_enough])


class NoticeText(models.Model):
    """The texts for one occasion: a mail's subject and body, and an SMS."""

    slug = models.CharField(_("anledning"), max_length=20, unique=True, choices=slugs, editable=False)
    subject_nb = subject(_("emne på bokmål"))
    body_nb = body(_("e-post på bokmål"))
    sms_nb = short(_("SMS på bokmål"))
    subject_nn = subject(_("emne på nynorsk"))
    body_nn = body(_("e-post på nynorsk"))
    sms_nn = short(_("SMS på nynorsk"))
    subject_en = subject(_("emne på engelsk"))
    body_en = body(_("e-post på engelsk"))
    sms_en = short(_("SMS på engelsk"))

    class Meta:
        verbose_name = _("tekst til innbyggere")
        verbose_name_plural = _("tekster til innbyggere")
        ordering = ["id"]

    def __str__(self):
        return str(self.get_slug_display())

    def render(self, field, values):
        """One of "subject", "body" and "sms" in the language that is active now, filled with values."""
        return filled(getattr(self, f"{field}_{get_language() or settings.LANGUAGE_CODE}"), values)
