"""The portal that really runs, and the browsers that visit it."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.browser import ARGUMENTS, PHONE, Browser
from tests.portal import running


@pytest.fixture(scope="package")
def running_portal(django_db_setup, django_db_blocker, mail_server):
    """Web with two processes and a worker with two children, for all journeys."""
    with django_db_blocker.unblock(), running("journeys") as portal:
        yield portal


@pytest.fixture
def portal(running_portal, transactional_db, mail_server):
    """The running portal with nothing in it but base data."""
    mail_server.clear()
    yield running_portal
    running_portal.wait_until_idle()


@pytest.fixture(scope="package")
def chromium():
    """Debian's Chromium. Playwright's loop runs in this thread, in which Django then suspects async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium, portal):
    """Open a fresh browser at the portal: browse(PHONE, scripts=False)."""
    opened = []

    def browse(size=PHONE, **options):
        opened.append(Browser(chromium, portal, size, **options))
        return opened[-1]

    yield browse
    for browser in opened:
        browser.close()
