"""The Celery application: the accelerator of what the Delivery table promises."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "askerportal.settings")
app = Celery("askerportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
