"""What the citizen does on a report's page: tells more, answers, closes, opens again, withdraws, rates."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from reports import by_reporter, services
from reports.models import Report, StatusChange, Survey
from reports.states import CLOSED, OPEN, REPORTER_MAY, Act, NotAllowed, State
from tests.factories import UserFactory, in_inbox
from tests.pages import Visitor


@pytest.fixture
def worker(db):
    """A case worker in the road department, signed in."""
    return Visitor(UserFactory(department="vei-og-trafikk"))


def report_in(state):
    """A report that staff have brought to a state (the reporter, where only the reporter can)."""
    report = in_inbox()
    if state == State.WITHDRAWN:
        by_reporter.withdraw(report)
    elif state != State.RECEIVED:
        services.change_state(report, state=state, by=UserFactory(), version=1, public_text="Se her.")
    report.refresh_from_db()
    return report


def act(visitor, report, name, **fields):
    """Post an act of the citizen's straight to its address, as a page that was left open would."""
    visitor.open(report.news_path)
    token = visitor.page.select_one("main [name=csrfmiddlewaretoken]")["value"]
    url = f"/sak/{report.token}/{name}/"
    return visitor._land(visitor.client.post(url, fields | {"csrfmiddlewaretoken": token}, follow=True))


def test_citizen_tells_more_and_the_department_sees_that_there_is_news(citizen, worker):
    report = in_inbox()
    citizen.open(report.tracking_path)

    citizen.send("Send", text="Hullet er blitt større.")

    assert "Hullet er blitt større." in citizen.text
    assert "Du skrev" in citizen.text
    assert "Nytt fra innbyggeren" in worker.open("/avdeling/vei-og-trafikk/").text
    worker.click(report.number)
    assert "Hullet er blitt større." in worker.text
    assert "Fra innbyggeren" in worker.text
    worker.send("Merk som lest")
    assert "Nytt fra innbyggeren" not in worker.open("/avdeling/vei-og-trafikk/").text


def test_staffs_answer_and_move_count_as_having_read(db):
    for do in [
        lambda report: services.answer(report, text="Takk", by=UserFactory()),
        lambda report: services.change_state(report, state=State.DONE, by=UserFactory(), version=1),
    ]:
        report = in_inbox()
        by_reporter.write(report, text="Hei")
        do(report)
        report.refresh_from_db()
        assert not report.has_news


def test_question_is_answered_and_work_goes_on(citizen):
    report = report_in(State.WAITING_FOR_REPORTER)
    citizen.open(report.tracking_path)
    assert "Svar på spørsmålet" in citizen.text

    citizen.send("Send svaret", text="Det er nummer 12.")

    report.refresh_from_db()
    assert (report.state, report.has_news) == (State.IN_PROGRESS, True)
    assert report.changes.last().by is None
    assert "Det er nummer 12." in citizen.text


def test_double_click_writes_once(db):
    report = in_inbox()

    for _ in range(2):
        by_reporter.write(report, text="Hei")

    assert report.messages.count() == 1


def test_citizen_says_that_it_is_fixed_and_the_report_is_done(citizen, worker):
    report = report_in(State.IN_PROGRESS)
    citizen.open(report.tracking_path)

    citizen.send("Det er fikset", text="Noen har fylt hullet.")

    report.refresh_from_db()
    assert report.state == State.DONE
    assert "Noen har fylt hullet." in worker.open(f"/saker/{report.number}/").text
    assert "Innbyggeren" in worker.text


def test_reporter_says_it_is_not_fixed_and_the_case_opens_again(citizen, worker):
    report = report_in(State.DONE)
    citizen.open(report.tracking_path)

    citizen.send("Det er ikke fikset", text="Hullet er der ennå.")

    report.refresh_from_db()
    assert (report.state, report.has_news) == (State.IN_PROGRESS, True)
    assert "Hullet er der ennå." in worker.open(f"/saker/{report.number}/").text


def test_citizen_withdraws_and_may_think_better_of_it(citizen):
    report = in_inbox()
    citizen.open(report.tracking_path).send("Trekk meldingen")
    report.refresh_from_db()
    assert report.state == State.WITHDRAWN
    assert "Trukket tilbake" in citizen.text

    citizen.send("Åpne saken igjen", text="Det var likevel sant.")

    report.refresh_from_db()
    assert report.state == State.IN_PROGRESS


def test_staff_cannot_withdraw_for_the_citizen(worker):
    report = in_inbox()
    worker.open(f"/saker/{report.number}/")

    assert not worker.page.select("option[value=withdrawn]")
    with pytest.raises(NotAllowed):
        services.change_state(report, state=State.WITHDRAWN, by=UserFactory(), version=1)


@pytest.mark.parametrize(("days", "allowed"), [(13, True), (15, False)])
def test_closed_report_is_opened_again_within_14_days(citizen, days, allowed):
    report = report_in(State.NOT_DONE)

    with time_machine.travel(timezone.now() + timezone.timedelta(days=days)):
        citizen.open(report.tracking_path)
        assert ("Åpne saken igjen" in citizen.text) is allowed
        act(citizen, report, "gjenapne", text="Vi er ikke enige.")

    report.refresh_from_db()
    assert (report.state == State.IN_PROGRESS) is allowed
    assert (citizen.status == 409) is not allowed
    assert ("mer enn 14 dager" in citizen.text) is not allowed


def test_citizen_rates_the_answer_once_and_staff_see_it(citizen, worker):
    report = report_in(State.DONE)
    citizen.open(report.tracking_path)
    citizen.send("Send vurderingen")
    assert list(citizen.errors) == ["rate_score_0"]

    citizen.send("Send vurderingen", score="4", text="Det gikk fort.")

    assert "Hva synes du" not in citizen.text
    survey = Survey.objects.get()
    assert (survey.report, survey.score) == (report, 4)
    assert "vurdering: 4 av 5" in worker.open(f"/saker/{report.number}/").text
    act(citizen, report, "vurder", score="1")
    assert citizen.status == 409
    assert Survey.objects.get().score == 4


@pytest.mark.parametrize("score", ["0", "6", "x", "", "1.5", "\0"])
def test_rating_is_one_to_five(citizen, score):
    report = report_in(State.DONE)

    act(citizen, report, "vurder", score=score)

    assert citizen.status == 422
    assert not Survey.objects.exists()


ADDRESSES = {
    Act.WRITE: "skriv",
    Act.FIXED: "fikset",
    Act.REOPEN: "gjenapne",
    Act.RATE: "vurder",
    Act.WITHDRAW: "trekk",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", Act)
def test_what_the_state_does_not_allow_is_refused_with_the_reason_and_nothing_is_lost(citizen, state, name):
    report = report_in(state)
    changes = StatusChange.objects.count()

    act(citizen, report, ADDRESSES[name], text="Det jeg skrev.", score="3")

    if state in REPORTER_MAY[name]:
        assert citizen.status == 200
    else:
        assert citizen.status == 409
        assert "Det jeg skrev." in citizen.text
        assert report.number in citizen.text
        assert citizen.page.select_one("[role=alert]")
        assert StatusChange.objects.count() == changes
        assert not report.messages.exists()


def test_every_state_is_open_or_closed_to_the_reporter():
    assert {state for act in Act for state in REPORTER_MAY[act]} == {*OPEN, *CLOSED}


@pytest.mark.parametrize("name", ADDRESSES.values())
def test_acts_are_posts_with_a_token_of_ours(client, name, db):
    report = in_inbox()

    assert client.get(f"/sak/{report.token}/{name}/").status_code == 405
    assert Visitor().client.post(f"/sak/{report.token}/{name}/", {"text": "x"}).status_code == 403
    assert client.post(f"/sak/{'A' * 22}/{name}/", {"text": "x"}).status_code == 404


def test_empty_text_is_an_error_at_its_field(citizen):
    report = in_inbox()
    citizen.open(report.tracking_path)

    citizen.send("Send", text=" ")

    assert citizen.status == 422
    assert list(citizen.errors) == ["write_text"]
    assert "Feil" in citizen.page.title.text


@pytest.mark.django_db(transaction=True)
def test_two_at_once_close_the_report_once():
    report = in_inbox()

    def say(_):
        try:
            by_reporter.say_fixed(report)
            return True
        except by_reporter.Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        said = list(threads.map(say, range(5)))

    assert said.count(True) == 1
    assert report.changes.count() == 2


def test_the_database_itself_holds_the_score(db):
    with pytest.raises(Exception, match="survey_score"), transaction.atomic():
        Survey.objects.create(report=in_inbox(), score=6)


@time_machine.travel("2026-11-24 12:00 +0100")
def test_days_of_the_timeline_are_said_in_words(citizen):
    report = in_inbox()
    for at, words in [
        ("2026-11-24 09:05 +0100", "i dag kl. 09:05"),
        ("2026-11-23 23:30 +0100", "i går kl. 23:30"),
        ("2026-11-21 12:00 +0100", "for 3 dager siden, lørdag 21. november"),
        ("2025-11-24 12:00 +0100", "for 365 dager siden, mandag 24. november 2025"),
    ]:
        report.changes.update(at=timezone.datetime.fromisoformat(at))
        assert words in citizen.open(report.tracking_path).text


def test_page_takes_few_statements_however_much_was_said(citizen, django_assert_max_num_queries):
    report = in_inbox()
    staff = UserFactory()
    for n in range(20):
        services.answer(report, text=f"Svar {n}", by=staff)
        by_reporter.write(report, text=f"Og {n}")

    with django_assert_max_num_queries(8):
        citizen.client.get(report.tracking_path)

    assert Report.objects.count() == 1
