"""A mail that comes back marks its delivery as failed; any other mail marks nothing."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.factories import submit

BOUNCE = """\
From: Mail Delivery System <mailer-daemon@mx.example>
To: ikke-svar@asker.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain

I could not deliver your message.

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0100

Final-Recipient: rfc822; kari@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <kari@example.com>:
 Recipient address rejected

--XX
Content-Type: {returned}

Message-ID: <{uid}@{domain}>
Subject: Vi har mottatt meldingen din

--XX--
"""


@pytest.fixture
def bounced(monkeypatch):
    """Pipe a mail to `manage.py bounce`."""

    def pipe(text):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        call_command("bounce")

    return pipe


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_mail_that_comes_back_has_failed(db, workers, mailbox, bounced, capsys, returned):
    report = submit()
    workers.run_until_idle()
    mail = report.deliveries.get(kind="email")
    message_id = mailbox.messages[-1]["Message-ID"].strip("<>")

    uid, _, domain = message_id.partition("@")
    bounced(BOUNCE.format(action="failed", returned=returned, uid=uid, domain=domain))

    mail.refresh_from_db()
    assert mail.state == "failed"
    assert "550 5.1.1" in mail.error
    assert report.number in capsys.readouterr().out


def test_mail_that_is_only_late_stays_sent(db, workers, mailbox, bounced):
    report = submit()
    workers.run_until_idle()
    mail = report.deliveries.get(kind="email")

    bounced(BOUNCE.format(action="delayed", returned="message/rfc822", uid=mail.uid, domain="asker.example"))

    mail.refresh_from_db()
    assert mail.state == "sent"


@pytest.mark.parametrize("uid", ["7d444840-9dc0-11d1-b245-5ffdce74fad2", "-" * 36])
def test_bounce_of_no_mail_of_ours_marks_nothing(db, bounced, uid):
    with pytest.raises(CommandError, match="None of our mails"):
        bounced(BOUNCE.format(action="failed", returned="message/rfc822", uid=uid, domain="asker.example"))


@pytest.mark.parametrize("noise", ["", "\0\0", "Subject: Hei\n\nFerie", "Content-Type: multipart/report\n\n"])
def test_any_other_mail_marks_nothing(db, bounced, capsys, noise):
    bounced(noise)

    assert "nothing marked" in capsys.readouterr().out
