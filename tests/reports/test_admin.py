"""What editors change without a developer."""

import pytest

from askerportal.accounts.models import Role
from reports.models import Theme
from tests.factories import UserFactory
from tests.pages import Visitor


@pytest.fixture
def operator(client, db):
    user = UserFactory(role=Role.OPERATOR, is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "page", ["reports/theme", "reports/themegroup", "reports/department", "guidance/desk"]
)
def test_editor_opens_the_list_and_a_row(operator, page):
    listed = operator.get(f"/admin/{page}/")

    first = listed.context["cl"].result_list[0]
    assert operator.get(f"/admin/{page}/{first.pk}/change/").status_code == 200


def test_a_theme_that_is_renamed_and_given_another_department_is_so_for_the_citizen(operator, citizen):
    theme = Theme.objects.get(slug="gatelys")
    page = operator.get(f"/admin/reports/theme/{theme.pk}/change/")
    fields = {
        name: value for name, value in page.context["adminform"].form.initial.items() if value is not None
    }

    operator.post(f"/admin/reports/theme/{theme.pk}/change/", fields | {"name_nb": "Lys som ikke virker"})

    assert "Lys som ikke virker" in citizen.open("/meld/").text


def test_a_theme_that_is_switched_off_cannot_be_chosen(citizen):
    Theme.objects.filter(slug="gatelys").update(is_active=False)

    citizen.open("/meld/")

    assert not citizen.page.select("input[value=gatelys]")


def test_case_worker_has_no_admin(db):
    worker = Visitor(UserFactory(department="vei-og-trafikk"))

    assert worker.open("/admin/reports/theme/").status == 403


def test_who_is_not_signed_in_is_led_from_the_admin_to_the_one_sign_in(citizen):
    assert citizen.open("/admin/").url == "/logg-inn/"
