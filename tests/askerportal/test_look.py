"""What people meet on every page: fields with hints and errors, the language, and the error pages."""

import pytest
from bs4 import BeautifulSoup
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils import translation

from askerportal.front import errors
from askerportal.front.middleware import ChosenLanguageMiddleware, best_match


class EveryField(forms.Form):
    """One field of each kind that the pack must show."""

    name = forms.CharField(label="Navn", help_text="Slik det står i passet.")
    email = forms.EmailField(label="E-post", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(label="Telefon", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    text = forms.CharField(label="Tekst", widget=forms.Textarea)
    language = forms.ChoiceField(label="Språk", choices=[("nb", "Bokmål"), ("nn", "Nynorsk")])
    agree = forms.BooleanField(label="Jeg er enig")
    theme = forms.ChoiceField(
        label="Tema",
        help_text="Velg ett.",
        widget=forms.RadioSelect,
        choices=[("Vei", [("hull", "Hull"), ("lys", "Lys")]), ("Avfall", [("soppel", "Søppel")])],
    )
    size = forms.ChoiceField(
        label="Størrelse", widget=forms.RadioSelect, choices=[("l", "Liten"), ("s", "Stor")]
    )
    key = forms.CharField(widget=forms.HiddenInput)

    @property
    def helper(self):
        return FormHelper(self)

    def clean(self):
        raise forms.ValidationError("Noe stemmer ikke.")


def rendered(data=None):
    return BeautifulSoup(render_crispy_form(EveryField(data)), "html.parser")


def test_hints_are_read_with_their_fields():
    page = rendered()

    assert page.find(id="id_name")["aria-describedby"] == "id_name_helptext"
    assert page.find(id="id_name_helptext").get_text(strip=True) == "Slik det står i passet."
    assert page.find("fieldset", id="id_theme")["aria-describedby"] == "id_theme_helptext"


def test_errors_are_read_with_their_fields():
    page = rendered({"name": ""})

    field = page.find(id="id_name")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert "ds-validation-message" in page.find(id="id_name_error")["class"]


def test_summary_leads_to_every_error_also_of_hidden_fields():
    page = rendered({"phone": "68050001"})

    summary = page.select_one(".ds-error-summary")
    targets = [link["href"].removeprefix("#") for link in summary.find_all("a")]
    fields = ["name", "email", "text", "language", "agree", "theme_0_0", "size_0", "key_error"]
    assert targets == [f"id_{field}" for field in fields]
    assert all(page.find(id=target) for target in targets)
    assert "Noe stemmer ikke." in summary.text
    assert summary.has_attr("autofocus")
    assert summary["tabindex"] == "-1"


def test_form_without_errors_has_no_summary():
    assert rendered().select_one(".ds-error-summary") is None


def test_typed_values_are_kept():
    page = rendered(
        {
            "name": '<b>"Kari"',
            "text": "én\nto",
            "language": "nn",
            "agree": "on",
            "theme": "soppel",
            "size": "s",
        }
    )

    assert page.find(id="id_name")["value"] == '<b>"Kari"'
    assert page.find(id="id_text").text.strip() == "én\nto"
    assert page.select_one("#id_language option[selected]")["value"] == "nn"
    assert page.find(id="id_agree").has_attr("checked")
    assert {radio["value"] for radio in page.select("[type=radio][checked]")} == {"soppel", "s"}


def test_choices_stand_under_their_groups():
    page = rendered()

    groups = page.select("fieldset#id_theme [role=group]")
    names = [page.find(id=group["aria-labelledby"]).text for group in groups]
    assert names == ["Vei", "Avfall"]
    assert [label.text for label in groups[0].find_all("label")] == ["Hull", "Lys"]
    assert page.select_one("fieldset#id_size > legend").text.strip() == "Størrelse"


def test_what_may_be_left_empty_is_marked():
    labels = [label.get_text(" ", strip=True) for label in rendered().find_all(["label", "legend"])]

    assert [label for label in labels if "valgfritt" in label] == ["Telefon (valgfritt)"]


def test_widgets_keep_their_own_attributes():
    page = rendered()

    assert page.find(id="id_email")["autocomplete"] == "email"
    assert page.find(id="id_phone")["type"] == "tel"
    assert all(
        "ds-input" in page.find(id=f"id_{name}")["class"] for name in ["name", "text", "language", "agree"]
    )


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("no", "nb"), ("nb-NO,nb;q=0.9,en;q=0.8", "nb"), ("nn-NO", "nn"), ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"), ("de", None), ("", None), ("*", None), (";;=,\x00", None),
    ],
)  # fmt: skip
def test_browsers_language_is_understood(accepted, language):
    assert best_match(accepted) == language


def language_of(**headers):
    """The language of the page, what is offered, and the response, for a browser's headers."""
    cookie = headers.pop("cookie", None)
    request = RequestFactory().get("/", headers=headers)
    if cookie:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    seen = []

    def view(request):
        seen.append(translation.get_language())
        return errors.not_found(request)

    response = ChosenLanguageMiddleware(view)(request)
    return seen[0], request.offered_language, response


def test_browsers_language_is_offered_not_imposed():
    language, offered, response = language_of(accept_language="en-GB")

    assert (language, offered) == ("nb", "en")
    assert response["Content-Language"] == "nb"
    assert {"Cookie", "Accept-Language"} <= set(response["Vary"].split(", "))


def test_chosen_language_wins_and_ends_the_offer():
    assert language_of(accept_language="en-GB", cookie="nn")[:2] == ("nn", None)


def test_unknown_chosen_language_is_bokmal():
    assert language_of(cookie="tlh\x00")[:2] == ("nb", None)


@pytest.mark.django_db
def test_language_is_chosen_without_scripts_and_the_page_stays(citizen):
    citizen.open("/veiledning/?a=1").send("English", language="en")

    assert citizen.url == "/veiledning/"
    assert citizen.page.html["lang"] == "en"


PAGES = [
    (errors.bad_request, 400, "Vi forsto ikke det du sendte"),
    (errors.forbidden, 403, "Du har ikke tilgang til denne siden"),
    (errors.not_found, 404, "Vi fant ikke siden"),
    (errors.server_error, 500, "Noe gikk galt hos oss"),
]


@pytest.mark.parametrize(("handler", "status", "heading"), PAGES)
def test_error_page_needs_no_database(handler, status, heading):
    """No database is open to this test: a query would fail it."""
    response = handler(RequestFactory().get("/hvor-som-helst/"))

    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == status
    assert page.h1.text == heading
    assert page.find("a", href="/meld/")


def test_error_page_never_fails(monkeypatch):
    def broken(*args):
        raise OSError

    monkeypatch.setattr(errors, "render_to_string", broken)

    response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "66 70 00 00" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/finnes-ikke/", "/sak/finnes-ikke/"])
def test_unknown_page_and_unknown_link_get_the_same_answer(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "Vi fant ikke siden" in response.text


@pytest.mark.django_db
def test_unreadable_charset_is_refused_in_plain_words():
    response = Client().post(
        "/meld/", b"a=b", content_type="application/x-www-form-urlencoded; charset=utf-16"
    )

    assert response.status_code == 400
    assert "Vi forsto ikke det du sendte" in response.text


@pytest.mark.django_db
def test_old_token_costs_the_citizen_nothing(citizen):
    citizen.open("/meld/beskriv/")

    refused = citizen.client.post(
        "/meld/beskriv/", {"description": '<b>"Hull"\nmed æøå', "csrfmiddlewaretoken": "gammel"}
    )
    citizen._land(refused)

    assert citizen.status == 403
    assert citizen.page.select_one("[name=description]")["value"] == '<b>"Hull"\nmed æøå'
    citizen.send("Send på nytt")
    assert citizen.url == "/meld/kontakt/"


@pytest.mark.django_db
def test_old_token_elsewhere_leads_back_to_the_form():
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        "/logg-inn/",
        {"username": "x"},
        headers={"host": "testserver", "referer": "http://testserver/logg-inn/?next=/a/"},
    )

    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 403
    assert page.find("a", string="Gå tilbake")["href"] == "http://testserver/logg-inn/?next=/a/"
    assert "Send på nytt" not in page.text


def test_refused_form_never_leads_to_another_site():
    request = RequestFactory().post("/logg-inn/", headers={"referer": "https://evil.example/"})

    assert "evil.example" not in errors.csrf_failure(request).text


def test_refused_form_that_cannot_be_read_promises_nothing():
    form = "application/x-www-form-urlencoded; charset=utf-16"

    response = errors.csrf_failure(RequestFactory().post("/meld/", b"a=b", content_type=form))

    assert response.status_code == 403
    assert "Gå tilbake" in response.text
    assert "tatt vare på" not in response.text


def test_forbidden_page_keeps_the_reason_to_itself():
    response = errors.forbidden(RequestFactory().get("/"), PermissionDenied("hemmelig"))

    assert "hemmelig" not in response.text
