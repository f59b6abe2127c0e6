"""Photos with a report: kept in the draft, sent, shown to those who may see them, and never lost."""

import io
import os
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from reports import services
from reports.models import Draft, Photo, Report
from reports.photos import field, reading, store, thumbnails
from tests import photos
from tests.factories import UserFactory
from tests.pages import Visitor
from tests.reports.photographer import at_describe, files_in, reported_with_photo, upload
from tests.reports.test_form import CONTACT, DESCRIPTION


def test_sixth_photo_is_left_out_and_named(citizen):
    at_describe(citizen)

    citizen.send("Last opp", photos=[upload(photos.jpeg(), f"nr-{n}.jpg") for n in range(1, 7)])

    assert "«nr-6.jpg» ble ikke med. Du kan legge ved høyst 5 bilder." in " ".join(citizen.errors.values())
    assert Photo.objects.count() == 5
    citizen.send("Last opp", photos=upload(photos.jpeg(), "nr-7.jpg"))
    assert "«nr-7.jpg» ble ikke med" in " ".join(citizen.errors.values())
    assert Photo.objects.count() == 5


def test_a_hundred_files_fill_no_disk(citizen):
    at_describe(citizen)

    citizen.send("Last opp", photos=[upload(photos.jpeg(), f"nr-{n}.jpg") for n in range(1, 21)])

    assert Photo.objects.count() == 5
    assert citizen.status == 422


def test_photo_that_came_in_another_tab_meanwhile_counts(db):
    draft = Draft.objects.create(key="a-key-of-a-draft-0001")
    for _ in range(field.MOST):
        services.add_photo(draft, clean())

    with pytest.raises(services.TooManyPhotos):
        services.add_photo(draft, clean())

    assert Photo.objects.count() == 5


def clean():
    file = io.BytesIO(photos.jpeg())
    return reading.CleanPhoto(file, 320, 240, None, None)


def test_upload_button_needs_no_text_yet_and_loses_none(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()), description="Halvferdig")

    assert (citizen.status, citizen.url) == (200, "/meld/beskriv/")
    assert citizen.page.find("textarea").text.strip() == "Halvferdig"


def test_text_that_is_too_long_is_told_though_only_photos_were_sent(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()), description="x" * 4001)

    assert citizen.status == 422
    assert citizen.page.find("textarea").text.strip() == "x" * 4001
    assert Photo.objects.count() == 1


def test_enter_in_a_field_goes_on_and_does_not_remove_a_photo(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))

    assert "Neste" in citizen.page.select_one("main form button").text


def test_photo_is_removed_and_the_text_stays(citizen, photo_folder, django_capture_on_commit_callbacks):
    at_describe(citizen).send("Last opp", photos=[upload(photos.jpeg()), upload(photos.jpeg())])
    first = Photo.objects.order_by("pk").first()

    with django_capture_on_commit_callbacks(execute=True):
        citizen.send("Fjern", description="Halvferdig")

    assert citizen.page.find("textarea").text.strip() == "Halvferdig"
    [left] = Photo.objects.all()
    assert left != first
    assert files_in(photo_folder) == [f"{left.name}.jpg"]


@pytest.mark.parametrize("uid", ["", "tull", "\x00", str(uuid.uuid4())])
def test_removing_what_is_not_there_does_nothing(citizen, uid):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))
    form = citizen.values_of(citizen.page.select_one("main form"))

    assert citizen.client.post("/meld/beskriv/", {**form, "remove_photo": uid}).status_code == 302
    assert Photo.objects.count() == 1


def test_nobody_removes_or_sees_anothers_photo(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))
    photo = Photo.objects.get()
    other = at_describe(Visitor())
    form = other.values_of(other.page.select_one("main form"))

    other.client.post("/meld/beskriv/", {**form, "remove_photo": str(photo.uid)})

    assert Photo.objects.exists()
    assert other.client.get(f"/meld/bilde/{photo.uid}/").status_code == 404
    assert Visitor().client.get(f"/meld/bilde/{photo.uid}/").status_code == 404
    other.client.cookies["draft"] = "\x00"
    assert other.client.get(f"/meld/bilde/{photo.uid}/").status_code == 404


def test_photos_stay_in_the_draft_across_the_steps_and_a_lost_cookie(citizen, workers):
    at_describe(citizen)
    citizen.client.cookies.pop("draft")
    citizen.send("Last opp", photos=upload(photos.jpeg()))
    workers.run_until_idle()
    citizen.client.cookies.pop("draft")
    citizen.send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))
    citizen.client.cookies.pop("draft")
    citizen.send("Neste", **CONTACT)

    assert [image["alt"] for image in citizen.page.select("main img")] == ["Bilde 1 av 2", "Bilde 2 av 2"]
    citizen.client.cookies.pop("draft")
    citizen.send("Send inn")

    assert Report.objects.get().photos.count() == 2
    assert len(citizen.page.select("main img")) == 2


def test_submit_with_five_photos_takes_at_most_twelve_statements(citizen, django_assert_max_num_queries):
    at_describe(citizen)
    citizen.send("Neste", description=DESCRIPTION, photos=[upload(photos.jpeg()) for _ in range(5)])
    citizen.send("Neste", **CONTACT)
    form = citizen.values_of(citizen.page.select_one("main form"))

    with django_assert_max_num_queries(12):
        citizen.client.post("/meld/se-over/", form)

    assert Report.objects.get().photos.count() == 5
    assert not Draft.objects.exists()


def test_place_of_the_photo_is_offered_taken_by_a_button_and_goes_no_further_than_that(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.from_phone()), description=DESCRIPTION)
    assert "Bildet er tatt ved 59,83310, 10,43920" in citizen.text
    assert Draft.objects.get().data.get("lat") is None

    citizen.send("Bruk stedet fra bildet")

    assert "Punktet står nå der bildet er tatt" in citizen.text
    assert "Bildet er tatt ved" not in citizen.text
    citizen.send("Neste")
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")
    report = Report.objects.get()
    assert (round(report.lat, 4), round(report.lon, 4)) == photos.ASKER
    assert report.address == "Kirkeveien 230, 1383 Asker"


def test_place_that_is_not_taken_is_forgotten(citizen):
    at_describe(citizen).send("Neste", photos=upload(photos.from_phone()), description=DESCRIPTION)
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")

    assert Report.objects.get().lat is None
    assert not Draft.objects.exists()


def test_place_of_the_photo_is_offered_where_one_says_where(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.from_phone()))
    citizen.open("/meld/hvor/")

    citizen.send("Bruk stedet fra bildet")

    assert citizen.url == "/meld/hvor/"
    assert citizen.page.find(id="id_lat")["value"].startswith("59.833")


@pytest.mark.parametrize(("lat", "lon"), [(63.43, 10.39), (0, 0)])
def test_place_outside_the_municipality_is_not_offered(citizen, lat, lon):
    at_describe(citizen).send("Last opp", photos=upload(photos.from_phone(lat, lon)))

    assert "Bruk stedet fra bildet" not in citizen.text
    assert "photo_place" not in Draft.objects.get().data


def test_place_goes_with_the_photo_that_told_it(citizen):
    at_describe(citizen).send("Last opp", photos=upload(photos.from_phone()))

    citizen.send("Fjern")

    assert "Bruk stedet fra bildet" not in citizen.text


def test_worker_makes_small_pictures_and_the_sweep_finds_what_no_nudge_told(citizen, photo_folder, workers):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg(photos.scene(2000, 1000))))
    photo = Photo.objects.get()
    assert not citizen.page.select("main img")

    workers.run_until_idle()

    photo.refresh_from_db()
    assert photo.state == Photo.State.READY
    assert files_in(photo_folder) == sorted(f"{photo.name}{size}.jpg" for size in ["", ".320", ".1280"])
    citizen.open("/meld/beskriv/")
    [image] = citizen.page.select("main img")
    assert (image["width"], image["height"], image["alt"]) == ("320", "160", "Bilde 1 av 1")
    assert picture(citizen, image["src"]).size == (320, 160)
    assert not thumbnails.attempt(photo.pk)


def test_photo_that_kills_its_workers_is_given_up_and_shown_whole(citizen, monkeypatch):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))
    photo = Photo.objects.get()

    for _ in range(5):
        assert Photo.objects.claim(photo.pk)
        assert Photo.objects.claim(photo.pk) is None
        Photo.objects.update(due_at=timezone.now())
    assert Photo.objects.claim(photo.pk) is None

    photo.refresh_from_db()
    assert photo.state == Photo.State.FAILED
    assert picture(citizen, f"/meld/bilde/{photo.uid}/").size == (320, 240)


def picture(visitor, url):
    answer = visitor.client.get(url)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def test_photo_is_shown_to_the_holder_of_the_link_and_to_the_department(citizen, workers):
    report = reported_with_photo(citizen, workers)
    staff = Visitor(UserFactory(department="vei-og-trafikk"))

    for visitor, page in [(citizen, report.tracking_path), (staff, report.get_absolute_url())]:
        visitor.open(page)
        [image] = visitor.page.select("main img")
        assert image["alt"] == f"Bilde 1 av 1 til sak {report.number}"
        assert picture(visitor, image["src"]).size == (320, 240)
        answer = visitor.client.get(image.parent["href"])
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"] == f'inline; filename="{report.number}.jpg"'
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_photo_is_shown_to_nobody_else(citizen, workers):
    report = reported_with_photo(citizen, workers)
    photo = report.photos.get()
    staff_url = reverse("reports:staff_photo", args=[report.number, photo.uid, 320])
    other_department = Visitor(UserFactory(department="renovasjon"))
    stranger = Visitor()

    assert other_department.client.get(staff_url).status_code == 403
    assert stranger.client.get(staff_url).status_code == 302
    for address in [
        f"/sak/{'x' * 22}/bilde/{photo.uid}/320/",
        f"/sak/{report.token}/bilde/{uuid.uuid4()}/320/",
        f"/sak/{report.token}/bilde/{photo.uid}/5000/",
        f"/sak/{report.token}/bilde/{photo.name}/",
        f"/meld/bilde/{photo.uid}/",
    ]:
        assert stranger.client.get(address).status_code == 404, address
        assert citizen.client.get(address).status_code == 404, address


def test_photo_of_another_report_is_not_shown_by_ones_own_link(citizen, workers):
    mine = reported_with_photo(citizen, workers)
    theirs = Photo.objects.create(
        report=services.submit({**fields_of(mine)}, idempotency_key="another-key-000001"),
        name=store.new_name(), width=1, height=1, size=1,
    )  # fmt: skip

    assert citizen.client.get(f"/sak/{mine.token}/bilde/{theirs.uid}/320/").status_code == 404


def fields_of(report):
    names = [
        "theme",
        "address",
        "lat",
        "lon",
        "description",
        "name",
        "email",
        "phone",
        "no_contact",
        "language",
    ]
    return {name: getattr(report, name) for name in names}


def test_storage_that_is_away_costs_the_photo_only(citizen, photo_folder):
    photo_folder.write_text("no folder")
    at_describe(citizen)

    citizen.send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg()))

    assert "Du kan sende meldingen uten" in " ".join(citizen.errors.values())
    citizen.send("Neste")
    citizen.send("Neste", **CONTACT)
    citizen.send("Send inn")
    assert Report.objects.get().description == DESCRIPTION


def test_full_disk_costs_the_photo_only(citizen, monkeypatch):
    at_describe(citizen)
    full = io.FileIO("/dev/full", "wb")
    monkeypatch.setattr(
        "django.core.files.uploadedfile.tempfile.NamedTemporaryFile", lambda *args, **kwargs: full
    )

    citizen.send("Neste", description=DESCRIPTION, photos=upload(photos.jpeg(photos.noise(400, 400))))

    assert "Du kan sende meldingen uten" in " ".join(citizen.errors.values())
    assert citizen.page.find("textarea").text.strip() == DESCRIPTION


def test_stored_photo_that_cannot_be_fetched_is_a_503_or_a_404_and_no_500(citizen, photo_folder, workers):
    report = reported_with_photo(citizen, workers)
    url = f"/sak/{report.token}/bilde/{report.photos.get().uid}/320/"

    for path in photo_folder.rglob("*.320.jpg"):
        path.unlink()
    assert picture(citizen, url).size == (320, 240)  # the whole stands in
    for path in photo_folder.rglob("*.jpg"):
        path.unlink()
    assert citizen.client.get(url).status_code == 404
    monkey = pytest.MonkeyPatch()
    monkey.setattr("django.core.files.storage.FileSystemStorage._open", away)
    assert citizen.client.get(url).status_code == 503
    monkey.undo()


def away(*args, **kwargs):
    raise OSError("the storage is away")


@pytest.mark.django_db(transaction=True)
def test_draft_that_is_over_takes_its_photos_and_files_with_it(photo_folder):
    citizen = at_describe(Visitor()).send("Last opp", photos=upload(photos.jpeg()))
    assert citizen.status == 200
    Draft.objects.update(changed_at=timezone.now() - timedelta(hours=25))

    services.clear_drafts()

    assert not Draft.objects.exists()
    assert not Photo.objects.exists()
    assert not files_in(photo_folder)


def test_file_without_a_row_goes_after_a_day_and_others_stay(citizen, photo_folder):
    at_describe(citizen).send("Last opp", photos=upload(photos.jpeg()))
    kept = files_in(photo_folder)
    for hours, name in [(25, "aa" + "0" * 30), (23, "bb" + "0" * 30)]:
        store.save(name, io.BytesIO(photos.jpeg()))
        then = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(photo_folder / store.path(name), (then, then))
    then = (timezone.now() - timedelta(days=9)).timestamp()
    os.utime(next(photo_folder.rglob(kept[0])), (then, then))

    assert services.clear_photo_files() == 1

    assert files_in(photo_folder) == sorted([*kept, f"bb{'0' * 30}.jpg"])


def test_script_gets_the_list_only_and_the_text_is_kept_meanwhile(citizen):
    at_describe(citizen)
    form = citizen.values_of(citizen.page.select_one("main form")) | {"description": "Halvferdig"}

    good = send_by_script(citizen, form, photos=upload(photos.jpeg()))
    bad = send_by_script(citizen, form, photos=upload(b"tekst", "feil.txt"))

    assert (good.status_code, bad.status_code) == (200, 422)
    assert "<html" not in good.content.decode()
    assert good.content.decode().count("data-photo=") == bad.content.decode().count("data-photo=") == 1
    assert "«feil.txt» er ikke et bilde" in bad.content.decode()
    assert Draft.objects.get().data["description"] == "Halvferdig"


def send_by_script(citizen, form, **files):
    return citizen.client.post(
        "/meld/beskriv/", {**form, "only_photos": "1", **files}, headers={"X-Fragment": "photos"}
    )
