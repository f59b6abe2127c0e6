"""Addresses in the municipality, which reports, desks and the chat look up."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AddressQuerySet(models.QuerySet):
    def streets(self):
        """Streets, or the parts of them that have one postal code each."""
        return self.filter(number__isnull=True)

    def houses(self):
        """House numbers with a position that was measured."""
        return self.filter(number__isnull=False)


class Address(models.Model):
    """A house number with its position, or (without number) a street within one postal code.

    Words are looked for among the streets, which are few; a house is then found
    by its number. search is the street's name in small letters without spaces, and
    empty for a house. lat and lon are degrees, WGS 84. is_approximate: good enough
    to centre a map, not to place a pin. number_range is the postal register's own
    text for a part of a street, such as "201-231, 200-230" or "95-slutt"; it
    stands in for the houses of a street that has none here.
    """

    street = models.CharField(_("gatenavn"), max_length=100)
    number = models.PositiveSmallIntegerField(_("nummer"), null=True, blank=True)
    letter = models.CharField(_("bokstav"), max_length=1, blank=True)
    number_range = models.CharField(_("nummer i gaten"), max_length=100, blank=True)
    postal_code = models.CharField(_("postnummer"), max_length=4)
    postal_place = models.CharField(_("poststed"), max_length=50)
    lat = models.FloatField(_("breddegrad"))
    lon = models.FloatField(_("lengdegrad"))
    is_approximate = models.BooleanField(_("omtrentlig plassering"), default=False)
    search = models.CharField(max_length=100, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse")
        verbose_name_plural = _("adresser")
        constraints = [
            models.UniqueConstraint(
                fields=["street", "postal_code", "number", "letter", "number_range"],
                name="one_row_an_address",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="address_on_the_globe", condition=Q(lat__range=(-90, 90), lon__range=(-180, 180))
            ),
        ]
        indexes = [
            GinIndex(
                fields=["search"],
                opclasses=["gin_trgm_ops"],
                name="address_street_trigram",
                condition=Q(number__isnull=True),
            ),
            models.Index(fields=["lat", "lon"], name="address_position", condition=Q(number__isnull=False)),
        ]

    def __str__(self):
        return f"{self.house}, {self.postal_code} {self.postal_place}"

    @property
    def house(self):
        """The street and, where there is one, the number: "Kirkeveien 230B"."""
        return f"{self.street} {self.number}{self.letter}" if self.number else self.street


class RateCount(models.Model):
    """How often something was done in a window of time; key is a seal (askerportal.shared.limits)."""

    key = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "until"], name="one_count_a_key_and_window")]

    def __str__(self):
        return f"{self.count} until {self.until:%Y-%m-%d %H:%M}"
