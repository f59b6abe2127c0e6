"""What a citizen sees when the house's own parts fail."""

import pytest
from django.db import OperationalError

from reports import services


def test_database_that_is_away_gives_503_and_what_was_typed_can_be_sent_again(citizen, monkeypatch):
    citizen.open("/meld/beskriv/")
    with monkeypatch.context() as broken:
        broken.setattr(services, "keep_draft", away)
        citizen.send("Neste", description="Et dypt hull midt i veien.")
    assert citizen.status == 503
    assert "Ikke sendt" in citizen.text

    citizen.send("Send på nytt")

    citizen.open("/meld/beskriv/")
    assert "Et dypt hull midt i veien." in citizen.text


@pytest.mark.parametrize("url", ["/finnes-ikke/", "/sak/AAAAAAAAAAAAAAAAAAAAAA/", "/sak/x/kvittering/"])
def test_what_is_not_found_has_the_portals_own_page_with_debug_on_too(citizen, settings, url):
    settings.DEBUG = True

    citizen.open(url)

    assert citizen.status == 404
    assert "URLconf" not in citizen.text
    assert citizen.page.find("a", href="/meld/")


def test_address_without_its_last_slash_is_mended(citizen):
    assert citizen.open("/meld").url == "/meld/"


@pytest.mark.parametrize("url", ["/", "/meld/", "/innbyggertorg/"])
def test_every_page_carries_the_security_headers(citizen, url):
    headers = citizen.client.get(url).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def away(*args, **kwargs):
    raise OperationalError("the database is away")
