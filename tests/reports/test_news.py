"""Who hears what of a report, on which way, in which words; and who has had enough."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from askerportal.accounts.models import Role
from askerportal.shared import sms
from reports import deliveries, services
from reports.models import Department, NoticeText
from reports.models.notice_text import PLACEHOLDER, PLACEHOLDERS, Slug, filled
from reports.states import State
from tests.factories import UserFactory, in_inbox, submit
from tests.pages import Visitor

PHONE = "+4768050001"


@pytest.fixture
def worker(db):
    """A case worker in the road department, signed in."""
    return Visitor(UserFactory(department="vei-og-trafikk"))


@pytest.fixture
def operator(db):
    """Who may change the texts."""
    return Visitor(UserFactory(role=Role.OPERATOR, is_staff=True, is_superuser=True))


def ways(report):
    """The kinds and targets of what the citizen was promised."""
    return set(report.deliveries.exclude(kind="route").values_list("kind", "target"))


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"email": "a@example.com", "phone": ""}, {"email"}),
        ({"email": "", "phone": PHONE}, {"sms"}),
        ({"email": "a@example.com", "phone": PHONE}, {"email"}),
        ({"email": "a@example.com", "phone": PHONE, "news": "sms"}, {"sms"}),
        ({"email": "a@example.com", "phone": PHONE, "news": "both"}, {"email", "sms"}),
        ({"email": "", "phone": PHONE, "news": "email"}, {"sms"}),
        ({"email": "", "phone": "", "no_contact": True}, set()),
    ],
)
def test_news_go_where_the_citizen_wished_or_can_be_reached(db, contact, expected):
    assert {kind for kind, _target in ways(submit(**contact))} == expected


def test_caller_without_email_gets_the_receipt_by_sms(db, workers, mailbox, sms_server):
    report = submit(email="", phone=PHONE, theme="stroing")

    workers.run_until_idle()

    [receipt] = sms_server.sent_to(PHONE)
    assert report.number in receipt.text
    assert report.tracking_url in receipt.text
    assert report.news_url in receipt.text
    assert sms.parts(receipt.text) <= 3


@pytest.mark.parametrize(
    ("state", "template", "words"),
    [
        (State.IN_PROGRESS, "moved", "har fått ny status: Under arbeid"),
        (State.WAITING_FOR_REPORTER, "question", "trenger svar fra deg"),
        (State.PLANNED, "planned", "gjøres torsdag 3. desember 2099"),
        (State.DONE, "closed", "har avsluttet sak"),
        (State.FORWARDED, "closed", "Status: Sendt videre"),
    ],
)
def test_each_move_has_its_own_words(db, state, template, words):
    report = in_inbox(news="both", phone=PHONE)
    date = timezone.datetime(2099, 12, 3).date() if state == State.PLANNED else None

    services.change_state(report, state=state, by=UserFactory(), version=1, public_text="Se her.", date=date)

    told = report.deliveries.filter(template=template)
    assert {delivery.kind for delivery in told} == {"email", "sms"}
    mail = deliveries.compose(told.get(kind="email"))
    assert words in mail.body
    assert "Se her." in mail.body
    assert "Se her." in deliveries.compose_sms(told.get(kind="sms"))


def test_what_is_told_is_what_was_so_when_it_happened(db):
    report = in_inbox()
    staff = UserFactory()
    services.change_state(report, state=State.IN_PROGRESS, by=staff, version=1)
    services.change_state(report, state=State.DONE, by=staff, version=2)

    first = report.deliveries.get(template="moved")

    assert "Under arbeid" in deliveries.compose(first).subject


def test_line_with_nothing_to_fill_in_is_left_out(db):
    report = in_inbox()
    services.change_state(report, state=State.PLANNED, by=UserFactory(), version=1)

    body = deliveries.compose(report.deliveries.get(template="planned")).body

    assert "etter planen" not in body
    assert "\n\n\n" not in body


def test_braces_and_tags_in_an_answer_stay_what_they_are(db):
    report = in_inbox()
    services.answer(report, text="{number} & <b>fet</b> {ukjent}", by=UserFactory())

    mail = deliveries.compose(report.deliveries.get(template="answered"))

    assert "{number} & <b>fet</b> {ukjent}" in mail.body
    assert "{number} &amp; &lt;b&gt;fet&lt;/b&gt;" in mail.alternatives[0].content


@pytest.mark.parametrize("text", ["æøå " * 1000, "«» 😀 " * 500], ids=["GSM", "UCS-2"])
def test_long_answer_is_cut_to_three_sms_and_the_link_is_whole(db, text):
    report = in_inbox(email="", phone=PHONE)
    services.answer(report, text=text, by=UserFactory())

    written = deliveries.compose_sms(report.deliveries.get(template="answered"))

    assert sms.parts(written) == 3
    assert "..." in written
    assert f"{report.tracking_url}\n" in written


@pytest.mark.parametrize("slug", Slug.values)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_our_own_texts_are_whole_and_pass_their_own_rules(db, slug, language):
    text = NoticeText.objects.get(slug=slug)

    text.full_clean()

    for field in ["subject", "body", "sms"]:
        written = getattr(text, f"{field}_{language}")
        assert written
        assert {*PLACEHOLDER.findall(written)} == {*PLACEHOLDER.findall(getattr(text, f"{field}_nb"))}
    assert "{link}" in getattr(text, f"sms_{language}")


def test_unknown_placeholder_and_too_long_sms_are_errors_at_their_fields(db):
    text = NoticeText.objects.get(slug="moved")
    text.body_nn = "Hei {namn}"
    text.sms_en = "x" * 460

    with pytest.raises(ValidationError) as error:
        text.full_clean()

    assert set(error.value.message_dict) == {"body_nn", "sms_en"}
    assert "{namn}" in error.value.message_dict["body_nn"][0]


def test_every_placeholder_can_be_filled(db):
    report = in_inbox()
    delivery = report.deliveries.get(kind="email")

    assert set(deliveries.values_of(delivery)) == set(PLACEHOLDERS)
    assert filled("{number}\n{text}\n{date}!", {"number": 1, "text": "", "date": ""}) == "1"


def test_editor_changes_a_text_and_an_emptied_translation_keeps_what_it_was(operator):
    text = NoticeText.objects.get(slug="answered")
    old = text.body_nn
    operator.open("/admin/reports/noticetext/")
    answer = operator.client.get(f"/admin/reports/noticetext/{text.pk}/change/")
    fields = answer.context["adminform"].form.initial
    token = answer.context["csrf_token"]

    operator.client.post(
        f"/admin/reports/noticetext/{text.pk}/change/",
        fields | {"body_nb": "Nytt: {text}", "body_nn": " ", "csrfmiddlewaretoken": str(token)},
    )

    text.refresh_from_db()
    assert (text.body_nb, text.body_nn) == ("Nytt: {text}", old)


def test_no_text_is_added_or_deleted_in_the_admin(operator):
    text = NoticeText.objects.first()

    assert operator.client.get("/admin/reports/noticetext/add/").status_code == 403
    assert operator.client.get(f"/admin/reports/noticetext/{text.pk}/delete/").status_code == 403


def test_delivery_without_its_text_waits_for_it(db, workers, mailbox):
    report = submit()
    NoticeText.objects.all().delete()

    workers.run_until_idle()

    mail = report.deliveries.get(kind="email")
    assert mail.state == "waiting"
    assert "load_base_data" in mail.error


def test_case_is_sent_to_another_department_and_all_are_told(worker, workers, mailbox):
    report = in_inbox(email="ola@example.com")
    worker.open(f"/saker/{report.number}/")

    worker.send("Send videre", department="renovasjon", public_text="En container.", reason="Feil sted.")

    assert worker.url == "/avdeling/vei-og-trafikk/"
    assert report.number not in worker.page.select_one("main").get_text()
    workers.run_until_idle()
    other = Visitor(UserFactory(department="renovasjon"))
    assert report.number in other.open("/avdeling/renovasjon/").text
    assert "Feil sted." in other.open(f"/saker/{report.number}/").text
    told = mailbox.sent_to("ola@example.com")[-1]
    assert "er sendt til Avfall og renovasjon" in told["Subject"]
    assert "Feil sted." not in told.as_string()
    citizen = Visitor().open(report.tracking_path)
    assert "Sendt til Avfall og renovasjon" in citizen.text
    assert "Feil sted." not in citizen.text
    assert worker.open(f"/saker/{report.number}/").status == 403


def test_case_that_somebody_changed_is_not_sent_on_unseen(worker):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")
    services.change_state(report, state=State.IN_PROGRESS, by=UserFactory(), version=1)

    worker.send("Send videre", department="renovasjon", reason="Feil sted.")

    assert worker.status == 422
    assert list(worker.errors) == ["handover_department"]
    report.refresh_from_db()
    assert report.department == Department.objects.get(slug="vei-og-trafikk")


def test_news_are_stopped_by_the_button_and_started_again(citizen, workers, mailbox):
    report = in_inbox()
    citizen.open(report.news_path)
    report.refresh_from_db()
    assert report.news_stopped_at is None

    citizen.send("Stopp nyheter")
    services.answer(report, text="Hei", by=UserFactory())
    report.refresh_from_db()
    services.answer(report, text="Hei igjen", by=UserFactory())

    assert "Du får ikke flere nyheter" in citizen.text
    assert report.deliveries.filter(template="answered", text="Hei igjen").count() == 0

    citizen.send("Få nyheter igjen")
    report.refresh_from_db()
    services.answer(report, text="Velkommen tilbake", by=UserFactory())
    assert citizen.url == report.tracking_path
    assert report.deliveries.filter(text="Velkommen tilbake").exists()


def test_mail_program_stops_news_by_its_own_button(client, workers, mailbox, db):
    report = submit()
    workers.run_until_idle()
    mail = mailbox.messages[-1]
    url = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = client.post(url, {"List-Unsubscribe": "One-Click"})

    report.refresh_from_db()
    assert answer.status_code == 302
    assert report.news_stopped_at
    assert report.news_url in mail.get_body(["plain"]).get_content()
    assert report.news_url in mail.get_body(["html"]).get_content()


def test_staff_see_what_failed_and_send_it_again(worker, workers, mailbox):
    mailbox.refuse = "550 no such user"
    report = submit()
    workers.run_until_idle()
    worker.open(f"/saker/{report.number}/")
    assert "Noe kom ikke frem" in worker.text
    assert "Meldingen er mottatt" in worker.page.select_one("table").text

    mailbox.refuse = ""
    worker.send("Send igjen")
    workers.run_until_idle()

    assert report.deliveries.get(kind="email").state == "sent"
    assert "Noe kom ikke frem" not in worker.open(f"/saker/{report.number}/").text


@pytest.mark.parametrize("named", ["another's", "one that is sent", "nonsense"])
def test_only_this_reports_failed_deliveries_are_sent_again(worker, workers, mailbox, named):
    report, other = submit(), submit()
    workers.run_until_idle()
    failed = other.deliveries.get(kind="email")
    failed.bounced("no")
    sent = report.deliveries.get(kind="email")
    worker.open(f"/saker/{report.number}/")
    token = worker.page.select_one("[name=csrfmiddlewaretoken]")["value"]
    pk = {"another's": failed.pk, "one that is sent": sent.pk, "nonsense": "x\0"}[named]

    answer = worker.client.post(
        f"/saker/{report.number}/send-igjen/", {"csrfmiddlewaretoken": token, "delivery": pk}
    )

    assert answer.status_code == 302
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, sent.state) == ("failed", "sent")


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"email": "a@example.com", "news": "sms"}, "phone"),
        ({"phone": "68050001", "news": "both"}, "email"),
    ],
)
def test_way_of_news_needs_its_address(citizen, given, at):
    citizen.open("/meld/kontakt/")

    citizen.send("Neste", **given)

    assert citizen.status == 422
    assert list(citizen.errors) == [f"id_{at}"]
