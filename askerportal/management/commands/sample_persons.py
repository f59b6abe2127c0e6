"""Make the sample staff, for trying the portal."""

from django.core.management.base import BaseCommand

from askerportal import samples


class Command(BaseCommand):
    help = "Make sample staff: case workers, an adviser, an operator. Refused unless debug is on."

    def handle(self, **options):
        samples.create()
