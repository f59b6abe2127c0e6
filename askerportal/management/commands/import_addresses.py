"""Fill the address table from Kartverket's file, or with invented addresses for trying and measuring."""

from django.core.management.base import BaseCommand, CommandError

from askerportal.shared import addresses


class Command(BaseCommand):
    help = "Take in Kartverket's matrikkelenVegadresse.csv; may be done again with a newer file."

    def add_arguments(self, parser):
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", help="matrikkelenVegadresse.csv, UTF-8, values apart by ;")
        source.add_argument(
            "--synthetic",
            type=int,
            metavar="N",
            help="make N invented addresses instead, where there are none",
        )

    def handle(self, *, file, synthetic, **options):
        result = self.invent(synthetic) if synthetic else self.take_in(file)
        self.stdout.write(f"imported={result.imported} unchanged={result.unchanged} refused={result.refused}")

    def take_in(self, file):
        """Import a file, telling of each line that was refused."""
        try:
            return addresses.import_file(
                file, lambda number, reason: self.stdout.write(f"line {number}: {reason}")
            )
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be taken in: {error}") from error

    def invent(self, count):
        """Make invented addresses."""
        try:
            return addresses.Result(addresses.invent(count), 0, 0)
        except addresses.NotEmpty:
            raise CommandError(
                "There are addresses with house numbers; invented ones go only where there are none."
            ) from None
