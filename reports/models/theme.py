"""What can be reported, and the departments that own it. Editors keep these rows in the admin."""

from collections import Counter

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


class Season(models.TextChoices):
    """When a theme is reported most, so that it stands first then."""

    WINTER = "winter", _("vinter (november–mars)")
    WET = "wet", _("vår og høst (april–mai, september–oktober)")
    SUMMER = "summer", _("sommer (juni–august)")

    @classmethod
    def of(cls, day):
        """The season of a date."""
        if day.month in (11, 12, 1, 2, 3):
            return cls.WINTER
        return cls.SUMMER if day.month in (6, 7, 8) else cls.WET


class ThemeQuerySet(models.QuerySet):
    def offered(self):
        """What a citizen can choose now, in the order of the groups."""
        return self.filter(is_active=True).select_related("group").order_by("group__order", "order", "slug")

    def grouped(self, day):
        """What a citizen can choose, by group: {group: [theme, …]}.

        What the season of the day brings stands first in its group, and the group that has
        most of it first among the groups.
        """
        season = Season.of(day)
        groups, in_season = {}, Counter()
        for theme in sorted(self.offered(), key=lambda theme: theme.season != season):
            groups.setdefault(theme.group, []).append(theme)
            in_season[theme.group] += theme.season == season
        first = sorted(groups, key=lambda group: (-in_season[group], group.order, group.slug))
        return {group: groups[group] for group in first}

    def commonest(self):
        """The few that the front page leads straight into."""
        return self.filter(is_active=True, is_common=True).order_by("order", "slug")


class ThemeManager(models.Manager.from_queryset(ThemeQuerySet)):
    """Themes without their words, which are long and are read by the suggestions and by editors only."""

    def get_queryset(self):
        return super().get_queryset().defer("words")


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
    season = models.CharField(
        _("vanligst om"),
        max_length=10,
        choices=Season.choices,
        blank=True,
        help_text=_("Da står temaet først i listen. Tomt: like vanlig hele året."),
    )
    words = models.TextField(
        _("ord som innbyggere bruker"),
        blank=True,
        help_text=_(
            "Ett ord eller uttrykk på hver linje: bokmål, nynorsk, engelsk og dialekt om hverandre. "
            "Søket på «Hva vil du melde fra om?» finner temaet med dem, også bøyd, i sammensetninger og "
            "med skrivefeil. Et ord som flere temaer har, teller mindre. Endringer virker med en gang."
        ),
    )
    deadline_days = models.PositiveSmallIntegerField(
        _("frist i arbeidsdager"),
        null=True,
        blank=True,
        default=10,
        db_default=10,
        help_text=_("Regnes fra dagen meldingen kommer. Tomt betyr at ingen frist loves."),
    )

    objects = ThemeManager()

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temaer")
        ordering = ["order", "slug"]
