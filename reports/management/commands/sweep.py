"""Deliver what waits, for cron and for operators."""

from django.core.management.base import BaseCommand

from reports import deliveries, finding, services
from reports.photos import thumbnails


class Command(BaseCommand):
    help = "Carry out every delivery that is due; what beat does each half minute, without broker or worker."

    def handle(self, **options):
        finding.answer_all()
        self.stdout.write(f"delivered: {deliveries.sweep()}")
        services.clear_drafts()
        thumbnails.sweep()
