"""Photos in a real browser: sent as they are chosen, made smaller on the phone, removed without a reload."""

from pathlib import Path

import pytest
from django.conf import settings

from reports.models import Draft, Photo
from tests import photos

AXE = (Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = """async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] }))
    .violations.map((found) => `${found.id}: ${found.nodes[0].html}`)"""


@pytest.fixture
def browser(browse):
    """A phone on the step with photos."""
    browser = browse()
    browser.open("/meld/").page.locator("input[name=theme][value=hull-i-vei]").check()
    browser.send()
    browser.page.locator("[name=address]").fill("ved den store eika bak låven")
    browser.send()
    browser.page.wait_for_url("**/beskriv/")
    return browser


def choose(browser, *files):
    browser.page.locator("input[name=photos]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )


def large():
    """A photo as a phone held upright takes it: stored lying, 6 MB, with the place in it."""
    image = photos.noise(4000, 3000, 30)
    image.paste("red", (0, 0, 2000, 1500))
    return photos.jpeg(image, quality=90, exif=photos.exif(*photos.ASKER, orientation=6))


def said(browser, text):
    browser.page.locator("[data-photo-status]").filter(has_text=text).wait_for()


def test_photos_are_sent_at_once_made_smaller_and_their_place_is_offered(browser):
    sizes = []
    browser.page.on("request", lambda request: sizes.append(len(request.post_data_buffer or b"")))
    content = large()
    browser.page.locator("[name=description]").fill("Halvferdig")

    choose(browser, ("a.jpg", "image/jpeg", content), ("b.jpg", "image/jpeg", photos.jpeg()))

    said(browser, "b.jpg er lastet opp")
    assert browser.page.locator("[data-photo]").count() == 2
    assert browser.page.locator("[data-photo] canvas, [data-photo] img").count() == 2
    browser.page.get_by_text("Bruk stedet fra bildet").wait_for()
    first, second = Photo.objects.order_by("pk")
    assert max(sizes) < len(content) / 2
    assert (first.width, first.height) == (1920, 2560)
    assert (second.width, second.height) == (320, 240)
    place = Draft.objects.get().data["photo_place"]
    assert (round(place["lat"], 4), round(place["lon"], 4)) == photos.ASKER
    assert Draft.objects.get().data["description"] == "Halvferdig"
    browser.page.reload()
    assert browser.page.locator("[name=description]").input_value() == "Halvferdig"
    assert browser.page.locator("[data-photo]").count() == 2
    assert not browser.complaints


def test_wrong_file_is_told_and_the_good_one_stays(browser):
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()), ("b.txt", "text/plain", b"ikke et bilde"))

    said(browser, "«b.txt» er ikke et bilde vi kan ta imot")
    assert browser.page.locator("[data-photo]").count() == 1


def test_sixth_photo_is_not_even_sent(browser):
    choose(browser, *[(f"{n}.png", "image/png", photos.packed(photos.scene(), "PNG")) for n in range(6)])

    said(browser, "Du kan legge ved høyst 5 bilder")
    assert Photo.objects.count() == 5


def test_photo_is_removed_without_a_reload(browser):
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()))
    said(browser, "a.jpg er lastet opp")
    browser.page.evaluate("window.stillHere = true")

    browser.page.get_by_role("button", name="Fjern Bilde 1 av 1").click()

    said(browser, "Bildet er fjernet")
    assert browser.page.evaluate("window.stillHere")
    assert browser.page.locator("[data-photo]").count() == 0
    assert not Photo.objects.exists()


def test_lost_network_is_told_and_the_photo_can_be_chosen_again(browser):
    browser.context.set_offline(True)
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()))
    said(browser, "a.jpg ble ikke lastet opp")

    browser.context.set_offline(False)
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()))
    said(browser, "a.jpg er lastet opp")


def test_every_state_is_accessible(browser):
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()), ("b.txt", "text/plain", b"ikke et bilde"))
    said(browser, "«b.txt»")

    browser.page.evaluate(AXE)
    assert browser.page.evaluate(FIND, RULES) == []
    browser.page.locator("[name=description]").fill("Et dypt hull.")
    browser.send()
    browser.page.wait_for_url("**/kontakt/")
    browser.page.locator("[name=email]").fill("kari@example.com")
    for place in ["se-over", "kvittering"]:
        browser.send()
        browser.page.wait_for_url(f"**/{place}/")
        browser.page.evaluate(AXE)
        assert browser.page.evaluate(FIND, RULES) == []
        assert browser.page.locator("main img").count() == 1


def test_without_scripts_the_button_sends_them(browse):
    browser = browse(scripts=False)
    browser.open("/meld/beskriv/")
    browser.page.locator("[name=description]").fill("Halvferdig")
    choose(browser, ("a.jpg", "image/jpeg", photos.jpeg()), ("b.txt", "text/plain", b"ikke et bilde"))

    browser.page.locator("[name=only_photos]").click()

    browser.page.locator(".ds-error-summary").wait_for()
    assert "«b.txt» er ikke et bilde" in browser.text
    assert browser.page.locator("[data-photo]").count() == 1
    assert browser.page.locator("[name=description]").input_value() == "Halvferdig"
    browser.page.locator("[name=description]").press("Control+End")
    browser.send()
    browser.page.wait_for_url("**/kontakt/")
