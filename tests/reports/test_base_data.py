"""The themes and departments that the portal starts with."""

from io import StringIO

from django.core.management import call_command
from django.utils import translation

from reports.models import Department, Theme


def test_every_theme_has_a_department_and_a_name_in_three_languages(db):
    assert Theme.objects.count() == 29
    assert Department.objects.count() == 8
    for row in [*Theme.objects.all(), *Department.objects.all()]:
        assert all([row.name_nb, row.name_nn, row.name_en])


def test_name_follows_the_language(db):
    theme = Theme.objects.get(slug="hull-i-vei")
    names = []
    for language in ["nb", "nn", "en"]:
        with translation.override(language):
            names.append(theme.name)

    assert names == ["Hull i veien", "Hol i vegen", "Pothole"]


def test_loading_again_keeps_what_editors_changed(db):
    Theme.objects.filter(slug="gatelys").update(name_nb="Lys ute")

    call_command("load_base_data", stdout=StringIO())

    assert Theme.objects.get(slug="gatelys").name_nb == "Lys ute"
    assert Theme.objects.count() == 29
