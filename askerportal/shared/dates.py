"""Dates as people say them, in the language that is active now."""

from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def in_words(day):
    """ "torsdag 3. desember", with the year unless it is this one; day is a date."""
    kind = "MONTH_DAY_FORMAT" if day.year == timezone.localdate().year else "DATE_FORMAT"
    return f"{formatted(day, 'l')} {date_format(day, kind)}"


def ago(when):
    """ "i dag kl. 10:05", "i går kl. 10:05", or "for 3 dager siden, torsdag 3. desember"; when is a time."""
    local = timezone.localtime(when)
    days = (timezone.localdate() - local.date()).days
    time = date_format(local, "TIME_FORMAT")
    if days == 0:
        return _("i dag kl. %(time)s") % {"time": time}
    if days == 1:
        return _("i går kl. %(time)s") % {"time": time}
    day = in_words(local.date())
    if days < 0:
        return day
    return ngettext("for %(days)s dag siden, %(day)s", "for %(days)s dager siden, %(day)s", days) % {
        "days": days,
        "day": day,
    }
