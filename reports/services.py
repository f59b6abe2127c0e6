"""What can happen to a report. Each is one transaction; whoever must be told is promised a delivery in it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from askerportal.shared import nvdb, places, workdays
from reports import deliveries, notices
from reports.models import Delivery, Draft, Handover, Message, Note, Photo, Report, StatusChange
from reports.models.report import digest
from reports.photos import store, thumbnails
from reports.photos.field import MOST
from reports.routing import route
from reports.states import ONLY_BY_REPORTER, NotAllowed, State


def submit(data, *, idempotency_key):
    """Take in a report: report, first status change, photos and deliveries in one transaction.

    data holds the cleaned fields of forms.SubmitForm (theme is a Theme with
    its department). The same key gives the same report, also while the first
    still runs, whatever the data; returns it. What lies around the place is
    looked up where data does not tell it.
    """
    if "road_owner" not in data:
        data = data | surroundings(data.get("lat"), data.get("lon"), data.get("address", ""))
    try:
        return _submit(data, idempotency_key)
    except IntegrityError:
        report = Report.objects.sent_with(idempotency_key).first()
        if report is None:
            raise
        return report


@transaction.atomic
def _submit(data, key):
    department, rule = route(data["theme"])
    report = Report.objects.create(
        **data,
        department=department,
        routed_by=rule,
        deadline=deadline_for(data["theme"]),
        idempotency_hash=digest(key),
    )
    StatusChange.objects.create(report=report, after=State.RECEIVED)
    move_photos(key, report)
    deliveries.promise(report, notices.received(report))
    return report


def deadline_for(theme):
    """The date by which a report of this theme that comes today is promised to be dealt with, or None."""
    if theme.deadline_days is None:
        return None
    return workdays.after(timezone.localdate(), theme.deadline_days)


def keep_draft(draft, fields):
    """Write down what a citizen has filled in so far; fields given now win over those kept before."""
    draft.data |= fields
    Draft.objects.update_or_create(key=draft.key, defaults={"data": draft.data, "changed_at": timezone.now()})


def keep_place(draft, fields):
    """Write down where something is, and what lies around: the nearest address and the road's owner."""
    place = [fields[name] for name in PLACE]
    keep_draft(draft, fields | {"around": {"of": place, **surroundings(*place)}})


PLACE = ["lat", "lon", "address"]


def known_surroundings(draft, fields):
    """What was looked up for this draft's place, or nothing when these fields tell of another place."""
    around = dict(draft.data.get("around", {}))
    return around if around.pop("of", None) == [fields[name] for name in PLACE] else {}


def surroundings(lat, lon, address):
    """The nearest address and the road's owner at a position, as fields of a report.

    May ask others, which takes at most twice settings.LOOKUP_TIMEOUT.
    """
    if None in (lat, lon):
        return {"road_owner": nvdb.RoadOwner.UNKNOWN}
    return {**nearest(lat, lon, address), "road_owner": nvdb.road_owner(lat, lon)}


def nearest(lat, lon, address=""):
    """The nearest address and how far it is, as fields of a report; none where no address is near."""
    found = places.nearest_address(lat, lon, written=address)
    return {"near": found.address.house, "near_metres": found.metres} if found else {}


def move_photos(key, report):
    """The draft has become a report: its photos move along, the draft goes.

    The lock keeps out a photo that is just being added.
    """
    draft = Draft.objects.select_for_update().filter(key=key).values_list("pk", flat=True).first()
    if draft is not None:
        Photo.objects.filter(draft=draft).update(draft=None, report=report)
        Draft.objects.filter(pk=draft).delete()


def clear_drafts():
    """Delete drafts whose 24 hours are over, with their photos."""
    for pk in list(Draft.objects.outlived().values_list("pk", flat=True)):
        clear_draft(pk)


@transaction.atomic
def clear_draft(pk):
    """Delete one draft and its photos, unless somebody has gone on writing in the meantime."""
    draft = Draft.objects.outlived().select_for_update(skip_locked=True).filter(pk=pk).first()
    if draft:
        delete_photos(draft.photos.all())
        draft.delete()


class TooManyPhotos(Exception):
    """There are as many photos as there may be."""


def add_photo(draft, clean):
    """Keep a photo (photos.reading.CleanPhoto) in a draft, and the place where it was taken as an offer.

    Raises photos.store.StorageAway, and TooManyPhotos when another request
    was faster; nothing is kept then.
    """
    name = store.new_name()
    store.save(name, clean.file)
    try:
        return _add_photo(draft, clean, name)
    except BaseException:
        store.delete([name])
        raise


@transaction.atomic
def _add_photo(draft, clean, name):
    kept, _made = Draft.objects.select_for_update().get_or_create(
        key=draft.key, defaults={"data": draft.data}
    )
    if kept.photos.count() >= MOST:
        raise TooManyPhotos
    photo = kept.photos.create(name=name, width=clean.width, height=clean.height, size=clean.size)
    if clean.lat is not None and places.is_in_municipality(clean.lat, clean.lon):
        kept.data["photo_place"] = {"lat": clean.lat, "lon": clean.lon, "photo": str(photo.uid)}
    kept.changed_at = timezone.now()
    kept.save()
    draft.data = kept.data
    transaction.on_commit(
        lambda: deliveries.nudger.publish(thumbnails.QUEUE, photo.pk, thumbnails.TASK), robust=True
    )
    return photo


@transaction.atomic
def remove_photo(draft, uid):
    """Take a photo out of a draft, and its place with it; whether it was there."""
    found = delete_photos(Photo.objects.of_draft(draft.key).filter(uid=uid))
    if found and draft.data.get("photo_place", {}).get("photo") == str(uid):
        del draft.data["photo_place"]
        Draft.objects.filter(key=draft.key).update(data=draft.data)
    return found


def delete_photos(photos):
    """Delete photos and, once that is committed, their files; whether there were any."""
    names = list(photos.values_list("name", flat=True))
    Photo.objects.filter(name__in=names).delete()
    if names:
        transaction.on_commit(lambda: store.delete(names), robust=True)
    return bool(names)


def clear_photo_files():
    """Delete files that no photo knows and that are a day old; how many."""
    return store.delete_orphans(Photo.objects.known)


def use_photo_place(draft):
    """The place where the photo was taken becomes the report's; whether there was one."""
    place = draft.data.get("photo_place")
    if place:
        keep_draft(draft, {"lat": place["lat"], "lon": place["lon"]})
    return bool(place)


@transaction.atomic
def change_state(report, *, state, by, version, reason="", public_text="", date=None):
    """Move a report on, and tell the citizen. date: when the work is planned for.

    Raises Conflict when the report changed after `version`, NotAllowed when
    the table has no such move.
    """
    if state in ONLY_BY_REPORTER:
        raise NotAllowed(report.state, state)
    report = Report.objects.lock(report.pk, version)
    change = report.move_to(state, by=by, reason=reason, public_text=public_text, date=date)
    read_news(report)
    deliveries.promise(report, notices.moved(report, change))
    return report


@transaction.atomic
def hand_over(report, *, department, by, version, reason="", public_text=""):
    """Send a report to another department's inbox, and tell the citizen.

    reason is for colleagues, public_text for the citizen. Raises Conflict
    when the report changed after `version`.
    """
    report = Report.objects.lock(report.pk, version)
    handover = Handover.objects.create(
        report=report,
        before=report.department,
        after=department,
        by=by,
        reason=reason,
        public_text=public_text,
    )
    report.department, report.routed_by, report.routed_at = department, "by hand", None
    report.version += 1
    report.save(update_fields=["department", "routed_by", "routed_at", "version"])
    deliveries.promise(report, notices.handed_over(report, handover))
    return report


@transaction.atomic
def move_deadline(report, *, deadline, by, version, reason):
    """Promise another date, and tell the citizen it and why. Raises Conflict as change_state does."""
    report = Report.objects.lock(report.pk, version)
    change = report.deadline_changes.create(before=report.deadline, after=deadline, by=by, reason=reason)
    report.deadline, report.version = deadline, report.version + 1
    report.save(update_fields=["deadline", "version"])
    deliveries.promise(report, notices.deadline_moved(report, change))
    return report


@transaction.atomic
def answer(report, *, text, by):
    """Write to the citizen; the state stays as it is."""
    message = Message.objects.create(report=report, by=by, text=text)
    read_news(report)
    deliveries.promise(report, notices.answered(report, message))
    return message


def read_news(report):
    """Staff have seen what the reporter wrote last."""
    Report.objects.filter(pk=report.pk, has_news=True).update(has_news=False)


def add_note(report, *, text, by):
    """Write an internal note, which no citizen sees."""
    return Note.objects.create(report=report, by=by, text=text)


def stop_news(report):
    """The reporter wants no more mails or SMS of this report; those that wait are not called back."""
    Report.objects.filter(pk=report.pk, news_stopped_at__isnull=True).update(news_stopped_at=timezone.now())


def start_news(report):
    """The reporter wants to hear of this report again."""
    Report.objects.filter(pk=report.pk).update(news_stopped_at=None)


def send_again(delivery):
    """Give a failed delivery a fresh start, at once."""
    deliveries.send_again(delivery)


def mark_bounced(uid, error):
    """A mail came back: its delivery failed after all. Returns it, or None when there is no such mail."""
    delivery = Delivery.objects.filter(uid=uid, kind=Delivery.Kind.EMAIL).first()
    if delivery:
        delivery.bounced(error)
    return delivery
