"""The department's inbox and the report's page for staff."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from askerportal.accounts.models import Role
from reports.models import Report
from reports.states import State
from tests.factories import UserFactory, in_inbox, submit
from tests.pages import Visitor


@pytest.fixture
def worker(db):
    """A case worker in the road department, signed in."""
    return Visitor(UserFactory(department="vei-og-trafikk"))


def fill(number):
    """So many open reports in the road department's inbox, the oldest first."""
    first = in_inbox()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reports_report (uid, token_hash, idempotency_hash, received_at,
                theme_id, department_id, routed_by, routed_at, state, version,
                address, description, name, email, phone, no_contact, language)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() + n * interval '1 second',
                theme_id, department_id, routed_by, now(), 'received', 1,
                'Vei ' || n, 'x', '', 'a@example.com', '', false, 'nb'
            FROM reports_report, generate_series(1, %s) AS n WHERE id = %s
            """,
            [number - 1, first.pk],
        )


def queries_of(visitor, url):
    with CaptureQueriesContext(connection) as queries:
        visitor.open(url)
    return len(queries)


def test_case_worker_finds_what_waits_longest_first(worker):
    newer = in_inbox(description="ny")
    older = in_inbox(description="gammel")
    Report.objects.filter(pk=older.pk).update(received_at=timezone.now() - timezone.timedelta(days=3))

    worker.open("/avdeling/").click(older.number)

    assert "gammel" in worker.text
    worker.open("/avdeling/vei-og-trafikk/")
    assert worker.text.index(older.number) < worker.text.index(newer.number)


def test_report_that_no_worker_has_delivered_is_not_yet_in_the_inbox(worker, workers, mailbox):
    report = submit()
    assert report.number not in worker.open("/avdeling/vei-og-trafikk/").text

    workers.run_until_idle()

    assert report.number in worker.open("/avdeling/vei-og-trafikk/").text


def test_inbox_is_filtered_by_state_and_theme_together(worker):
    hole, light, done = in_inbox(), in_inbox(theme="gatelys"), in_inbox(theme="gatelys")
    Report.objects.filter(pk=done.pk).update(state=State.DONE)

    def shown(query):
        worker.open(f"/avdeling/vei-og-trafikk/?{query}")
        return {report.number for report in (hole, light, done) if report.number in worker.text}

    assert shown("") == {hole.number, light.number}
    assert shown("theme=gatelys") == {light.number}
    assert shown("state=done&theme=gatelys") == {done.number}
    assert shown("state=done&theme=hull-i-vei") == set()
    assert shown("state=%00&theme=%F0&after=tull") == {hole.number, light.number}


def test_pages_of_the_inbox_follow_one_another_without_gap_or_repeat(worker):
    fill(250)
    seen = []
    worker.open("/avdeling/vei-og-trafikk/")
    while True:
        seen += [link.get_text(strip=True) for link in worker.page.select("main a[href^='/saker/']")]
        forward = worker.page.find("a", string=lambda text: text and "Vis flere" in text)
        if not forward:
            break
        worker.open(f"/avdeling/vei-og-trafikk/{forward['href']}")

    assert len(seen) == len(set(seen)) == 250
    assert seen == sorted(seen)


def test_counts_stand_at_the_states(worker):
    fill(3)
    worker.open("/avdeling/vei-og-trafikk/")

    assert "Mottatt 3" in worker.text.replace("(", "").replace(")", "")


def test_counting_stops_at_a_thousand(worker):
    fill(1200)

    assert "1000+" in worker.open("/avdeling/vei-og-trafikk/").text


def test_inbox_page_takes_at_most_ten_statements_however_many_reports(worker):
    fill(10)
    few = queries_of(worker, "/avdeling/vei-og-trafikk/")

    Report.objects.all().update(state=State.DONE)
    fill(10_000)
    many = queries_of(worker, "/avdeling/vei-og-trafikk/")

    assert few == many <= 10


def test_member_of_another_department_is_refused(db):
    report = in_inbox()
    stranger = Visitor(UserFactory(department="renovasjon"))

    assert stranger.open(f"/saker/{report.number}/").status == 403
    assert stranger.open("/avdeling/vei-og-trafikk/").status == 403
    for action in ["status", "svar", "notat"]:
        stranger.open("/meld/")
        token = stranger.page.select_one("[name=csrfmiddlewaretoken]")["value"]
        answer = stranger.client.post(
            f"/saker/{report.number}/{action}/", {"csrfmiddlewaretoken": token, "text": "x"}
        )
        assert answer.status_code == 403


def test_front_desk_sees_every_department(db):
    adviser = Visitor(UserFactory(role=Role.ADVISER))

    assert adviser.open(f"/saker/{in_inbox().number}/").status == 200
    adviser.open("/avdeling/")
    assert "Vei og trafikk" in adviser.text
    assert "Avfall og renovasjon" in adviser.text


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(citizen):
    report = in_inbox()
    UserFactory(username="lise", department="vei-og-trafikk")

    citizen.open(f"/saker/{report.number}/")
    assert citizen.url == "/logg-inn/"
    citizen.send("Logg inn", username="lise", password="feil")
    assert citizen.errors
    citizen.send("Logg inn", username="lise", password="riktig hest batteri")

    assert citizen.url == f"/saker/{report.number}/"


def test_case_worker_moves_a_report_on_and_the_citizen_is_told(worker, workers, mailbox):
    report = in_inbox(email="ola@example.com")
    worker.open(f"/saker/{report.number}/")

    worker.send(
        "Lagre status", state="planned", public_text="Vi fyller hullet i mai.", reason="Avtalt i dag."
    )

    workers.run_until_idle()
    report.refresh_from_db()
    assert report.state == State.PLANNED
    assert (
        "Vi fyller hullet i mai." in mailbox.sent_to("ola@example.com")[-1].get_body(["plain"]).get_content()
    )
    assert "Avtalt i dag." not in str(mailbox.messages)
    assert "Avtalt i dag." in worker.text


def test_closing_without_doing_it_needs_a_reason_for_the_citizen(worker):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")

    worker.send("Lagre status", state="not_done")

    assert list(worker.errors) == ["id_public_text"]
    report.refresh_from_db()
    assert report.state == State.RECEIVED


def test_two_on_the_same_report_the_second_is_told_and_nothing_is_overwritten(worker):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")
    other = Visitor(UserFactory(department="vei-og-trafikk"))
    other.open(f"/saker/{report.number}/")
    other.send("Lagre status", state="in_progress")

    worker.send("Lagre status", state="done", public_text="Hullet er tettet.")

    assert worker.status == 422
    assert "En annen har endret saken" in worker.text
    assert "Hullet er tettet." in worker.text
    report.refresh_from_db()
    assert report.state == State.IN_PROGRESS
    worker.send("Lagre status", state="done")
    report.refresh_from_db()
    assert report.state == State.DONE


def test_case_worker_answers_and_writes_a_note(worker, workers, mailbox):
    report = in_inbox(email="ola@example.com")
    worker.open(f"/saker/{report.number}/")

    worker.send("Send svar", text="Vi kommer på mandag.")
    worker.send("Lagre notat", text="Ta med varm asfalt.")

    workers.run_until_idle()
    assert "Vi kommer på mandag." in worker.text
    assert "Ta med varm asfalt." in worker.text
    assert "Vi kommer på mandag." in mailbox.sent_to("ola@example.com")[-1].get_body(["plain"]).get_content()
    assert "varm asfalt" not in "".join(str(mail) for mail in mailbox.messages)


def test_staff_see_how_each_delivery_went(worker, workers, mailbox):
    mailbox.refuse = "550 no such user"
    report = submit()
    workers.run_until_idle()

    worker.open(f"/saker/{report.number}/")

    assert "no such user" in worker.text
    assert "Mislykket" in worker.text


def test_sample_persons_can_sign_in_to_their_own_inbox(citizen, settings, capsys):
    settings.DEBUG = True
    call_command("sample_persons")
    call_command("sample_signins", "--json")
    import json

    people = json.loads(capsys.readouterr().out)
    person = next(p for p in people if p["department"] == "renovasjon")
    citizen.open("/logg-inn/")
    citizen.send("Logg inn", username=person["username"], password=person["password"])

    assert citizen.url == "/avdeling/renovasjon/"


def test_session_that_ended_while_somebody_wrote_loses_nothing(worker):
    UserFactory(username="lise", department="vei-og-trafikk")
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")

    worker.client.cookies.pop("session")
    worker.send("Send svar", text="Vi kommer på mandag.")
    assert worker.status == 401
    worker.send("Logg inn", username="lise", password="feil")
    worker.send("Logg inn", username="lise", password="riktig hest batteri")
    worker.send("Send på nytt")

    assert worker.url == f"/saker/{report.number}/"
    assert report.messages.get().text == "Vi kommer på mandag."


def test_sign_in_leads_to_no_other_host(citizen):
    UserFactory(username="lise", department="vei-og-trafikk")
    citizen.open("/logg-inn/?next=https://evil.example/")

    citizen.send("Logg inn", username="lise", password="riktig hest batteri")

    assert citizen.url == "/avdeling/vei-og-trafikk/"
