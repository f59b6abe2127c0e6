"""What was asked on the page that finds a report again."""

from django.db import models
from django.utils import timezone


class LinkRequest(models.Model):
    """Somebody wants the link to a report sent; deleted as soon as a worker has looked."""

    number = models.CharField(max_length=20)
    contact = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"asked {self.at:%Y-%m-%d %H:%M}"
