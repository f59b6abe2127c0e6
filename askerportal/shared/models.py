"""Addresses in the municipality, which reports, desks and the chat look up."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Street(models.Model):
    """A street, or the part of one that has one postal code.

    number_range is the postal register's own text, such as "201-231, 200-230"
    or "95-slutt"; empty means the whole street. lat and lon (degrees, WGS 84)
    are the postal code's point: good enough to centre a map, not to place a pin.
    """

    name = models.CharField(_("gatenavn"), max_length=100)
    number_range = models.CharField(_("nummer"), max_length=100, blank=True)
    postal_code = models.CharField(_("postnummer"), max_length=4)
    postal_place = models.CharField(_("poststed"), max_length=50)
    lat = models.FloatField(_("breddegrad"))
    lon = models.FloatField(_("lengdegrad"))

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gater")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number_range", "postal_code"], name="one_row_a_street_part"
            ),
        ]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="street_name_trigram")]

    def __str__(self):
        return f"{self.name}, {self.postal_code} {self.postal_place}"


class RateCount(models.Model):
    """How often something was done in a window of time; key is a seal (askerportal.shared.limits)."""

    key = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "until"], name="one_count_a_key_and_window")]

    def __str__(self):
        return f"{self.count} until {self.until:%Y-%m-%d %H:%M}"
