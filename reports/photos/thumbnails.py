"""Small pictures of what is stored, made by workers. The row is the truth: `sweep` finds what waits."""

import io
import logging

from reports.models import Photo
from reports.photos import store

log = logging.getLogger(__name__)

QUEUE = "photos"
TASK = "reports.thumbnail"
QUALITY = 80
SWEEP_AT_MOST = 200


def attempt(pk):
    """Make one photo's small pictures, unless made, given up or held by another; True when made."""
    photo = Photo.objects.claim(pk)
    if photo is None:
        return False
    try:
        return make(photo)
    except (store.StorageAway, OSError) as error:
        # The lease is kept: it is tried again when that runs out.
        log.warning("thumbnails of photo %s not made: %s", pk, type(error).__name__)
        return False


def make(photo):
    """Store the sizes of a photo and mark it; its file is a JPEG of ours, so this is safe work."""
    from PIL import Image  # not before: web processes that sweep nothing need no decoder

    whole = store.opened(photo.name)
    if whole is None:
        photo.failed()
        return False
    with whole, Image.open(whole, formats=["JPEG"]) as image:
        for size in sorted(store.SIZES, reverse=True):
            image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
            small = io.BytesIO()
            image.save(small, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            store.save(photo.name, small, size)
    return photo.ready()


def sweep():
    """Make what is due, the oldest first; how many were made."""
    due = Photo.objects.due().values_list("pk", flat=True)
    return sum(attempt(pk) for pk in list(due[:SWEEP_AT_MOST]))
