"""The innbyggertorg, where a person helps face to face."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from askerportal.shared.names import Named


class Desk(Named):
    """One of the seven innbyggertorg. An empty address or opening is for the municipality to fill in."""

    address = models.CharField(_("adresse"), max_length=200, blank=True)
    opening_nb = models.CharField(_("åpningstider på bokmål"), max_length=200, blank=True)
    opening_nn = models.CharField(_("åpningstider på nynorsk"), max_length=200, blank=True)
    opening_en = models.CharField(_("åpningstider på engelsk"), max_length=200, blank=True)
    basis = models.CharField(_("hvor opplysningene kommer fra"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("rekkefølge"), default=100)

    class Meta:
        verbose_name = _("innbyggertorg")
        verbose_name_plural = _("innbyggertorg")
        ordering = ["order", "slug"]

    @property
    def opening(self):
        """The opening hours in the language that is active now."""
        return self.in_language("opening")
