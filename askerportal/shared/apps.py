"""What two apps or more need: places, contact, names."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharedConfig(AppConfig):
    name = "askerportal.shared"
    label = "shared"
    verbose_name = _("Felles")
