"""Dates in pages, as people say them."""

from django import template

from askerportal.shared import dates

register = template.Library()
register.filter("day_in_words", dates.in_words)
register.filter("ago", dates.ago)
