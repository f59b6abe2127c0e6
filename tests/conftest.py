"""What every test can ask for: the portal's data, a mail server, visitors, a running portal."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command

from askerportal.embedded import free_port
from askerportal.shared import kartverket as address_service
from askerportal.shared import nvdb
from reports import deliveries
from reports.photos import thumbnails
from tests.kartverket import Outside
from tests.kartverket import serve as serve_outside
from tests.mail import Mailbox, serve
from tests.pages import Visitor
from tests.sms import SmsServer


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("load_base_data", stdout=StringIO())


@pytest.fixture(autouse=True)
def base_data(request):
    """Themes, departments, streets and desks, put back where a test before emptied every table."""
    mark = request.node.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        call_command("load_base_data", stdout=StringIO())


@pytest.fixture(scope="session")
def mail_server():
    mailbox = Mailbox()
    server = serve(mailbox, settings.EMAIL_PORT)
    yield mailbox
    server.stop()


@pytest.fixture
def mailbox(mail_server, settings):
    """The mails that the portal sends, over real SMTP."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mail_server.clear()
    return mail_server


@pytest.fixture(scope="session")
def outside_server():
    server = serve_outside(Outside())
    yield server
    server.shutdown()


@pytest.fixture
def outside(outside_server, settings):
    """Kartverket's address service and NVDB, as a server of ours that speaks as they do."""
    host = f"http://127.0.0.1:{outside_server.server_port}"
    settings.KARTVERKET_URL, settings.NVDB_URL = f"{host}/adresser/v1", f"{host}/vegnett/api/v4"
    settings.LOOKUP_TIMEOUT = 5  # a busy machine is no failure; who tests failures asks for less
    outside_server.outside.behave()
    forget_outside()
    yield outside_server.outside
    forget_outside()


def forget_outside():
    """No answer is remembered, and no server is left alone."""
    caches["lookups"].clear()
    for source in (address_service.source, nvdb.source):
        source.breaker.reset()


@pytest.fixture(scope="session")
def sms_gateway():
    server = SmsServer(free_port())
    yield server
    server.stop()


@pytest.fixture
def sms_server(sms_gateway, settings):
    """The SMS that the portal sends, over real HTTP."""
    settings.SMS_URL, settings.SMS_KEY = sms_gateway.url, sms_gateway.key
    sms_gateway.clear()
    yield sms_gateway
    sms_gateway.clear()


@pytest.fixture
def workers():
    """The workers' work, done in this process: what a sweep does."""

    class Workers:
        @staticmethod
        def run_until_idle():
            deliveries.sweep()
            thumbnails.sweep()

    return Workers


@pytest.fixture(autouse=True)
def broker_is_back():
    """No test inherits another's broken broker."""
    deliveries.nudger.silent_until = 0


@pytest.fixture(autouse=True)
def photo_folder(tmp_path, settings):
    """Each test's photos in a folder of its own."""
    folder = tmp_path / "photos"
    photos = {**settings.PHOTO_STORAGE, "OPTIONS": {**settings.PHOTO_STORAGE["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "photos": photos}
    return folder


@pytest.fixture
def citizen(db):
    """Somebody at the portal, without JavaScript."""
    return Visitor()
