"""Text messages: what a text costs in parts, and the HTTP gateway that sends it.

The gateway takes a POST of JSON (`to`, `from`, `text`, `reference`) with a bearer key and answers 2xx
with JSON that holds an `id`. It sends each reference once, so that trying again is safe.
"""

import asyncio
import json

from django.conf import settings

LONGEST_ANSWER = 64 * 1024  # bytes
# Answers of the 4xx kind that tell of our key or address or of a queue, not of the message.
NOT_THE_MESSAGE = {401, 403, 404, 405, 407, 408, 425, 429}

# GSM 03.38: characters that cost one, and those that cost two. Any other makes the whole text UCS-2.
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = set("^{}\\[~]|€\f")
ALONE_AND_JOINED = {"gsm": (160, 153), "ucs2": (70, 67)}  # units in one message, and in each part of several
# What editors and names bring along that has a plain twin.
PLAIN = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "…": "...", "\xa0": " "}
)


class SmsError(Exception):
    """The gateway did not take the message. permanent: trying again is no use."""

    def __init__(self, reason, *, permanent=False):
        super().__init__(reason)
        self.permanent = permanent


def send(number, text, *, reference):
    """Hand one message to the gateway; number is E.164, reference names the message for good.

    Raises SmsError: for good when the gateway refuses the message itself (400,
    422 …), for now when it is away, busy, too slow or not to be understood.
    """
    if not settings.SMS_URL:
        raise SmsError("no SMS gateway is set up")
    message = {"to": number, "from": settings.SMS_SENDER, "text": text, "reference": reference}
    import httpx  # not before: SMS are for workers, and a web process needs 6 MB less

    try:
        status, body = asyncio.run(_post(httpx, message))
    except TimeoutError as error:
        raise SmsError(f"no answer within {settings.SMS_TIMEOUT} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SmsError(f"gateway away: {type(error).__name__}") from error
    if 400 <= status < 500 and status not in NOT_THE_MESSAGE:
        raise SmsError(f"{status} {_words(body)}", permanent=True)
    if not 200 <= status < 300:
        raise SmsError(f"{status} {_words(body)}")
    if not _is_receipt(body):
        raise SmsError(f"{status}, but no receipt")


async def _post(httpx, message):
    """Status and body of the answer; one time-out over all, so that a gateway that drips holds no worker."""
    headers = {"Authorization": f"Bearer {settings.SMS_KEY}", "Accept-Encoding": "identity"}
    async with (
        asyncio.timeout(settings.SMS_TIMEOUT),
        httpx.AsyncClient(timeout=settings.SMS_TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", settings.SMS_URL, json=message, headers=headers) as response,
    ):
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise SmsError("the answer is too long")
        return response.status_code, body


def _words(body):
    """The beginning of an answer, to be shown to staff."""
    return " ".join(body[:200].decode(errors="replace").replace("\0", "").split())


def _is_receipt(body):
    try:
        return bool(json.loads(body)["id"])
    except (ValueError, KeyError, TypeError):
        return False


def plain(text):
    """The text with the quotes and dashes that a cheap message can hold."""
    return text.translate(PLAIN)


def parts(text):
    """How many messages a text costs: 160 characters or 153 a part, 70 and 67 with others than GSM's."""
    if set(text) <= BASIC | DOUBLE:
        units, (alone, joined) = len(text) + sum(c in DOUBLE for c in text), ALONE_AND_JOINED["gsm"]
    else:
        units, (alone, joined) = len(text.encode("utf-16-be")) // 2, ALONE_AND_JOINED["ucs2"]
    return 1 if units <= alone else -(-units // joined)


def within(most, write, words):
    """write(words) in at most so many parts: the longest beginning of the words for which that holds."""
    if parts(write(words)) <= most:
        return write(words)
    fits, too_long = 0, len(words)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if parts(write(f"{words[:middle].rstrip()} ...")) <= most:
            fits = middle
        else:
            too_long = middle
    return write(f"{words[:fits].rstrip()} ...")
