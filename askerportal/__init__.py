"""The frame of the portal: settings, addresses and what all apps share."""

from askerportal.celery import app as celery_app

__all__ = ["celery_app"]
