"""Photos in an S3-compatible bucket, over real HTTP: the same as in a folder."""

import io
import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings as configured

from reports import services
from reports.models import Photo, Report
from reports.photos import store
from tests import photos, s3
from tests.reports.test_form import CONTACT, DESCRIPTION
from tests.reports.test_photos import at_describe, picture, upload

KEYS = {"PHOTO_BUCKET": "asker", "PHOTO_S3_REGION": "eu-north-1", "PHOTO_S3_KEY": "k", "PHOTO_S3_SECRET": "s"}


@pytest.fixture
def bucket(settings):
    server = s3.serve()
    settings.STORAGES = {**settings.STORAGES, "photos": storage_of(server)}
    yield server
    server.shutdown()
    server.server_close()


def storage_of(server):
    """The storage as the settings make it from the environment, read by a process of its own."""
    code = "import json; from askerportal import settings; print(json.dumps(settings.PHOTO_STORAGE))"
    environment = os.environ | KEYS | {"PHOTO_S3_URL": f"http://127.0.0.1:{server.server_port}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=configured.BASE_DIR,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_photo_is_stored_made_small_shown_and_removed(
    citizen, bucket, workers, django_capture_on_commit_callbacks
):
    at_describe(citizen).send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))
    workers.run_until_idle()

    photo = Photo.objects.get()
    assert sorted(path.split(photo.name)[1] for path in bucket.objects) == [".1280.jpg", ".320.jpg", ".jpg"]
    assert picture(citizen, f"/meld/bilde/{photo.uid}/").size == (320, 240)
    citizen.open("/meld/beskriv/")
    with django_capture_on_commit_callbacks(execute=True):
        citizen.send("Fjern")
    assert not bucket.objects


def test_no_address_of_the_bucket_reaches_the_browser(citizen, bucket, workers):
    at_describe(citizen).send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")
    workers.run_until_idle()
    report = Report.objects.get()

    citizen.open(report.tracking_path)

    assert str(bucket.server_port) not in str(citizen.page)
    assert Photo.objects.get().name not in str(citizen.page)


def test_files_without_rows_are_cleared(db, bucket):
    store.save(store.new_name(), io.BytesIO(photos.jpeg()))

    bucket.made_at = time.time()
    assert services.clear_photo_files() == 0
    bucket.made_at = time.time() - 25 * 3600
    assert services.clear_photo_files() == 1
    assert not bucket.objects


def test_bucket_that_is_away_costs_the_photo_only(citizen, bucket):
    at_describe(citizen)
    bucket.shutdown()
    bucket.server_close()
    started = time.monotonic()

    citizen.send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))

    assert time.monotonic() - started < 15
    assert "Du kan sende meldingen uten" in " ".join(citizen.errors.values())
    citizen.send("Neste")
    assert citizen.url == "/meld/kontakt/"


def test_web_process_without_a_bucket_carries_neither_boto_nor_a_decoder():
    code = (
        "import askerportal.wsgi, reports.urls, askerportal.urls, sys;"
        "print([name for name in ('boto3', 'botocore', 'PIL', 'pi_heif', 'storages') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=configured.BASE_DIR, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
