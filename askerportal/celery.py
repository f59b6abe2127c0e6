"""The Celery application: the accelerator of what the Delivery table promises."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "askerportal.settings")
app = Celery("askerportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_broken_connection(**_):
    """Let a child that outlived its database connection open a new one."""
    close_old_connections()
