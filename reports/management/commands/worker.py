"""Become a Celery worker for the queues of some departments, or of all."""

import os

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from reports.deliveries import SHARED_QUEUES
from reports.models import Department
from reports.photos.thumbnails import QUEUE as PHOTO_QUEUE

SHARED = [*SHARED_QUEUES.values(), PHOTO_QUEUE, "sweep"]


class Command(BaseCommand):
    help = "Run a Celery worker. Without names it takes every department's queue and the shared ones."

    def add_arguments(self, parser):
        parser.add_argument("departments", nargs="*", metavar="department", help="slugs of departments")
        parser.add_argument("--shared", action="store_true", help="take queues for mail, photos and sweep")

    def handle(self, departments, shared, **options):
        queues = [department.queue for department in named(departments)] if departments or not shared else []
        if shared or not departments:
            queues += SHARED
        connection.close_pool()  # exec follows: each of the worker's children opens a connection of its own
        os.environ["DATABASE_POOL_SIZE"] = "0"
        children = os.environ.get("WORKER_CHILDREN", "2")
        command = (
            f"celery --quiet --app askerportal worker --loglevel WARNING --concurrency {children}".split()
        )
        # Workers that need not know one another start faster and talk less.
        command += ["--without-gossip", "--without-mingle", "--queues", ",".join(queues)]
        os.execvp("celery", command)  # noqa: S606 S607 celery of this environment, arguments of ours


def named(slugs):
    """The departments with these slugs, all for none. Raises CommandError for an unknown one."""
    if not Department.objects.exists():
        raise CommandError("There are no departments yet; load_base_data makes them.")
    if not slugs:
        return list(Department.objects.all())
    found = list(Department.objects.filter(slug__in=slugs))
    unknown = set(slugs) - {department.slug for department in found}
    if unknown:
        raise CommandError(f"No such department: {', '.join(sorted(unknown))}.")
    return found
