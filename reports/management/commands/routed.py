"""Tell where a report is, by which rule, and how each of its deliveries went."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from reports.models import Report

DELIVERY = [
    "kind",
    "occasion",
    "state",
    "attempts",
    "lost",
    "created_at",
    "due_at",
    "leased_until",
    "done_at",
    "error",
]


class Command(BaseCommand):
    help = "Print where a report is, by which rule, and each delivery with state, attempts and times."

    def add_arguments(self, parser):
        parser.add_argument("number", help="the report's number, such as AK-2026-000123")
        parser.add_argument("--json", action="store_true", help="as one JSON object")

    def handle(self, number, **options):
        report = Report.objects.select_related("theme", "department").filter(number=number).first()
        if report is None:
            raise CommandError(f"No report has the number {number}.")
        facts = {
            "number": report.number,
            "state": report.state,
            "theme": report.theme.slug,
            "department": report.department.slug,
            "queue": report.department.queue,
            "rule": report.routed_by,
            "received_at": report.received_at,
            "in_inbox_at": report.routed_at,
            "deliveries": list(report.deliveries.order_by("id").values(*DELIVERY)),
        }
        self.stdout.write(
            json.dumps(facts, cls=DjangoJSONEncoder, indent=2) if options["json"] else in_words(facts)
        )


def in_words(facts):
    """The same facts, a line each."""
    lines = [f"{name}: {value}" for name, value in facts.items() if name != "deliveries"]
    for delivery in facts["deliveries"]:
        lines.append(
            "  " + ", ".join(f"{name} {value}" for name, value in delivery.items() if value not in (None, ""))
        )
    return "\n".join(lines)
