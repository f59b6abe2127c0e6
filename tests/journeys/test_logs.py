"""What is told to the portal is told to nobody who reads its logs."""

import pytest

from reports.models import Delivery, Report
from tests.journeys.browser import DESKTOP
from tests.journeys.people import CaseWorker, Script, in_inbox
from tests.portal import wait_until
from tests.servers import FOLDER

MARKED = {
    "name": "Merkenavn Hemmeligsen",
    "email": "merke-epost@example.com",
    "phone": "+4768059991",
    "address": "ved den hemmelige merkelåven",
    "description": "Merkebeskrivelse: naboen har hull i veien.",
}
WRONG = {"email": "merkefeil@", "phone": "merketelefon"}
SECRET_WORDS = ["hemmelig", "merke", "68059991", "merkesvar", "merkepassord"]

POSTGRES_LOG = FOLDER / "postgres" / "server.log"


@pytest.fixture
def beat(running_portal):
    running_portal.start("beat")
    yield
    running_portal.stop("beat")


def test_no_log_holds_what_a_citizen_or_case_worker_wrote(portal, browse, mail_server, beat):
    begun = len(POSTGRES_LOG.read_text(errors="replace"))
    script = Script(portal)
    script.http.post("/meld/kontakt/", data=MARKED)  # without a token
    page = script.http.get("/meld/kontakt/", params={"name": MARKED["name"]})
    script.http.post("/meld/kontakt/", data={**WRONG, "csrfmiddlewaretoken": token_of(page)})
    review = script.fill(**MARKED)
    script.send(review)
    script.send(review)  # the database refuses the second, and has its own log
    report = wait_until(in_inbox, "the report to be in the inbox")
    wait_until(lambda: mail_server.messages, "the receipt by e-mail")
    script.http.get(f"/sak/{report.token[:-3]}xyz/")
    script.http.get(report.tracking_path + "finnes-ikke/")
    mail_server.refuse = "550 merke-epost@example.com is unknown here"
    worker = CaseWorker(browse(DESKTOP))
    worker.page.goto("/logg-inn/")
    worker.page.locator("[name=username]").fill("merkebruker")
    worker.page.locator("[name=password]").fill("merkepassord")
    worker.browser.send()
    worker.sign_in()
    worker.page.goto(report.get_absolute_url())
    worker.change_state("not_done", "Merkesvar: hemmelig.")
    worker.answer("Merkesvar: hemmelig.")
    wait_until(lambda: Delivery.objects.filter(state="failed").count() == 2, "the mails to be refused")
    portal.manage("sweep")

    assert Report.objects.get().name == MARKED["name"]
    logs = portal.logs() | {"postgres": POSTGRES_LOG.read_text(errors="replace")[begun:]}
    assert logs.keys() >= {"web", "worker", "beat"}
    for name, log in logs.items():
        for word in [*SECRET_WORDS, report.token, report.token[:-3]]:
            assert word.lower() not in log.lower(), f"{name}.log holds «{word}»"
    assert "duplicate key" in logs["postgres"]
    assert "not carried out" in logs["worker"]  # the logs are the real ones, and tell of the refusal


def token_of(page):
    return page.text.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
