"""What must leave the house: one row a thing, and the row is the truth."""

import random
import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.notice_text import Slug
from reports.models.report import Report

LEASE = timedelta(seconds=60)  # how long a worker may hold a delivery before it counts as lost
MOST_LOST = 5  # workers that may die on one delivery before it is given up
# Minutes between tries; then hourly, until a day has passed.
BACKOFF = [1, 2, 5, 15, 60]
GIVE_UP_AFTER = timedelta(hours=24)


class DeliveryQuerySet(models.QuerySet):
    def due(self):
        """Those to be tried now, the longest due first: their time has come and no worker holds them."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=Now())
        return self.filter(free, state=Delivery.State.WAITING, due_at__lte=Now()).order_by("due_at")

    def failed(self):
        """Those that were given up, or came back."""
        return self.filter(state=Delivery.State.FAILED)

    def claim(self, pk):
        """Take one delivery for LEASE, or None: done, not due, given up, or held by another.

        The attempt is counted and committed before anything is done, so that
        a delivery that kills its worker cannot do so for ever.
        """
        claimed = list(self.raw(CLAIM, {"pk": pk, "lease": LEASE, "most_lost": MOST_LOST}))
        return claimed[0] if claimed and claimed[0].state == Delivery.State.WAITING else None


# A lease that is still set was never handed back: the worker that had it is gone.
CLAIM = """
    WITH mine AS (
        SELECT id, lost + (leased_until IS NOT NULL)::int AS lost,
            lost + (leased_until IS NOT NULL)::int >= %(most_lost)s AS given_up
        FROM reports_delivery
        WHERE id = %(pk)s AND state = 'waiting' AND due_at <= clock_timestamp()
          AND (leased_until IS NULL OR leased_until <= clock_timestamp())
        FOR UPDATE SKIP LOCKED
    )
    UPDATE reports_delivery AS delivery
    SET lost = mine.lost,
        attempts = attempts + (NOT given_up)::int,
        leased_until = CASE WHEN NOT given_up THEN clock_timestamp() + %(lease)s END,
        state = CASE WHEN given_up THEN 'failed' ELSE 'waiting' END,
        error = CASE WHEN given_up THEN 'worker died ' || mine.lost || ' times' ELSE error END
    FROM mine WHERE delivery.id = mine.id
    RETURNING delivery.*
"""


class Delivery(models.Model):
    """One thing that must reach somebody: a route to a department, a mail to a citizen.

    `occasion` tells what it is about ("received", "change-17"): the same
    occasion is never delivered twice to one target. template, text, date and
    report_state say what a citizen is told, as it was when it happened. uid makes the Message-ID,
    so that a mail that is sent again is seen to be the same.
    """

    class Kind(models.TextChoices):
        ROUTE = "route", _("Til avdelingens innboks")
        EMAIL = "email", _("E-post til innbygger")
        SMS = "sms", _("SMS til innbygger")

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        SENT = "sent", _("Levert")
        FAILED = "failed", _("Mislykket")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="deliveries", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    occasion = models.CharField(max_length=40)
    target = models.CharField(max_length=254)
    template = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    date = models.DateField(null=True)
    report_state = models.CharField(max_length=20, blank=True, default="", db_default="")

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lost = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    # Times that decide are the database's own: the clocks of many machines differ.
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("levering")
        verbose_name_plural = _("leveringer")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "target", "occasion"], name="one_delivery_an_occasion_and_target"
            ),
        ]
        indexes = [
            models.Index(F("due_at"), name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(F("created_at"), name="delivery_failed", condition=Q(state="failed")),
        ]

    def __str__(self):
        return f"{self.kind} {self.occasion}"

    @property
    def about(self):
        """The occasion of what a citizen is told, in words; "" for a route."""
        return Slug(self.template).label if self.template in Slug.values else ""

    def sent(self):
        """Mark as done."""
        self.state, self.done_at, self.leased_until, self.error = self.State.SENT, timezone.now(), None, ""
        self.save(update_fields=["state", "done_at", "leased_until", "error"])

    def bounced(self, error):
        """A mail that was taken came back: not delivered, for a person to see."""
        self.state, self.error, self.done_at = self.State.FAILED, error[:500], None
        self.save(update_fields=["state", "error", "done_at"])

    def failed(self, error, *, permanent):
        """Hand the lease back: tried again later with growing pauses, or given up for a person to see."""
        self.error, self.leased_until = str(error)[:500], None
        if permanent or timezone.now() - self.created_at > GIVE_UP_AFTER:
            self.state = self.State.FAILED
        else:
            minutes = BACKOFF[min(self.attempts, len(BACKOFF)) - 1]
            self.due_at = Now() + timedelta(minutes=minutes * random.uniform(0.9, 1.1))  # noqa: S311 jitter, no secret
        self.save(update_fields=["state", "error", "due_at", "leased_until"])
