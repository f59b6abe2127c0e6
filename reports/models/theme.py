"""What can be reported, and the departments that own it. Editors keep these rows in the admin."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from askerportal.shared.names import Named


class Department(Named):
    """A department with a queue of its own, in Celery and in the inbox."""

    order = models.PositiveSmallIntegerField(_("rekkefølge"), default=100)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("medarbeidere"), related_name="departments", blank=True
    )

    class Meta:
        verbose_name = _("avdeling")
        verbose_name_plural = _("avdelinger")
        ordering = ["order", "slug"]

    @property
    def queue(self):
        """The name of the Celery queue that this department's workers take from."""
        return f"dept.{self.slug}"


class ThemeGroup(Named):
    """A heading in the list of themes."""

    order = models.PositiveSmallIntegerField(_("rekkefølge"), default=100)

    class Meta:
        verbose_name = _("temagruppe")
        verbose_name_plural = _("temagrupper")
        ordering = ["order", "slug"]


class ThemeQuerySet(models.QuerySet):
    def offered(self):
        """What a citizen can choose now, in the order of the groups."""
        return self.filter(is_active=True).select_related("group").order_by("group__order", "order", "slug")

    def commonest(self):
        """The few that the front page leads straight into."""
        return self.filter(is_active=True, is_common=True).order_by("order", "slug")


class Theme(Named):
    """A kind of fault, and the department that owns it."""

    class Location(models.TextChoices):
        REQUIRED = "required", _("må oppgis")
        OPTIONAL = "optional", _("kan oppgis")
        NONE = "none", _("har ikke sted")

    group = models.ForeignKey(ThemeGroup, models.PROTECT, verbose_name=_("gruppe"), related_name="themes")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("avdeling"), related_name="themes"
    )
    location = models.CharField(_("sted"), max_length=10, choices=Location.choices, default=Location.REQUIRED)
    is_urgent = models.BooleanField(_("haster"), default=False)
    is_common = models.BooleanField(_("vises på forsiden"), default=False)
    is_active = models.BooleanField(_("kan velges"), default=True)
    order = models.PositiveSmallIntegerField(_("rekkefølge"), default=100)
    deadline_days = models.PositiveSmallIntegerField(
        _("frist i arbeidsdager"),
        null=True,
        blank=True,
        default=10,
        db_default=10,
        help_text=_("Regnes fra dagen meldingen kommer. Tomt betyr at ingen frist loves."),
    )

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temaer")
        ordering = ["order", "slug"]
