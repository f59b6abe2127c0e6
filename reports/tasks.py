"""Celery's entrance. Tasks take an id and have no rule of their own."""

from celery import shared_task

from askerportal.shared import limits
from reports import deliveries, finding, services
from reports.photos import thumbnails


@shared_task(name="reports.deliver")
def deliver(pk):
    """Carry out one delivery."""
    deliveries.attempt(pk)


@shared_task(name="reports.thumbnail")
def thumbnail(pk):
    """Make one photo's small pictures."""
    thumbnails.attempt(pk)


@shared_task(name=finding.TASK)
def send_link(pk):
    """Answer one who asked for the link to a report."""
    finding.answer(pk)


@shared_task(name="reports.sweep")
def sweep():
    """Carry out what is due and was not nudged, and clear drafts and counts that are over."""
    finding.answer_all()
    deliveries.sweep()
    services.clear_drafts()
    limits.clear()
    thumbnails.sweep()


@shared_task(name="reports.clear_photos")
def clear_photos():
    """Delete photo files that no row knows."""
    services.clear_photo_files()
