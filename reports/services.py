"""What can happen to a report. Each is one transaction; whoever must be told is promised a delivery in it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from askerportal.shared import nvdb, places
from reports import deliveries, notices
from reports.models import Draft, Message, Note, Report, StatusChange
from reports.models.report import digest
from reports.routing import route
from reports.states import State


def submit(data, *, idempotency_key):
    """Take in a report: report, first status change and deliveries in one transaction.

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
        **data, department=department, routed_by=rule, idempotency_hash=digest(key)
    )
    StatusChange.objects.create(report=report, after=State.RECEIVED)
    Draft.objects.filter(key=key).delete()
    deliveries.promise(report, notices.received(report))
    return report


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


def clear_drafts():
    """Delete drafts whose 24 hours are over."""
    Draft.objects.outlived().delete()


@transaction.atomic
def change_state(report, *, state, by, version, reason="", public_text=""):
    """Move a report on, and tell the citizen.

    Raises Conflict when the report changed after `version`, NotAllowed when
    the table has no such move.
    """
    report = Report.objects.lock(report.pk, version)
    change = report.move_to(state, by=by, reason=reason, public_text=public_text)
    deliveries.promise(report, notices.moved(report, change))
    return report


@transaction.atomic
def answer(report, *, text, by):
    """Write to the citizen; the state stays as it is."""
    message = Message.objects.create(report=report, by=by, text=text)
    deliveries.promise(report, notices.answered(report, message))
    return message


def add_note(report, *, text, by):
    """Write an internal note, which no citizen sees."""
    return Note.objects.create(report=report, by=by, text=text)
