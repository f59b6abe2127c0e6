"""Dates as people say them, in the language that is active now."""

from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import date_format


def in_words(day):
    """ "torsdag 3. desember", with the year unless it is this one; day is a date."""
    kind = "MONTH_DAY_FORMAT" if day.year == timezone.localdate().year else "DATE_FORMAT"
    return f"{formatted(day, 'l')} {date_format(day, kind)}"
