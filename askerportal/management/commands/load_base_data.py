"""Load what the portal starts with: themes, departments, streets and the seven innbyggertorg."""

from django.core.management.base import BaseCommand

import guidance.basedata
import reports.basedata
from askerportal.shared import addresses


class Command(BaseCommand):
    help = "Add themes, departments, streets and innbyggertorg that are missing; change none that are there."

    def handle(self, **options):
        self.stdout.write(f"themes added: {reports.basedata.load()}")
        self.stdout.write(f"streets added: {addresses.load_streets()}")
        self.stdout.write(f"innbyggertorg: {guidance.basedata.load()}")
