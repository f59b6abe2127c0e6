"""Print how to sign in as each sample person."""

import json

from django.core.management.base import BaseCommand

from askerportal import samples


class Command(BaseCommand):
    help = "Print user name, password, role and department of the sample staff. Refused unless debug is on."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="as a JSON list")

    def handle(self, **options):
        people = [person._asdict() for person in samples.sign_ins()]
        if options["json"]:
            self.stdout.write(json.dumps(people, indent=2))
            return
        self.stdout.write(f"{'username':18}{'password':20}{'role':14}department")
        for person in people:
            self.stdout.write("{username:18}{password:20}{role:14}{department}".format(**person))
