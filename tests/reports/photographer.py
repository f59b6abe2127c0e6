"""Somebody with photos, for the tests: chooses files, comes to the step, looks at what was stored."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from reports.models import Report
from reports.photos import store
from tests import photos
from tests.reports.test_form import CONTACT, DESCRIPTION


def upload(content, name="bilde.jpg"):
    return SimpleUploadedFile(name, content, "image/jpeg")


def at_describe(visitor, theme="hull-i-vei", address="Kirkeveien 230"):
    """On the step with photos."""
    visitor.open("/meld/").send("Neste", theme=theme)
    return visitor.send("Neste", address=address)


def stored(photo):
    """The stored picture, decoded."""
    with store.opened(photo.name) as file:
        image = Image.open(io.BytesIO(file.read()))
        image.load()
        return image


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def reported_with_photo(citizen, workers):
    at_describe(citizen).send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")
    workers.run_until_idle()
    return Report.objects.get()
