"""Every page that people meet, each with what must be there first; for axe, for pictures, and for test_house.

A Screen opens itself in a fresh browser. `shows` names the URL patterns that it stands for.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.test import Client
from django.utils import timezone

from reports import services
from reports.models import Delivery, Draft, Report
from reports.states import State
from tests.factories import UserFactory, in_inbox
from tests.journeys.people import PASSWORD

FILLED = {
    "theme": "hull-i-vei",
    "address": "Kirkeveien 230, 1383 Asker",
    "lat": 59.8331,
    "lon": 10.4392,
    "description": "Et dypt hull midt i veien, rett etter fartshumpen. Det har vært der i to uker.",
    "name": "Kari Testesen",
    "email": "kari@example.com",
    "phone": "+4768050001",
    "no_contact": False,
    "language": "nb",
}


# Theme, place, and days since it came in.
WAITING = [
    ("hull-i-vei", "Kirkeveien 230, 1383 Asker", 9),
    ("gatelys", "Drammensveien 915, 1383 Asker", 6),
    ("broyting", "Røykenveien 70, 1386 Asker", 4),
    ("hull-i-vei", "ved den store eika bak låven", 2),
]


class Screen(NamedTuple):
    """One page. shows: URL names · open: brings a browser there · pictured: in docs/screenshots."""

    name: str
    shows: list
    open: object
    status: int = 200
    pictured: bool = False


def at(path):
    return lambda browser: browser.open(path)


def with_draft(path, **fields):
    """A page of the form when all has been filled in."""

    def open(browser):
        key = secrets.token_urlsafe(16)
        Draft.objects.create(key=key, data=FILLED | fields)
        browser.set_cookie(settings.DRAFT_COOKIE_NAME, key)
        browser.open(path)

    return open


def sent(path, **fields):
    """A page's own form, sent with only these filled in."""

    def open(browser):
        browser.open(path)
        for name, value in fields.items():
            browser.page.locator(f"main [name={name}]").fill(value)
        browser.send()
        browser.page.wait_for_load_state()

    return open


def of_report(suffix="", **fields):
    """A citizen's page of a report that has been planned and answered."""

    def open(browser):
        browser.open(report_with_history(**fields).tracking_path + suffix)

    return open


def by_staff(then, **who):
    """A page for staff; `then` goes on from the front page of somebody who is signed in."""

    def open(browser):
        sign_in(browser, **who)
        then(browser)

    return open


def inbox(browser):
    for theme, address, days in WAITING:
        report = in_inbox(theme=theme, address=address)
        received_at = timezone.now() - timedelta(days=days, hours=days)
        Report.objects.filter(pk=report.pk).update(received_at=received_at)
    report_with_history()
    browser.open("/avdeling/vei-og-trafikk/")


def staff_case(browser):
    browser.open(report_with_history(lat=59.8331, lon=10.4392).get_absolute_url())


def staff_case_with_errors(browser):
    report = report_with_history()
    browser.open(report.get_absolute_url())
    browser.page.locator("[name=state]").select_option(State.NOT_DONE)
    browser.page.locator("form[action$='/status/'] button[type=submit]").click()
    browser.page.locator(".ds-error-summary").wait_for()


def session_ended(browser):
    """What staff see who send something after their session has ended."""
    staff_case(browser)
    browser.page.locator("form[action$='/svar/'] [name=text]").fill("Takk for at du sa fra.")
    browser.drop_cookie(settings.SESSION_COOKIE_NAME)
    browser.page.locator("form[action$='/svar/'] button[type=submit]").click()
    browser.page.wait_for_load_state()


def signed_in_again(browser):
    session_ended(browser)
    user = UserFactory(department="vei-og-trafikk")
    browser.page.locator("[name=username]").fill(user.username)
    browser.page.locator("[name=password]").fill(PASSWORD)
    browser.send()
    browser.page.wait_for_load_state()


def wrong_password(browser):
    browser.open("/logg-inn/")
    browser.page.locator("[name=username]").fill("ingen")
    browser.page.locator("[name=password]").fill("feil passord")
    browser.send()
    browser.page.locator(".ds-error-summary").wait_for()


def without_token(path):
    """A form sent with a token that is too old."""

    def open(browser):
        browser.open(path)
        browser.context.clear_cookies()
        browser.send()
        browser.page.wait_for_load_state()

    return open


def report_with_history(**fields):
    """A report in its inbox, planned, with an answer and a note."""
    by = UserFactory(first_name="Ola", last_name="Veimann", department="vei-og-trafikk", password=None)
    report = in_inbox(**fields)
    report = services.change_state(
        report, state=State.PLANNED, by=by, version=report.version, public_text="Vi fyller hullet på torsdag."
    )
    services.answer(report, text="Takk for at du sa fra.\nVi kommer med varebilen.", by=by)
    services.add_note(report, text="Husk skilt ved fartshumpen.", by=by)
    report.deliveries.update(state=Delivery.State.SENT, attempts=1, done_at=timezone.now())
    return report


def sign_in(browser, department="vei-og-trafikk", **fields):
    """Staff with a session of their own; the sign-in itself is a journey's matter."""
    client = Client()
    client.force_login(UserFactory(department=department, password=None, **fields))
    browser.set_cookie(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)


def case_in(state):
    """The citizen's page of a report that a case worker has moved to a state."""

    def open(browser):
        report = in_inbox()
        services.change_state(
            report, state=state, by=UserFactory(), version=1, public_text="Hullet er tettet."
        )
        browser.open(report.tracking_path)

    return open


SCREENS = [
    Screen("front", ["front"], at("/"), pictured=True),
    Screen("step_what", ["reports:what"], at("/meld/"), pictured=True),
    Screen("step_what-error", [], sent("/meld/"), 422),
    Screen("step_where", ["reports:where"], with_draft("/meld/hvor/"), pictured=True),
    Screen("step_where-empty", [], at("/meld/hvor/")),
    Screen("step_where-error", [], sent("/meld/hvor/"), 422),
    Screen("step_where-choice", [], sent("/meld/hvor/", address="Kirkevegen 7"), 422, pictured=True),
    Screen("step_describe", ["reports:describe"], with_draft("/meld/beskriv/"), pictured=True),
    Screen("step_describe-error", [], sent("/meld/beskriv/"), 422),
    Screen("step_contact", ["reports:contact"], with_draft("/meld/kontakt/"), pictured=True),
    Screen("step_contact-error", [], sent("/meld/kontakt/", email="kari@", phone="12"), 422, pictured=True),
    Screen("step_review", ["reports:review"], with_draft("/meld/se-over/"), pictured=True),
    Screen("receipt", ["reports:receipt"], of_report("kvittering/"), pictured=True),
    Screen("case", ["reports:case"], of_report(lat=59.8331, lon=10.4392), pictured=True),
    Screen("case-question", ["reports:write"], case_in(State.WAITING_FOR_REPORTER)),
    Screen("case-done", ["reports:rate", "reports:reopen"], case_in(State.DONE), pictured=True),
    Screen("case_news", ["reports:news"], of_report("nyheter/")),
    Screen("find", ["reports:find"], at("/finn-sak/"), pictured=True),
    Screen("find-error", [], sent("/finn-sak/"), 422),
    Screen("find_sent", ["reports:find_sent"], at("/finn-sak/sendt/")),
    Screen("sign_in", ["accounts:sign_in"], at("/logg-inn/"), pictured=True),
    Screen("sign_in-error", [], wrong_password, 200),
    Screen("sign_in-kept", [], by_staff(session_ended), 401),
    Screen("send_again", [], by_staff(signed_in_again)),
    Screen("departments", ["staff_home"], by_staff(at("/avdeling/"), department="", role="adviser")),
    Screen("inbox", ["reports:inbox"], by_staff(inbox), pictured=True),
    Screen("inbox-empty", [], by_staff(at("/avdeling/vei-og-trafikk/?state=done"), role="adviser")),
    Screen(
        "case_staff",
        ["reports:staff_case"],
        by_staff(staff_case),
        pictured=True,
    ),
    Screen("case_staff-error", ["reports:change_state"], by_staff(staff_case_with_errors), 422),
    Screen("guides", ["guidance:guides"], at("/veiledning/")),
    Screen("desks", ["guidance:desks"], at("/innbyggertorg/")),
    Screen("my_page", ["my_page"], at("/min-side/")),
    Screen("403", [], by_staff(at("/avdeling/renovasjon/")), 403),
    Screen("403_csrf", [], without_token("/meld/beskriv/"), 403),
    Screen("local_mail", ["local_mail"], at("/lokal-epost/")),
]

# What shows no page of its own, and why.
PAGELESS = {
    "reports:answer": "as reports:change_state",
    "reports:add_note": "as reports:change_state",
    "reports:fixed": "leads back to reports:case",
    "reports:withdraw": "as reports:fixed",
    "reports:start_news": "as reports:fixed",
    "reports:hand_over": "as reports:change_state",
    "reports:move_deadline": "as reports:change_state",
    "reports:read_news": "as reports:change_state",
    "reports:send_again": "as reports:change_state",
    "reports:addresses": "options for a field",
    "reports:suggest": "cards within reports:what",
    "reports:pin": "a sentence within reports:where",
    "reports:draft_photo": "an image",
    "reports:case_photo": "an image",
    "reports:staff_photo": "an image",
    "set_language": "leads back to the page it came from",
    "health": "JSON for watchers",
    "accounts:sign_out": "leads to the front page",
    "local_mail_message": "only on a machine that keeps its mails; these tests take them out",
}
