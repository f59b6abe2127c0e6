"""A mail server for `make run`: it takes every mail, sends none on, and shows them in the portal."""

import hashlib
import logging
import os
import signal
import uuid
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Takes mail at EMAIL_HOST:EMAIL_PORT and keeps it in LOCAL_MAILBOX, a Maildir. Only with DEBUG."
    requires_system_checks = []

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("The local mail server runs only where DEBUG is on: it shows mails to all.")
        if not settings.LOCAL_MAILBOX:
            raise CommandError("LOCAL_MAILBOX must name the folder for the mails.")
        # Taken by sigwait below, and blocked first so that the server's own thread leaves them alone.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        address = settings.EMAIL_HOST, settings.EMAIL_PORT
        controller = Controller(Keeper(settings.LOCAL_MAILBOX), *address)
        try:
            controller.start()
        except OSError as error:
            place = f"{address[0]}:{address[1]}"
            raise CommandError(f"Mail cannot be taken at {place}: {error.strerror}.") from error
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        controller.stop()


class Keeper:
    """Keeps each mail once, as mail stores do: a Message-ID that is there already is accepted and dropped.

    A mail's file is named by its Message-ID, and linking to a name that exists fails: that
    holds for two deliveries at once, and a kill leaves no half mail.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    async def handle_DATA(self, server, session, envelope):
        again = not self.keep(envelope.content, envelope.rcpt_tos)
        logger.info("mail kept%s", " (its Message-ID was here before: not stored twice)" if again else "")
        return "250 Kept"

    def keep(self, content, recipients):
        """Store a mail; False when its Message-ID was there already."""
        headers = BytesHeaderParser(policy=policy.compat32).parsebytes(content)
        identity = str(headers.get("Message-ID") or uuid.uuid4())
        envelope = f"X-RcptTo: {', '.join(recipients)}\r\n".encode()
        half_made = self.folder / "tmp" / uuid.uuid4().hex
        half_made.write_bytes(envelope + content)
        try:
            os.link(half_made, self.folder / "new" / hashlib.sha256(identity.encode()).hexdigest())
        except FileExistsError:
            return False
        finally:
            half_made.unlink()
        return True
