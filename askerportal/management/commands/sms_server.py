"""An SMS gateway for `make run`: it takes every message, sends none on, and shows them in the portal."""

import hashlib
import json
import logging
import os
import signal
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

logger = logging.getLogger(__name__)
LONGEST = 64 * 1024  # bytes of a request
FIELDS = ["to", "from", "text", "reference"]


class Command(BaseCommand):
    help = "Takes SMS at SMS_URL and keeps them in LOCAL_SMS, a folder. Only with DEBUG."
    requires_system_checks = []

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("The local SMS gateway runs only where DEBUG is on: it shows messages to all.")
        if not (settings.LOCAL_SMS and settings.SMS_URL):
            raise CommandError("LOCAL_SMS must name the folder for the messages, and SMS_URL the address.")
        # Taken by sigwait below, and blocked first so that the server's own thread leaves them alone.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        address = urlsplit(settings.SMS_URL)
        try:
            server = serve(Keeper(settings.LOCAL_SMS), address.port, settings.SMS_KEY)
        except OSError as error:
            raise CommandError(f"SMS cannot be taken at {address.netloc}: {error.strerror}.") from error
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        server.shutdown()


class Keeper:
    """Keeps each message once, as gateways do: a reference that is there already is accepted and dropped."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def keep(self, message):
        """Store a message under its reference's digest, which is returned as its id."""
        key = hashlib.sha256(message["reference"].encode()).hexdigest()
        half_made = self.folder / f".{uuid.uuid4().hex}"
        half_made.write_text(json.dumps(message))
        try:
            os.link(half_made, self.folder / key)
        except FileExistsError:
            logger.info("SMS taken (its reference was here before: not stored twice)")
        else:
            logger.info("SMS kept")
        finally:
            half_made.unlink()
        return key


class Gateway(BaseHTTPRequestHandler):
    """The gateway's protocol; see askerportal.shared.sms."""

    timeout = 10

    def do_POST(self):
        if self.headers.get("Authorization") != f"Bearer {self.server.key}":
            return self.answer(401, {"error": "unknown key"})
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST:
            return self.answer(413, {"error": "too long"})
        try:
            message = json.loads(self.rfile.read(length))
            wrong = [field for field in FIELDS if not isinstance(message[field], str)]
        except (ValueError, KeyError, TypeError):
            wrong = FIELDS
        if wrong:
            return self.answer(422, {"error": f"wrong or missing: {', '.join(wrong)}"})
        return self.answer(202, {"id": self.server.keeper.keep(message)})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing: the keeper says what is kept, without numbers."""


def serve(keeper, port, key, handler=Gateway):
    """A running gateway on this port of 127.0.0.1, in a thread; shutdown() ends it."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    server.keeper, server.key = keeper, key
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
