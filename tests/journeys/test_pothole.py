"""A hole in the road, from the citizen's browser to the department's inbox and back."""

import pytest

from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.people import CaseWorker, Citizen, Script, in_inbox, tracking_link
from tests.portal import wait_until

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["360", "1280"])


@pytest.fixture
def told(record_property, request, capsys):
    """Say what was measured, in the report and on the screen."""

    def told(seconds):
        record_property("seconds_from_send_to_inbox", round(seconds, 3))
        with capsys.disabled():
            print(f"\n{request.node.name}: in the inbox {seconds * 1000:.0f} ms after the send")
        assert seconds < 5

    return told


@pytest.fixture
def arrived(portal, browse, mail_server):
    """Look where a report must be by now: in its department's inbox only, and in the reporter's mail."""

    def arrived(report, to="kari@example.com"):
        worker = CaseWorker(browse(DESKTOP))
        worker.sign_in()
        assert worker.page.url.endswith("/avdeling/vei-og-trafikk/")
        worker.page.locator("tbody a", has_text=report.number).wait_for()
        assert worker.page.locator("tbody tr").count() == 1

        [mail] = wait_until(lambda: mail_server.sent_to(to), "the receipt by e-mail")
        reader = browse(PHONE).open(tracking_link(mail))
        assert report.number in reader.text
        return worker, reader

    return arrived


def test_by_address_with_suggestions(browse, arrived, told):
    citizen = Citizen(browse(PHONE))
    citizen.choose_theme()
    citizen.page.locator("#id_address").press_sequentially("Kirkeveien 230")
    citizen.page.locator("#address-suggestions option[value='Kirkeveien 230, 1383 Asker']").wait_for(
        state="attached"
    )
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()

    report, seconds = citizen.send()

    assert report.address == "Kirkeveien 230, 1383 Asker"
    arrived(report)
    assert not citizen.browser.complaints
    told(seconds)


def test_by_a_click_in_the_map(browse, arrived, told):
    citizen = Citizen(browse(DESKTOP))
    citizen.choose_theme()
    click_in_map(citizen.page, -53, -99)
    lat, lon = (citizen.page.locator(f"[name={name}]").input_value() for name in ("lat", "lon"))
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()

    report, seconds = citizen.send()

    assert (report.lat, report.lon, report.address) == (float(lat), float(lon), "")
    arrived(report)
    told(seconds)


def test_pin_in_the_sea_is_refused_and_an_address_may_take_its_place(browse):
    citizen = Citizen(browse(DESKTOP))
    citizen.choose_theme()
    click_in_map(citizen.page, -30, 20)
    citizen.browser.send()
    citizen.page.locator(".ds-error-summary").wait_for()

    citizen.page.locator("[data-do=remove]").click()
    citizen.page.locator("[name=address]").fill("Kirkeveien 230")
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()
    report, _ = citizen.send()

    assert (report.address, report.lat) == ("Kirkeveien 230, 1383 Asker", None)


def test_by_a_pin_set_with_the_keyboard(browse, arrived, told):
    citizen = Citizen(browse(DESKTOP))
    citizen.choose_theme()
    citizen.browser.tab_to("#map")
    citizen.browser.press("ArrowUp")
    citizen.page.locator(".leaflet-pan-anim").wait_for(state="detached")
    citizen.browser.tab_to("[data-do=centre]")
    citizen.browser.press("Enter")
    centre = citizen.page.locator("[name=lat]").input_value()
    citizen.browser.tab_to(".ak-pin", key="Shift+Tab")
    citizen.browser.press("ArrowUp", "ArrowUp")
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()

    report, seconds = citizen.send()

    assert report.lat > float(centre)
    arrived(report)
    told(seconds)


@pytest.mark.parametrize("place", ["Kirkeveien 230", "ved eika bak låven"], ids=["address", "words"])
def test_without_scripts(browse, arrived, told, place):
    citizen = Citizen(browse(PHONE, scripts=False))
    citizen.choose_theme()
    citizen.page.locator("[name=address]").fill(place)
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()

    report, seconds = citizen.send()

    assert report.address.startswith(place)
    arrived(report)
    told(seconds)


@pytest.mark.parametrize(
    "place", [{"address": "Kirkeveien 230"}, {"lat": "59.8331", "lon": "10.4392"}], ids=["address", "pin"]
)
def test_over_plain_http(portal, arrived, told, place):
    script = Script(portal)
    review = script.fill(**place, name="Kari Testesen", email="kari@example.com", phone="68050001")

    receipt, answered = script.send(review)
    report = wait_until(in_inbox, "the report to be in the inbox", seconds=5)

    assert report.number in receipt.text
    arrived(report)
    told(seconds_between_receipt_and_inbox(report) + answered)


@SIZES
def test_whole_way_by_keyboard_alone(browse, mail_server, told, size):
    browser = browse(size).open("/")
    browser.tab_to(".ds-skip-link", at_most=1)
    browser.tab_to("main a[href='/meld/']")
    browser.press("Enter")
    browser.page.wait_for_url("**/meld/")
    browser.tab_to("input[name=theme]")
    browser.press("Space")
    for _ in range(40):
        if browser.page.locator("input[name=theme][value=gatelys]").is_checked():
            break
        browser.press("ArrowDown")
    browser.tab_to("main form button[type=submit]")
    browser.press("Enter")
    browser.page.wait_for_url("**/meld/hvor/")
    browser.tab_to("[name=address]")
    browser.type("Kirkeveien 230")
    browser.press("Enter")
    browser.page.wait_for_url("**/meld/beskriv/")
    browser.tab_to("[name=description]")
    browser.type("Lyset er mørkt.")
    browser.tab_to("main form button[type=submit]")
    browser.press("Enter")
    browser.page.wait_for_url("**/meld/kontakt/")
    browser.tab_to("[name=email]")
    browser.type("kari@example.com")
    browser.tab_to("main form button[type=submit]")
    browser.press("Space")
    browser.page.wait_for_url("**/meld/se-over/")
    browser.tab_to("main form button[type=submit]")
    browser.press("Enter")
    browser.page.wait_for_url("**/kvittering/")
    report = wait_until(in_inbox, "the report to be in the inbox", seconds=5)
    browser.tab_to(f"main a.ds-button[href='{report.tracking_path}']")
    browser.press("Enter")
    browser.page.wait_for_url(f"**{report.tracking_path}")

    assert report.theme.slug == "gatelys"
    assert report.number in browser.text
    assert not browser.complaints
    told(seconds_between_receipt_and_inbox(report))


@SIZES
def test_error_is_reached_and_mended_by_keyboard(browse, size):
    browser = browse(size).open("/meld/beskriv/")

    browser.tab_to("main form button[type=submit]")
    browser.press("Enter")

    browser.page.locator(".ds-error-summary:focus").wait_for()
    browser.tab_to(".ds-error-summary a", at_most=1)
    browser.press("Enter")
    browser.page.locator("[name=description]:focus").wait_for()


def test_case_worker_answers_and_the_citizen_sees_it(portal, browse, arrived, mail_server):
    Script(portal).report()
    worker, citizen = arrived(wait_until(in_inbox, "the report to be in the inbox"))

    worker.page.locator("tbody a").first.click()
    worker.change_state("planned", "Vi fyller hullet på torsdag.")
    worker.answer("Takk for at du sa fra.")
    worker.page.locator("form[action$='/notat/'] [name=text]").fill("Husk varebilen.")
    worker.page.locator("form[action$='/notat/'] button[type=submit]").click()
    citizen.page.reload()

    assert "Vi fyller hullet på torsdag." in citizen.text
    assert "Takk for at du sa fra." in citizen.text
    assert "varebilen" in worker.browser.text
    assert "varebilen" not in citizen.text
    mails = wait_until(
        lambda: mail_server.sent_to("kari@example.com")[2:], "mails of the move and the answer"
    )
    assert len(mails) == 1
    assert not worker.browser.complaints + citizen.complaints


def test_case_worker_of_another_department_sees_nothing_of_it(portal, browse):
    Script(portal).report()
    report = wait_until(in_inbox, "the report to be in the inbox")
    other = CaseWorker(browse(DESKTOP), department="renovasjon")
    other.sign_in()

    assert report.number not in other.browser.text
    assert other.page.goto("/avdeling/vei-og-trafikk/").status == 403
    assert other.page.goto(report.get_absolute_url()).status == 403


@pytest.mark.parametrize("language", ["nn", "en"])
def test_in_the_citizens_own_language(browse, mail_server, told, language):
    citizen = Citizen(browse(PHONE))
    citizen.page.goto("/")
    citizen.page.locator(f".ak-languages button[value={language}]").click()
    citizen.page.locator(f"html[lang={language}]").wait_for()
    citizen.choose_theme()
    citizen.page.locator("[name=address]").fill("Kirkeveien 230")
    citizen.browser.send()
    citizen.describe()
    citizen.give_contact()

    report, seconds = citizen.send()

    assert report.language == language
    assert citizen.page.locator("html").get_attribute("lang") == language
    [mail] = wait_until(lambda: mail_server.sent_to("kari@example.com"), "the receipt by e-mail")
    assert f'lang="{language}"' in mail.get_body(["html"]).get_content()
    told(seconds)


def click_in_map(page, right, down):
    """Click so many pixels from the map's middle."""
    box = page.locator("#map").bounding_box()
    page.locator("#map").click(position={"x": box["width"] / 2 + right, "y": box["height"] / 2 + down})


def seconds_between_receipt_and_inbox(report):
    return (report.routed_at - report.received_at).total_seconds()
