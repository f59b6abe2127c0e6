"""The frame itself, an app for its management commands, and the admin's start."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig

WITH_ADMIN = ["askerportal.accounts", "reports", "guidance"]


class PortalConfig(AppConfig):
    name = "askerportal"


class PortalAdminConfig(SimpleAdminConfig):
    """The admin over our own apps only: django-leaflet's admin, found by Django's search, needs GDAL."""

    def ready(self):
        super().ready()
        for app in WITH_ADMIN:
            import_module(f"{app}.admin")
