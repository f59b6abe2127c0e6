"""The local mail server keeps each mail once and shows it, on a developer's machine only."""

import smtplib
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.core.management import CommandError, call_command
from django.urls import include, path

from askerportal import urls
from askerportal.embedded import free_port
from askerportal.management.commands.mail_server import Keeper
from askerportal.management.commands.sms_server import Keeper as SmsKeeper

urlpatterns = [*urls.urlpatterns, path("lokal-epost/", include("askerportal.front.local_mail"))]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def send(tmp_path):
    """Send a mail to the local mail server, which keeps it in tmp_path."""
    controller = Controller(Keeper(tmp_path), hostname="127.0.0.1", port=free_port())
    controller.start()

    def send(subject, message_id, text="Hei"):
        mail = EmailMessage()
        mail["To"], mail["From"], mail["Subject"] = "kari@asker.example", "ikke-svar@asker.example", subject
        mail["Message-ID"] = message_id
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", controller.port) as server:
            server.send_message(mail)

    yield send
    controller.stop()


@pytest.fixture
def local(settings, tmp_path):
    settings.DEBUG, settings.LOCAL_MAILBOX = True, str(tmp_path)
    return settings


def test_the_same_mail_twice_is_kept_once(send, tmp_path):
    send("Kvittering", "<1@asker.example>")
    send("Kvittering", "<1@asker.example>")
    send("Svar", "<2@asker.example>")

    assert len(list((tmp_path / "new").iterdir())) == 2
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_kept_mail_is_listed_and_read_with_its_links(send, local, client):
    send(
        "Vi har fått meldingen på Åsen",
        "<1@asker.example>",
        "Følg saken: https://asker.example/sak/abc/\n\nHilsen oss",
    )

    listed = client.get("/lokal-epost/").content.decode()
    address = listed.partition('href="/lokal-epost/')[2].partition('"')[0]
    read = client.get(f"/lokal-epost/{address}").content.decode()

    assert "Vi har fått meldingen på Åsen" in listed
    assert "kari@asker.example" in listed
    assert '<a href="https://asker.example/sak/abc/"' in read
    assert "Hilsen oss" in read


def test_kept_sms_stands_beside_the_mails(send, local, client, tmp_path):
    local.LOCAL_SMS = str(tmp_path / "sms")
    send("Svar", "<1@asker.example>")
    message = {"to": "+4768050001", "from": "Asker", "reference": "a"}
    SmsKeeper(local.LOCAL_SMS).keep(message | {"text": "Følg saken: https://asker.example/sak/abc/"})

    listed = client.get("/lokal-epost/").content.decode()

    for shown in ["+4768050001", "SMS, 1 del", '<a href="https://asker.example/sak/abc/"', "Svar"]:
        assert shown in listed


def test_without_mails_the_page_says_so(local, client):
    assert "Ingen e-post ennå." in client.get("/lokal-epost/").content.decode()


@pytest.mark.parametrize("key", ["0" * 64, "passwd", "env"])
def test_no_other_file_is_shown(local, client, key):
    assert client.get(f"/lokal-epost/{key}/").status_code == 404


def test_in_production_there_is_nothing(local, client):
    local.DEBUG = False

    assert client.get("/lokal-epost/").status_code == 404
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("mail_server")
