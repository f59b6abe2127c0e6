"""Things to test with: each says only what matters for the test."""

import factory
from django.utils import timezone

from askerportal.accounts.models import Role, User
from reports import services
from reports.models import Department, Report, Theme


class UserFactory(factory.django.DjangoModelFactory):
    """A member of staff; department="slug" makes them a member."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("ansatt{}".format)
    role = Role.CASE_WORKER
    password = factory.django.Password("riktig hest batteri")

    @factory.post_generation
    def department(self, create, slug, **kwargs):
        if slug:
            self.departments.add(Department.objects.get(slug=slug))


def report_fields(**given):
    """The cleaned fields of a report as services.submit takes them."""
    theme = Theme.objects.select_related("department").get(slug=given.pop("theme", "hull-i-vei"))
    return {
        "theme": theme,
        "address": "Kirkeveien 230, 1383 Asker",
        "lat": None,
        "lon": None,
        "description": "Et dypt hull midt i veien.",
        "name": "Kari Testesen",
        "email": "kari@example.com",
        "phone": "",
        "no_contact": False,
        "language": "nb",
        **given,
    }


def submit(*, key=None, **given):
    """A report that has been sent, its deliveries waiting."""
    key = key or f"key-{timezone.now().timestamp()}-{Report.objects.count()}".replace(".", "-")
    return services.submit(report_fields(**given), idempotency_key=key)


def in_inbox(**given):
    """A report that has reached its department, as the delivery does it."""
    report = submit(**given)
    Report.objects.filter(pk=report.pk).update(routed_at=report.received_at)
    report.refresh_from_db()
    return report
