"""Every page on a phone and a desktop: axe finds nothing, nothing sticks out, the console is silent."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory

from askerportal.front import errors
from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.screens import SCREENS

AXE = (Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = """async (rules) => {
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    const said = (found) => found.nodes.map((node) => `${found.id}: ${node.target} – ${node.failureSummary}`);
    return violations.flatMap(said);
}"""
STICKING_OUT = """() => {
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const sticks = (element) => element.getBoundingClientRect().right > page.clientWidth + 1;
    const wide = [...document.querySelectorAll("body *")].filter(sticks).slice(-3);
    return [`${page.scrollWidth} px of ${page.clientWidth}`, ...wide.map((e) => e.outerHTML.slice(0, 150))];
}"""
LANGUAGES = [
    screen for screen in SCREENS if screen.name in ("front", "step_what", "step_contact-error", "case")
]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_page_is_accessible(browse, screen):
    browser = browse(PHONE)
    statuses = []
    browser.page.on("response", lambda answer: statuses.append(answer.status) if is_page(answer) else None)

    screen.open(browser)

    assert statuses[-1] == screen.status, browser.page.url
    assert_accessible(browser)
    without_scripts = browse(PHONE, scripts=False)
    screen.open(without_scripts)
    without_scripts.page.wait_for_load_state()
    assert not without_scripts.page.evaluate(STICKING_OUT)


@pytest.mark.parametrize("error", [errors.bad_request, errors.not_found, errors.not_now, errors.server_error])
def test_error_page_is_accessible(browse, error):
    """As an operating portal shows it; with debug on, Django has pages of its own for some."""
    request = RequestFactory().post("/meld/beskriv/", {"description": "Et dypt hull."})
    answer = error(request)
    browser = browse(PHONE)
    browser.context.route(
        "**/feil/",
        lambda route: route.fulfill(status=answer.status_code, body=answer.content, content_type="text/html"),
    )

    browser.open("/feil/")

    assert answer.status_code >= 400
    assert browser.page.locator("main h1").count() == 1
    assert_accessible(browser)


@pytest.mark.parametrize("language", ["nn", "en"])
@pytest.mark.parametrize("screen", LANGUAGES, ids=lambda screen: screen.name)
def test_page_is_accessible_in_every_language(browse, screen, language):
    browser = browse(PHONE)
    browser.set_cookie(settings.LANGUAGE_COOKIE_NAME, language)

    screen.open(browser)

    assert browser.page.locator("html").get_attribute("lang") == language
    assert_accessible(browser)


def test_page_is_accessible_when_it_offers_another_language(browse):
    browser = browse(PHONE, locale="en-GB")

    browser.open("/")

    assert browser.page.locator(".ak-offer[lang=en]").is_visible()
    assert_accessible(browser)


def test_what_is_wrong_would_be_found(browse):
    """The rules themselves work under the page's content security policy, which says so when it is broken."""
    browser = browse(PHONE).open("/")
    browser.page.evaluate(
        """() => {
            document.querySelector("h1").outerHTML = '<h3 style="width: 400px">x</h3><img src="data:,">';
        }"""
    )

    with pytest.raises(AssertionError) as found:
        assert_accessible(browser)

    for fault in ["image-alt", "page-has-heading-one", "style-src"]:
        assert fault in str(found.value)


def assert_accessible(browser):
    """No finding of axe and nothing that sticks out at both widths, and no complaint of the browser's."""
    browser.page.evaluate(AXE)
    found = []
    for size in (PHONE, DESKTOP):
        browser.page.set_viewport_size(size)
        found += [f"{size['width']}: {finding}" for finding in browser.page.evaluate(FIND, RULES)]
        found += [f"{size['width']}: {finding}" for finding in browser.page.evaluate(STICKING_OUT)]
    assert not found + browser.complaints


def is_page(answer):
    return answer.request.is_navigation_request() and answer.status not in (301, 302)
