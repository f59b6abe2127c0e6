"""What a citizen has filled in so far."""

import re
from datetime import timedelta

from django.db import models
from django.utils import timezone

KEPT = timedelta(hours=24)
KEY = re.compile(r"[A-Za-z0-9_-]{16,100}")


class DraftQuerySet(models.QuerySet):
    def under(self, key):
        """The draft with this key that can still be resumed, or a new one (not yet saved)."""
        return self.filter(key=key, changed_at__gt=timezone.now() - KEPT).first() or Draft(key=key)

    def outlived(self):
        """Those whose time is over."""
        return self.filter(changed_at__lte=timezone.now() - KEPT)


class Draft(models.Model):
    """A report that is being written.

    key is the form's idempotency key: it finds the draft when the cookie is
    gone, and becomes the report's when it is sent. data holds the fields of
    the form by name, as they were accepted step by step.
    """

    key = models.CharField(max_length=100, unique=True)
    data = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DraftQuerySet.as_manager()

    def __str__(self):
        return f"draft of {self.changed_at:%Y-%m-%d %H:%M}"
