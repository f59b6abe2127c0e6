"""Delete photo files that belong to nothing, for cron and for operators."""

from django.core.management.base import BaseCommand

from reports import services


class Command(BaseCommand):
    help = "Delete photo files that no row knows and that are a day old; what beat does daily."

    def handle(self, **options):
        self.stdout.write(f"deleted: {services.clear_photo_files()}")
