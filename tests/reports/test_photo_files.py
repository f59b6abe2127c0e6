"""Which files are taken as photos, what becomes of them, and what is refused, and how that is said."""

import os
import re

import pytest
from PIL import Image

from reports.models import Photo
from reports.photos import reading, store
from tests import photos
from tests.reports.photographer import at_describe, files_in, stored, upload
from tests.reports.test_form import DESCRIPTION

TAKEN = {
    "JPEG": photos.from_phone,
    "JPEG in CMYK": lambda: photos.jpeg(photos.scene(mode="CMYK")),
    "JPEG in grey": lambda: photos.jpeg(photos.scene(mode="L")),
    "progressive JPEG": lambda: photos.jpeg(progressive=True),
    "MPO": photos.mpo,
    "PNG": photos.png_with_text,
    "PNG with alpha": lambda: photos.packed(photos.scene(mode="RGBA"), "PNG"),
    "PNG of 16 bits": lambda: photos.packed(Image.new("I;16", (300, 200), 40000), "PNG"),
    "PNG with palette": lambda: photos.packed(photos.scene(mode="P"), "PNG", transparency=0),
    "PNG of one bit": lambda: photos.packed(photos.scene(mode="1"), "PNG"),
    "WebP": lambda: photos.packed(photos.scene(), "WEBP", exif=photos.exif(*photos.ASKER)),
    "moving WebP": lambda: photos.packed(
        photos.scene(), "WEBP", save_all=True, append_images=[photos.scene().rotate(90)]
    ),
    "HEIC": lambda: photos.heic(exif=photos.exif(*photos.ASKER).tobytes()),
    "JPEG with HTML after it": lambda: photos.from_phone() + b"<html><script>alert('hemmelig')</script>",
    "JPEG with HTML in its comment": lambda: photos.jpeg(comment=b"<script>alert('hemmelig')</script>"),
    "JPEG with a ZIP after it": lambda: photos.jpeg() + b"PK\x03\x04hemmelig" * 100,
    "PNG with a bomb in its text": photos.png_with_bomb_in_text,
}


@pytest.mark.parametrize("kind", TAKEN)
def test_every_usual_kind_of_image_becomes_a_plain_jpeg_without_a_word_about_its_origin(citizen, kind):
    original = TAKEN[kind]()

    at_describe(citizen).send("Last opp", photos=upload(original))

    if kind == "PNG with a bomb in its text":  # Pillow refuses to unpack that
        assert "er ødelagt" in citizen.text or Photo.objects.exists()
        return
    assert citizen.status == 200, citizen.errors
    photo = Photo.objects.get()
    image = stored(photo)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert (photo.width, photo.height) == image.size
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    content = store.opened(photo.name).read()
    assert photo.size == len(content)
    for secret in [b"hemmelig", b"Hemmelig", b"Exif", b"ICC_PROFILE", b"adobe:ns", b"<script", b"PK\x03\x04"]:
        assert secret not in content


REFUSED = {
    "nothing": (lambda: b"", "er tom"),
    "text": (lambda: b"Dette er ikke et bilde.", "ikke et bilde vi kan ta imot"),
    "GIF": (lambda: photos.packed(photos.scene(mode="P"), "GIF"), "ikke et bilde vi kan ta imot"),
    "TIFF": (lambda: photos.packed(photos.scene(), "TIFF"), "ikke et bilde vi kan ta imot"),
    "BMP": (lambda: photos.packed(photos.scene(), "BMP"), "ikke et bilde vi kan ta imot"),
    "SVG": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        "ikke et bilde vi kan ta imot",
    ),
    "PDF": (lambda: b"%PDF-1.7\n", "ikke et bilde vi kan ta imot"),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "ikke et bilde vi kan ta imot"),
    "HTML before a JPEG": (lambda: b"<html>" + photos.jpeg(), "ikke et bilde vi kan ta imot"),
    "film": (lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(100), "ikke et bilde vi kan ta imot"),
    "JPEG cut short": (lambda: photos.jpeg()[:-400], "er ødelagt"),
    "head of a JPEG": (lambda: photos.jpeg()[:40], "er ødelagt"),
    "PNG cut short": (lambda: photos.packed(photos.noise(99, 99), "PNG")[:-400], "er ødelagt"),
    "WebP cut short": (lambda: photos.packed(photos.noise(99, 99), "WEBP")[:-400], "er ødelagt"),
    "HEIC cut short": (lambda: photos.heic(photos.noise(200, 200))[:-400], "er ødelagt"),
    "head of a JPEG, then noise": (lambda: photos.jpeg()[:200] + os.urandom(5000), "er ødelagt"),
    "50,000 × 50,000 pixels": (lambda: photos.png_claiming(50_000, 50_000), "for mange bildepunkter"),
    "11,000 × 10,001 pixels": (lambda: photos.png_claiming(11_000, 10_001), "for mange bildepunkter"),
    "10,000 × 10,000 pixels that are not there": (lambda: photos.png_claiming(10_000, 10_000), "er ødelagt"),
    "13 MB": (lambda: photos.jpeg() + bytes(13 * 1024 * 1024), "er for stort"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_everything_else_is_refused_at_the_field_and_costs_neither_text_nor_good_photos(citizen, kind):
    make, words = REFUSED[kind]
    at_describe(citizen)

    citizen.send("Neste", description=DESCRIPTION, photos=[upload(make(), "feil.jpg"), upload(photos.jpeg())])

    assert citizen.status == 422
    [(at, text)] = citizen.errors.items()
    assert citizen.page.find(id=at)["name"] == "photos"
    assert "«feil.jpg»" in text
    assert words in text
    assert citizen.page.find("textarea").text.strip() == DESCRIPTION
    assert Photo.objects.count() == len(citizen.page.select("[data-photo]")) == 1

    citizen.send("Neste")
    assert citizen.url == "/meld/kontakt/"


def test_what_is_to_be_decoded_in_vain_ends_by_itself(citizen, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.01)

    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))

    assert "er ødelagt" in " ".join(citizen.errors.values())


def test_image_that_waits_too_long_for_its_turn_is_told_to_come_again(citizen, monkeypatch):
    monkeypatch.setattr(reading, "WAIT", 0)
    at_describe(citizen)

    with reading.turn:
        citizen.send("Last opp", photos=upload(photos.jpeg()))

    assert "for mange sender bilder akkurat nå" in " ".join(citizen.errors.values())


def test_the_decoder_runs_without_our_secrets_and_with_little_memory(tmp_path, monkeypatch):
    snoop, image = tmp_path / "reader.py", tmp_path / "image"
    snoop.write_text(
        "import json, os, resource, runpy, sys\n"
        f"runpy.run_path({str(reading.READER)!r})['limit']()\n"
        "told = f\"{resource.getrlimit(resource.RLIMIT_AS)[0]} {' '.join(os.environ)}\"\n"
        "print(json.dumps({'error': told}), file=sys.stderr)\n"
    )
    image.write_bytes(photos.jpeg())
    monkeypatch.setattr(reading, "READER", snoop)

    with image.open("rb") as source, pytest.raises(reading.Unreadable) as told:
        reading._read(source)

    memory, *names = told.value.reason.split()
    assert int(memory) == 1_000_000_000
    assert set(names) <= {"MALLOC_ARENA_MAX", "LC_CTYPE"}


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (1, 0)), (8, (0, 1))])
def test_photo_is_turned_upright(citizen, orientation, corner):
    at_describe(citizen)

    citizen.send("Last opp", photos=upload(photos.jpeg(exif=photos.exif(orientation=orientation))))

    image = stored(Photo.objects.get())
    assert image.size == ((240, 320) if orientation in (6, 8) else (320, 240))
    x, y = (place * (side - 21) + 10 for place, side in zip(corner, image.size, strict=True))
    red, green, _ = image.getpixel((x, y))
    assert red > 200 > 60 > green


def test_large_photo_is_made_no_larger_than_a_screen_needs(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg(photos.scene(4000, 3000))))

    assert stored(Photo.objects.get()).size == (2560, 1920)


def test_thin_photo_is_taken(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.packed(photos.scene(6000, 1), "PNG")))

    assert stored(Photo.objects.get()).size == (2560, 1)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "C:\\\\x\\\\y.jpg",
        "a\x00b.jpg",
        "\u202egpj.exe",
        "x" * 300 + ".jpg",
        "<script>.jpg",
        "%0d%0aSet-Cookie: a=b",
        "æ.jpg",
        "",
    ],
)
def test_nasty_file_name_reaches_neither_the_disk_nor_the_page(citizen, photo_folder, name):
    at_describe(citizen)
    form = citizen.values_of(citizen.page.select_one("main form")) | {"only_photos": "1"}

    answer = send_raw(citizen, form, [(name, photos.jpeg()), (name, b"text"), ("good.jpg", photos.jpeg())])

    for file in files_in(photo_folder):
        assert re.fullmatch(r"[0-9a-f]{32}\.jpg", file)
    assert answer.status_code in (302, 422)
    assert Photo.objects.exists()
    page = answer.content.decode()
    for nasty in ["\x00", "\u202e", "../", "x" * 50, "<script>.jpg"]:
        assert nasty not in page


def send_raw(citizen, form, files):
    """What a hostile sender writes: file names as they are, past every client's own care."""
    edge = "edge-of-a-part"
    body = b"".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    )
    for name, content in files:
        head = f'Content-Disposition: form-data; name="photos"; filename="{name}"\r\nContent-Type: image/jpeg'
        body += f"--{edge}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    kind = f"multipart/form-data; boundary={edge}"
    return citizen.client.post("/meld/beskriv/", body + f"--{edge}--\r\n".encode(), content_type=kind)
