"""A photo of what is wrong: a clean JPEG in the storage, of a draft or of a report."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from reports.models.draft import KEPT, Draft
from reports.models.report import Report

LEASE = timedelta(seconds=60)  # how long the first worker may take; the next one twice as long …
MOST_ATTEMPTS = 5


class PhotoQuerySet(models.QuerySet):
    def of_draft(self, key):
        """The photos of a draft that can still be resumed, in the order that they came."""
        return self.filter(draft__key=key, draft__changed_at__gt=timezone.now() - KEPT).order_by("pk")

    def due(self):
        """Those whose small pictures shall be made now."""
        return self.filter(state=Photo.State.WAITING, due_at__lte=Now()).order_by("due_at")

    def claim(self, pk):
        """Take one photo for making its small pictures, or None: made, not due, held, or given up.

        The attempt is counted before anything is done, so that a photo that
        kills its worker cannot do so for ever.
        """
        mine = self.filter(pk=pk, state=Photo.State.WAITING, due_at__lte=Now())
        mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=Photo.State.FAILED)
        taken = mine.update(attempts=F("attempts") + 1, due_at=Now() + LEASE * (F("attempts") + 1))
        return self.get(pk=pk) if taken else None

    def known(self, names):
        """Which of these names have a row, as a set."""
        return set(self.filter(name__in=names).values_list("name", flat=True))


class Photo(models.Model):
    """A photo, already made clean: re-encoded, upright, without a word about when and where.

    uid is its address, name its random name in the storage (reports.photos.store).
    width and height are pixels and size is bytes of the whole picture. Until
    its state is READY the whole is shown in place of the small ones, and for
    FAILED always: nobody misses a photo for the lack of a thumbnail.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Drafts are deleted by one plain statement; the database refuses it while a photo hangs on one.
    draft = models.ForeignKey(Draft, models.DO_NOTHING, null=True, related_name="photos")
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="photos")
    name = models.CharField(max_length=40, unique=True, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="photo_of_a_draft_or_a_report",
                condition=Q(draft__isnull=False, report__isnull=True)
                | Q(draft__isnull=True, report__isnull=False),
            ),
        ]
        indexes = [models.Index(F("due_at"), name="photo_waiting", condition=Q(state="waiting"))]

    def __str__(self):
        return str(self.uid)

    def ready(self):
        """Mark that the small pictures are there; False when the photo was removed in the meantime."""
        return self._mark(self.State.READY)

    def failed(self):
        """Give up: the whole is shown in their place."""
        return self._mark(self.State.FAILED)

    def _mark(self, state):
        self.state = state
        return bool(Photo.objects.filter(pk=self.pk).update(state=state))
