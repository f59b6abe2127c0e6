"""The citizen's form, step by step, without JavaScript."""

import pytest
from django.urls import reverse

from reports.models import Draft, Report
from tests.pages import Visitor

CONTACT = {"name": "Kari Testesen", "email": "kari@example.com", "phone": "68 05 00 01"}
DESCRIPTION = "Et dypt hull midt i veien."


def reported(visitor, theme="hull-i-vei", address="Kirkeveien 230", description=DESCRIPTION, **contact):
    """Go through the whole form; the visitor ends on the receipt."""
    visitor.open("/").click("Meld om feil og mangler")
    visitor.send("Neste", theme=theme)
    visitor.send("Neste", address=address)
    visitor.send("Neste", description=description)
    visitor.send("Neste", **(contact or CONTACT))
    return visitor.send("Send inn")


def test_pothole_is_reported_by_address(citizen):
    reported(citizen)

    report = Report.objects.get()
    assert report.number in citizen.text
    assert report.tracking_path in {
        link["href"].removeprefix("http://localhost:8000") for link in citizen.page("a")
    }
    assert (report.theme.slug, report.address) == ("hull-i-vei", "Kirkeveien 230, 1383 Asker")
    assert (report.email, report.phone) == ("kari@example.com", "+4768050001")


def test_pothole_is_reported_by_pin(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", lat="59.8331", lon="10.4392")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")

    report = Report.objects.get()
    assert (report.lat, report.lon, report.address) == (59.8331, 10.4392, "")


def test_own_words_lead_through_the_whole_form(citizen):
    citizen.open("/meld/").send("Finn tema", q="lyktestolpen blinkr")
    citizen.send("Neste", theme=citizen.page.select_one("#theme-suggestions input")["value"])
    citizen.send("Neste", address="Kirkeveien 230")
    citizen.send("Neste")
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")

    report = Report.objects.get()
    assert (report.theme.slug, report.description) == ("gatelys", "lyktestolpen blinkr")


def test_theme_may_be_chosen_by_the_link_that_led_here(citizen):
    citizen.open("/meld/?theme=gatelys")

    assert citizen.page.select_one("input[name=theme][checked]")["value"] == "gatelys"


def test_review_shows_all_that_will_be_sent_and_where_to_change_it(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)

    assert citizen.url == "/meld/se-over/"
    for shown in [
        "Hull i veien",
        "Kirkeveien 230, 1383 Asker",
        DESCRIPTION,
        "kari@example.com",
        "+4768050001",
        "Bokmål",
    ]:
        assert shown in citizen.text
    citizen.open("/meld/beskriv/")
    assert DESCRIPTION in citizen.text


def test_question_about_an_invoice_is_not_asked_for_a_place(citizen):
    citizen.open("/meld/").send("Neste", theme="faktura-sporsmal")

    assert citizen.url == "/meld/beskriv/"
    citizen.send("Neste", description="Hva er dette gebyret?")
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")
    assert Report.objects.get().department.slug == "okonomi"


def test_praise_may_be_sent_without_a_place(citizen):
    reported(citizen, theme="tilbakemelding", address="")

    assert Report.objects.get().address == ""


@pytest.mark.parametrize(
    ("step", "fields", "at"),
    [
        ("/meld/", {}, "theme"),
        ("/meld/hvor/", {"address": ""}, "address"),
        ("/meld/hvor/", {"address": "Storgata 1, 1337 Sandvika"}, "address"),
        ("/meld/beskriv/", {"description": " "}, "description"),
        ("/meld/beskriv/", {"description": "x" * 4001}, "description"),
        ("/meld/kontakt/", {"name": "Kari"}, "email"),
        ("/meld/kontakt/", {"email": "kari@"}, "email"),
        ("/meld/kontakt/", {"phone": "12"}, "phone"),
    ],
)
def test_wrong_field_gets_an_error_at_the_field_a_linked_summary_and_keeps_what_was_typed(
    citizen, step, fields, at
):
    citizen.open(step)

    citizen.send("Neste", **fields)

    assert citizen.status == 422
    [target] = citizen.errors
    field = citizen.page.find(id=target)
    assert field["name"] == at
    assert field["aria-invalid"] == "true"
    for name, value in fields.items():
        assert citizen.values_of(citizen.page.select_one("main form"))[name].strip() == value.strip()


@pytest.mark.parametrize(
    ("lat", "lon", "ask"),
    [
        (59.8905, 10.5236, "Bærum"),
        (59.744, 10.2045, "Drammen"),
        (63.43, 10.39, "kommunen som stedet ligger i"),
    ],
    ids=["Sandvika", "Drammen", "Trondheim"],
)
def test_place_outside_the_municipality_is_refused_with_whom_to_ask(citizen, lat, lon, ask):
    citizen.open("/meld/hvor/")

    citizen.send("Neste", lat=lat, lon=lon)

    assert citizen.status == 422
    assert ask in " ".join(citizen.errors.values())


def test_address_that_is_not_known_is_offered_the_likeliest_and_then_taken_as_text(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkevegen 7")

    assert "Kirkeveien 7, 1395 Hvalstad" in citizen.text
    assert "address_choice" in {field.get("name") for field in citizen.page("input")}

    citizen.send("Neste")
    assert Draft.objects.get().data["address"] == "Kirkevegen 7"


def test_address_is_chosen_among_the_likeliest(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkevegen 7")

    citizen.send("Neste", address_choice="Kirkeveien 7, 1395 Hvalstad")

    assert Draft.objects.get().data["address"] == "Kirkeveien 7, 1395 Hvalstad"


def test_place_that_is_like_no_street_is_taken_as_text_at_once(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")

    citizen.send("Neste", address="ved den store eika bak låven")

    assert citizen.url == "/meld/beskriv/"


def test_who_does_not_want_contact_is_asked_for_none_and_none_is_kept(citizen):
    reported(citizen, no_contact="on", email="kari@example.com", phone="tull")

    report = Report.objects.get()
    assert (report.no_contact, report.email, report.phone, report.name) == (True, "", "", "")


def test_answer_comes_in_the_language_that_was_chosen(citizen):
    reported(citizen, email="kari@example.com", language="nn")

    assert Report.objects.get().language == "nn"


def test_lost_draft_cookie_loses_nothing(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")

    citizen.client.cookies.pop("draft")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)
    citizen.client.cookies.pop("draft")
    citizen.send("Send inn")

    assert Report.objects.get().description == DESCRIPTION


def test_draft_that_is_gone_at_the_last_step_loses_nothing(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)

    Draft.objects.all().delete()
    citizen.client.cookies.pop("draft")
    citizen.send("Send inn")

    assert Report.objects.get().email == "kari@example.com"


def test_draft_that_is_gone_half_way_leads_back_to_the_first_gap(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    Draft.objects.all().delete()

    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)

    assert citizen.url == "/meld/"
    assert "Noe mangler" in citizen.text
    citizen.send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    assert DESCRIPTION in citizen.text


def test_forged_token_gives_a_way_to_go_on_and_loses_nothing(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")

    citizen.client.cookies["csrf"] = "forged"
    citizen.send("Neste", description=DESCRIPTION)
    assert citizen.status == 403

    citizen.send("Send på nytt")
    assert Draft.objects.get().data["description"] == DESCRIPTION


def test_same_form_sent_twice_gives_the_same_receipt(citizen):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)
    form = citizen.values_of(citizen.page.select_one("main form"))

    urls = [citizen.client.post("/meld/se-over/", form)["Location"] for _ in range(3)]

    assert len(set(urls)) == 1
    assert Report.objects.count() == 1


def test_a_sent_form_that_comes_back_with_its_key_only_gives_the_receipt(citizen):
    reported(citizen)
    receipt = citizen.url
    old = Visitor()
    old.open("/meld/")
    token = old.page.select_one("[name=csrfmiddlewaretoken]")["value"]
    Report.objects.update(idempotency_hash="6cd5f95fd4ea7d2f5b1fc0a5a3b9ed0e")  # not this key's

    assert old.client.post("/meld/se-over/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert receipt != old.url


def test_everything_may_be_sent_at_once_by_a_script(citizen):
    citizen.open("/meld/")
    token = citizen.page.select_one("[name=csrfmiddlewaretoken]")["value"]

    answer = citizen.client.post("/meld/se-over/", {
        "csrfmiddlewaretoken": token, "idempotency_key": "a-script-made-this-key", "theme": "gatelys",
        "lat": "59.8331", "lon": "10.4392", "description": "Lyset er ute.", "no_contact": "on",
    })  # fmt: skip

    report = Report.objects.get()
    assert answer["Location"] == reverse("reports:receipt", args=[report.token])


def test_line_breaks_count_as_one_character_as_in_the_browser(citizen):
    citizen.open("/meld/beskriv/")

    citizen.send("Neste", description="\r\n".join(["x" * 99] * 40))

    assert citizen.url == "/meld/kontakt/"


@pytest.mark.parametrize(
    "nasty", ["\x00", "a\x00b", "\u202eabc", "<script>alert(1)</script>", "'; DROP TABLE x; --"]
)
@pytest.mark.parametrize(
    "field", ["address", "description", "name", "idempotency_key", "theme", "lat", "language"]
)
def test_nasty_text_in_any_field_is_kept_whole_or_refused_at_its_field(citizen, field, nasty):
    citizen.open("/meld/")
    token = citizen.page.select_one("[name=csrfmiddlewaretoken]")["value"]
    fields = {
        "theme": "gatelys",
        "address": "Kirkeveien 230",
        "description": "Mørkt",
        "email": "kari@example.com",
    }

    answer = citizen.client.post("/meld/se-over/", {"csrfmiddlewaretoken": token} | fields | {field: nasty})

    assert answer.status_code == 302
    report = Report.objects.first()
    assert report is None or nasty in (getattr(report, field, nasty), nasty)


def test_suggestions_come_while_typing(citizen):
    citizen.client.get("/meld/adresser/", {"address": "Ki"})

    answer = citizen.client.get("/meld/adresser/", {"address": "kirkev"}).content.decode()

    assert "Kirkeveien, 1383 Asker" in answer


def test_submit_takes_at_most_twelve_statements(citizen, django_assert_max_num_queries):
    citizen.open("/meld/").send("Neste", theme="hull-i-vei")
    citizen.send("Neste", address="Kirkeveien 230")
    citizen.send("Neste", description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)
    form = citizen.values_of(citizen.page.select_one("main form"))

    with django_assert_max_num_queries(12):
        citizen.client.post("/meld/se-over/", form)

    assert Report.objects.count() == 1
