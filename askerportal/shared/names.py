"""Names that editors keep in the portal's three languages."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something with a name in bokmål, nynorsk and English."""

    slug = models.SlugField(_("adressenavn"), unique=True)
    name_nb = models.CharField(_("navn på bokmål"), max_length=100)
    name_nn = models.CharField(_("navn på nynorsk"), max_length=100)
    name_en = models.CharField(_("navn på engelsk"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the language that is active now."""
        return self.in_language("name")

    def in_language(self, field):
        """A field that is kept in three columns, in the language that is active now."""
        return getattr(self, f"{field}_{get_language() or 'nb'}")
