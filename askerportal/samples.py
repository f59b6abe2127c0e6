"""Sample staff for trying the portal: one case worker a department, an adviser, an operator. Debug only."""

import base64
import hmac
from typing import NamedTuple

from django.conf import settings
from django.core.management.base import CommandError

from askerportal.accounts.models import Role, User
from reports.models import Department


class SampleSignIn(NamedTuple):
    """What somebody needs in order to sign in as a sample person; department is a slug or ""."""

    username: str
    password: str
    role: str
    department: str


def sign_ins():
    """Every sample person. Raises CommandError unless debug is on."""
    if not settings.DEBUG:
        raise CommandError("Sample persons are for debug only; DEBUG is off here.")
    people = [(department.slug, Role.CASE_WORKER, department.slug) for department in Department.objects.all()]
    people += [("veileder", Role.ADVISER, settings.FRONT_DESK), ("drift", Role.OPERATOR, "")]
    return [SampleSignIn(name, password(name), role.value, department) for name, role, department in people]


def password(username):
    """The password of a sample person: made from this installation's secret key, so no two share it."""
    seal = hmac.digest(settings.SECRET_KEY.encode(), f"sample {username}".encode(), "sha256")
    return base64.b32encode(seal[:10]).decode().lower()


def create():
    """Make the sample persons that are missing, with their membership."""
    for person in sign_ins():
        user, is_new = User.objects.get_or_create(username=person.username, defaults={"role": person.role})
        if is_new or not user.check_password(person.password):
            user.set_password(person.password)
            user.is_staff = user.is_superuser = person.role == Role.OPERATOR
            user.save()
        if is_new and person.department:
            user.departments.add(Department.objects.get(slug=person.department))
