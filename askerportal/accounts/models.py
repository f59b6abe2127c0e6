"""Staff: who they are and what their job lets them do."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is employed to do; which department is a membership of its own."""

    CASE_WORKER = "case_worker", _("Saksbehandler")
    ADVISER = "adviser", _("Veileder i innbyggertorg")
    OPERATOR = "operator", _("Driftsansvarlig")


def roles():
    """Choices as a function, so that a new role is no migration."""
    return Role.choices


class User(AbstractUser):
    """A member of staff. Citizens have no user: they come by link or ID-porten."""

    role = models.CharField(_("rolle"), max_length=20, choices=roles, default=Role.CASE_WORKER)

    class Meta:
        verbose_name = _("ansatt")
        verbose_name_plural = _("ansatte")

    @property
    def is_front_desk(self):
        """True for an adviser, who may see every department's reports."""
        return self.role == Role.ADVISER
