"""Text messages: what they cost, and a gateway that behaves or does not."""

import time

import httpx
import pytest
from django.core.management import CommandError, call_command

from askerportal.embedded import free_port
from askerportal.management.commands.sms_server import Keeper, serve
from askerportal.shared import sms

NUMBER = "+4768050001"


@pytest.fixture
def local(tmp_path):
    """The local gateway of `make run`, keeping in tmp_path."""
    server = serve(Keeper(tmp_path), free_port(), "a key")
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("æøå" * 53 + "x", 1),
        ("x" * 161, 2),
        ("x" * 459, 3),
        ("x" * 460, 4),
        ("€" * 81, 2),
        ("«" + "x" * 69, 1),
        ("«" + "x" * 70, 2),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_operators_count_them(text, parts):
    assert sms.parts(text) == parts


def test_quotes_and_dashes_get_their_plain_twin():
    assert sms.plain("Strøing – «glatt» …") == 'Strøing - "glatt" ...'


def test_message_arrives_with_sender_and_reference(sms_server):
    sms.send(NUMBER, "Hei på deg", reference="a")

    assert sms_server.messages == [(NUMBER, "Asker", "Hei på deg", "a")]


def test_same_reference_is_sent_once(sms_server):
    for _ in range(2):
        sms.send(NUMBER, "Hei", reference="a")

    assert (len(sms_server.messages), sms_server.requests) == (1, 2)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (422, True),
        (401, False),
        (404, False),
        (429, False),
        (500, False),
        (503, False),
        (302, False),
    ],
)
def test_refusal_is_for_good_only_when_it_is_the_message(sms_server, status, permanent):
    sms_server.refuse(status, "not a mobile number")

    with pytest.raises(sms.SmsError, match=f"{status}.*not a mobile number") as error:
        sms.send(NUMBER, "Hei", reference="a")

    assert error.value.permanent is permanent


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<h1>Hei!</h1>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000,
        b"\0\xff nonsense\r\n\r\n",
        b"",
    ],
    ids=["a web page", "a list", "cut short", "no end", "no HTTP", "nothing"],
)
def test_nonsense_is_no_receipt_and_is_tried_again(sms_server, raw):
    sms_server.say(raw)

    with pytest.raises(sms.SmsError) as error:
        sms.send(NUMBER, "Hei", reference="a")

    assert not error.value.permanent


@pytest.mark.parametrize("trouble", ["hang", "drip"])
def test_gateway_that_never_ends_is_left_in_time(sms_server, settings, trouble):
    settings.SMS_TIMEOUT = 0.5
    getattr(sms_server, trouble)()
    start = time.monotonic()

    with pytest.raises(sms.SmsError, match="no answer within") as error:
        sms.send(NUMBER, "Hei", reference="a")

    assert time.monotonic() - start < 2
    assert not error.value.permanent


def test_redirect_is_not_followed(sms_server):
    sms_server.say(b"HTTP/1.1 307 See\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(sms.SmsError, match="307"):
        sms.send(NUMBER, "Hei", reference="a")


def test_gateway_that_is_away_or_not_set_up_is_tried_again(settings):
    for url, words in [(f"http://127.0.0.1:{free_port()}/", "away"), ("", "no SMS gateway")]:
        settings.SMS_URL = url

        with pytest.raises(sms.SmsError, match=words) as error:
            sms.send(NUMBER, "Hei", reference="a")

        assert not error.value.permanent


def test_local_gateway_keeps_each_reference_once(local, settings, tmp_path):
    settings.SMS_URL, settings.SMS_KEY = f"http://127.0.0.1:{local.server_port}/", "a key"

    for reference in ["a", "a", "b"]:
        sms.send(NUMBER, "Hei på Åsen", reference=reference)

    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("key", "sent", "status"),
    [
        ("wrong", {}, 401),
        ("a key", {}, 422),
        ("a key", {"to": 1, "from": "", "text": "", "reference": "a"}, 422),
        ("a key", {"text": "x" * 70_000}, 413),
    ],
)
def test_local_gateway_refuses_what_a_real_one_would(local, key, sent, status):
    answer = httpx.post(
        f"http://127.0.0.1:{local.server_port}/", json=sent, headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == status


def test_local_gateway_is_for_debug_only(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("sms_server")
