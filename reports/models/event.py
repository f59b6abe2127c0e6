"""What has happened to a report: moves, what was said about it, and who did it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.report import Report
from reports.models.theme import Department
from reports.states import states


class Event(models.Model):
    """Something that happened to a report, and who did it (None: the citizen, or the portal itself)."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["at", "id"]


class StatusChange(Event):
    """A move from one state to another; `before` is empty for the first, date is when work is planned for."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="changes")
    before = models.CharField(max_length=20, choices=states, blank=True)
    after = models.CharField(max_length=20, choices=states)
    reason = models.TextField(blank=True)
    public_text = models.TextField(blank=True)
    date = models.DateField(null=True)

    class Meta(Event.Meta):
        verbose_name = _("statusendring")
        verbose_name_plural = _("statusendringer")

    def __str__(self):
        return f"{self.report_id}: {self.before} → {self.after}"


class Message(Event):
    """What the department wrote to the citizen, or the citizen to the department."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="messages")
    text = models.TextField()

    class Meta(Event.Meta):
        verbose_name = _("svar")
        verbose_name_plural = _("svar")

    def __str__(self):
        return self.text[:50]


class Handover(Event):
    """A report went from one department to another. reason is internal, public_text is for the citizen."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="handovers")
    before = models.ForeignKey(Department, models.PROTECT, related_name="+")
    after = models.ForeignKey(Department, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    public_text = models.TextField(blank=True)

    class Meta(Event.Meta):
        verbose_name = _("flytting til annen avdeling")
        verbose_name_plural = _("flyttinger til annen avdeling")

    def __str__(self):
        return f"{self.report_id}: {self.before_id} → {self.after_id}"


class DeadlineChange(Event):
    """The deadline was moved; the reason is for the citizen too."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="deadline_changes")
    before = models.DateField(null=True)
    after = models.DateField()
    reason = models.TextField()

    class Meta(Event.Meta):
        verbose_name = _("flyttet frist")
        verbose_name_plural = _("flyttede frister")

    def __str__(self):
        return f"{self.report_id}: {self.before} → {self.after}"


class Survey(models.Model):
    """What the reporter thought of the answer, once: 1 (bad) to 5 (good)."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="survey")
    at = models.DateTimeField(default=timezone.now, editable=False)
    score = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("vurdering")
        verbose_name_plural = _("vurderinger")
        constraints = [
            models.CheckConstraint(name="survey_score_1_to_5", condition=models.Q(score__range=(1, 5)))
        ]

    def __str__(self):
        return f"{self.report_id}: {self.score}"


class Note(Event):
    """An internal note, which no citizen sees."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="notes")
    text = models.TextField()

    class Meta(Event.Meta):
        verbose_name = _("internt notat")
        verbose_name_plural = _("interne notater")

    def __str__(self):
        return self.text[:50]
