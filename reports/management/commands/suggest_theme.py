"""Tell which themes texts are about, as the form suggests them."""

import sys

from django.core.management.base import BaseCommand

from reports.suggestions import likely_themes


class Command(BaseCommand):
    help = "Read one text a line from standard input; print up to three themes' slugs a line, best first."

    def handle(self, **options):
        for line in sys.stdin:
            self.stdout.write(" ".join(found.theme.slug for found in likely_themes(line)))
