"""Take in a mail that came back, for the mail server to pipe to: `|manage.py bounce`."""

import re
import sys
import uuid
from email import policy
from email.parser import BytesParser

from django.core.management.base import BaseCommand, CommandError

from reports import deliveries, services

LONGEST = 10 * 1024 * 1024  # bytes; what a mail server sends back is shorter
# Of all headers only these can name the mail that we sent, beside the returned mail's own Message-ID.
NAMES = ["Original-Message-ID", "X-Original-Message-ID", "References", "In-Reply-To"]


class Command(BaseCommand):
    help = (
        "Read a delivery status notification (RFC 3464) from standard input and mark its delivery as failed."
    )

    def handle(self, **options):
        mail = BytesParser(policy=policy.compat32).parsebytes(sys.stdin.buffer.read(LONGEST))
        status = failure(mail)
        if status is None:
            self.stdout.write("no failure told: nothing marked")
            return
        uid = uid_in(mail)
        delivery = uid and services.mark_bounced(uid, status)
        if not delivery:
            raise CommandError("None of our mails is named in it.")
        self.stdout.write(f"{delivery.report.number}: {delivery.kind} {delivery.occasion} came back")


def failure(mail):
    """What a notification says of the first recipient who was not reached; None when none is given up."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for recipient in part.get_payload():
            if str(recipient.get("Action", "")).strip().lower() == "failed":
                said = recipient.get("Diagnostic-Code") or recipient.get("Status") or ""
                return " ".join(["bounced:", *str(said).replace("\0", "").split()])
    return None


def uid_in(mail):
    """The delivery's uid: from the Message-ID of ours that the notification names or carries, or None."""
    ours = re.compile(rf"<([0-9a-f-]{{36}})@{re.escape(deliveries.sender_domain())}>", re.IGNORECASE)
    for named in message_ids(mail):
        found = ours.search(named)
        if found:
            try:
                return uuid.UUID(found[1])
            except ValueError:
                continue
    return None


def message_ids(mail):
    """Every text in a notification that may hold our Message-ID, the likeliest first."""
    returned = [part for part in mail.walk() if part is not mail]
    for part in returned:
        yield str(part.get("Message-ID", ""))
        if part.get_content_type() == "text/rfc822-headers":
            yield part.get_payload(decode=True).decode(errors="replace")
    for part in [*returned, mail]:
        yield from (str(part.get(name, "")) for name in NAMES)
