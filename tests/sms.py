"""A real SMS gateway for the tests, which keeps what it is sent and can be told to misbehave."""

import contextlib
import threading
from typing import NamedTuple

from askerportal.management.commands.sms_server import Gateway, serve

SILENCE = 30  # seconds at most that a gateway told to hang does so; clear() ends it


class Sms(NamedTuple):
    """One message that was taken."""

    to: str
    sender: str
    text: str
    reference: str


class SmsServer:
    """What the gateway was sent, newest last; each reference once.

    misbehave: None, or a function that is given the request (a
    BaseHTTPRequestHandler with the body unread) instead of our answer.
    """

    def __init__(self, port):
        self.key = "the key of the tests"
        self.url = f"http://127.0.0.1:{port}/messages"
        self.over = threading.Event()
        self.server = serve(self, port, self.key, Misbehaving)
        self.clear()

    def keep(self, message):
        """The local gateway's keeper: here in memory."""
        sent = Sms(message["to"], message["from"], message["text"], message["reference"])
        self.requests += 1
        if sent.reference not in {one.reference for one in self.messages}:
            self.messages.append(sent)
        return sent.reference

    def sent_to(self, number):
        """Every SMS to a number."""
        return [sms for sms in self.messages if sms.to == number]

    def refuse(self, status, words="no"):
        """Answer every message with this status."""
        self.misbehave = lambda request: request.answer(status, {"error": words})

    def hang(self):
        """Take the message, and say nothing."""
        self.misbehave = lambda request: self.over.wait(SILENCE)

    def say(self, raw):
        """Answer every message with these bytes, which may be no HTTP at all."""
        self.misbehave = lambda request: request.wfile.write(raw)

    def drip(self):
        """Answer a byte now and then, for ever."""

        def drip(request):
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.over.wait(0.2):
                request.wfile.write(b"X")

        self.misbehave = drip

    def clear(self):
        """Forget all, and behave."""
        self.over.set()
        self.over = threading.Event()
        self.messages, self.requests, self.misbehave = [], 0, None

    def stop(self):
        """End the server."""
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


class Misbehaving(Gateway):
    """The local gateway, unless the test has other wishes."""

    def do_POST(self):
        self.close_connection = True
        misbehave = self.server.keeper.misbehave
        return misbehave(self) if misbehave else super().do_POST()

    def handle(self):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone, as it should
            super().handle()
