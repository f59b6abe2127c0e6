"""Pictures of the portal for docs/screenshots, made by `make screenshots`; not part of the tests.

Tiles are not fetched, so that the pictures are the same on every machine.
"""

from pathlib import Path

import pytest
from django.conf import settings

from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.screens import SCREENS

FOLDER = Path(settings.BASE_DIR) / "docs" / "screenshots"
LARGEST = 400_000  # bytes of a picture
LARGEST_FOLDER = 4_000_000


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["360", "1280"])
@pytest.mark.parametrize("screen", [s for s in SCREENS if s.pictured], ids=lambda screen: screen.name)
def test_picture(browse, screen, size):
    browser = browse(size)
    screen.open(browser)
    browser.page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{screen.name}-{size['width']}.png"

    height = browser.page.evaluate("document.documentElement.scrollHeight")
    browser.page.set_viewport_size(size | {"height": height})  # what sticks to the bottom then stands there
    browser.page.screenshot(path=file, full_page=True)

    assert file.stat().st_size < LARGEST
    assert sum(picture.stat().st_size for picture in FOLDER.glob("*.png")) < LARGEST_FOLDER
