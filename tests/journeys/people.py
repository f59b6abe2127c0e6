"""Those who use the portal: a citizen in a browser, a citizen's script, and a case worker."""

import re
import time

import httpx
from bs4 import BeautifulSoup

from reports.models import Report
from tests.factories import UserFactory
from tests.portal import wait_until

PASSWORD = "riktig hest batteri"
TRACKING = re.compile(r"http://\S+/sak/[\w-]+/")
DESCRIPTION = "Et dypt hull midt i veien, rett etter fartshumpen."
STEPS = [["theme"], ["address", "lat", "lon"], ["description"], ["name", "email", "phone", "language"]]


class Citizen:
    """A citizen in a browser, who goes through the form's steps one by one; works without scripts too."""

    def __init__(self, browser):
        self.browser, self.page = browser, browser.page

    def choose_theme(self, theme="hull-i-vei"):
        self.page.goto("/meld/")
        self.page.locator(f"input[name=theme][value={theme}]").check()
        self.browser.send()

    def describe(self, text=DESCRIPTION):
        self.page.locator("[name=description]").fill(text)
        self.browser.send()

    def give_contact(self, email="kari@example.com"):
        self.page.locator("[name=name]").fill("Kari Testesen")
        self.page.locator("[name=email]").fill(email)
        self.browser.send()

    def send(self):
        """Send the report; (the report, seconds from the send until it was in the inbox)."""
        assert self.page.url.endswith("/meld/se-over/")
        started = time.time()
        self.browser.send()
        report = wait_until(in_inbox, "the report to be in the inbox", seconds=5)
        self.page.wait_for_url("**/kvittering/")
        assert report.number in self.browser.text
        return report, report.routed_at.timestamp() - started


class Script:
    """A program that reports over plain HTTP, by the form's hidden fields and stable field names."""

    def __init__(self, portal):
        self.http = httpx.Client(base_url=portal.url, follow_redirects=True, timeout=30)

    def fill(self, **fields):
        """Every step but the last with what is given; the answer is the review page."""
        fields = {"theme": "hull-i-vei", "description": DESCRIPTION} | fields
        page = self.http.get("/meld/")
        for names in STEPS:
            data = {name: fields[name] for name in names if name in fields}
            page = self.http.post(page.url, data=hidden(page) | data)
            assert page.status_code == 200, f"{page.url}: {page.status_code}"
        assert page.url.path == "/meld/se-over/"
        return page

    def send(self, review):
        """Send what the review page shows; the receipt, and the seconds until it was there."""
        started = time.perf_counter()
        receipt = self.http.post(review.url, data=hidden(review))
        return receipt, time.perf_counter() - started

    def report(self, **fields):
        """The whole way; the receipt, and the seconds that the last step took."""
        fields.setdefault("address", "Kirkeveien 230")
        fields.setdefault("email", "kari@example.com")
        receipt, seconds = self.send(self.fill(**fields))
        assert receipt.url.path.endswith("/kvittering/"), f"{receipt.status_code} at {receipt.url.path}"
        return receipt, seconds


class CaseWorker:
    """A member of a department's staff in a browser."""

    def __init__(self, browser, department="vei-og-trafikk"):
        self.browser, self.page = browser, browser.page
        self.user = UserFactory(department=department)

    def sign_in(self):
        self.page.goto("/avdeling/")
        self.page.locator("[name=username]").fill(self.user.username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.browser.send()

    def change_state(self, state, public_text=""):
        self.page.locator("[name=state]").select_option(state)
        self.page.locator("#id_public_text").fill(public_text)
        self.page.locator("form[action$='/status/'] button[type=submit]").click()

    def answer(self, text):
        self.page.locator("form[action$='/svar/'] [name=text]").fill(text)
        self.page.locator("form[action$='/svar/'] button[type=submit]").click()


def hidden(page):
    """The hidden fields of the page's form: its token, its key, and at the end the whole report."""
    form = BeautifulSoup(page.text, "html.parser").select_one("main form")
    return {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}


def in_inbox():
    """The only report, once it is in its department's inbox."""
    return Report.objects.filter(routed_at__isnull=False).select_related("department").first()


def tracking_link(mail):
    """The link to the case in a mail to a citizen."""
    return TRACKING.search(mail.get_body(["plain"]).get_content())[0]
