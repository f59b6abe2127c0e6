"""Keyset paging: a page starts after the last row of the one before, so page 500 costs what page 1 costs."""

from datetime import UTC, datetime, timedelta

from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def page_after(rows, cursor, *, field, size):
    """One page of a queryset that is ordered by (field, id), and the cursor of the next or None.

    cursor: what an earlier call gave, or "" for the first page; a garbled one
    gives the first page. field names a datetime.
    """
    start = _read(cursor)
    if start:
        at, pk = start
        rows = rows.filter(
            Q(**{f"{field}__gt": at}) | Q(**{field: at, "id__gt": pk}), **{f"{field}__gte": at}
        )
    page = list(rows[: size + 1])
    if len(page) <= size:
        return page, None
    last = page[size - 1]
    return page[:size], f"{(getattr(last, field) - EPOCH) // timedelta(microseconds=1)}-{last.pk}"


def _read(cursor):
    microseconds, _, pk = cursor.partition("-")
    try:
        return EPOCH + timedelta(microseconds=int(microseconds)), int(pk)
    except (ValueError, OverflowError):
        return None
