"""Where photos lie: Django's storage "photos", a local folder or an S3-compatible service.

A photo's name is random; its files are `ab/<name>.jpg` and, once a worker has made them,
`ab/<name>.320.jpg` and `ab/<name>.1280.jpg`. No address of the storage ever reaches a browser.
"""

import logging
import secrets
from datetime import timedelta

from django.core.files import File
from django.core.files.storage import storages
from django.utils import timezone

log = logging.getLogger(__name__)

SIZES = [320, 1280]  # longest side in pixels of the small ones
ORPHANED_AFTER = timedelta(hours=24)


class StorageAway(Exception):
    """The storage does not answer, is full, or says no."""


def new_name():
    """A name that nobody can guess."""
    return secrets.token_hex(16)


def path(name, size=None):
    """Where a photo lies in the storage; size: one of SIZES, or None for the whole."""
    return f"{name[:2]}/{name}.{size}.jpg" if size else f"{name[:2]}/{name}.jpg"


def save(name, file, size=None):
    """Store a file. Raises StorageAway."""
    try:
        file.seek(0)
        storages["photos"].save(path(name, size), File(file))
    except Exception as error:  # Each backend has errors of its own, and none may cost a citizen the text.
        log.error("photo not stored: %s", type(error).__name__)
        raise StorageAway from error


def opened(name, size=None):
    """A stored file, open for reading; None when there is none. Raises StorageAway."""
    try:
        file = storages["photos"].open(path(name, size))
        file.seek(0)  # S3 fetches it only now
        return file
    except FileNotFoundError:
        return None
    except Exception as error:
        log.error("photo not read: %s", type(error).__name__)
        raise StorageAway from error


def delete(names):
    """Delete all files of these photos, as far as the storage answers; `delete_orphans` takes the rest."""
    for name in names:
        for size in [None, *SIZES]:
            try:
                storages["photos"].delete(path(name, size))
            except Exception as error:
                log.error("photo not deleted: %s", type(error).__name__)
                return


def delete_orphans(is_known):
    """Delete files that no row knows and that are a day old; how many.

    is_known: which of a set of names have a row, as a set.
    """
    storage, count = storages["photos"], 0
    before = timezone.now() - ORPHANED_AFTER
    for folder in folders(storage):
        files = {file: file.split(".")[0] for file in storage.listdir(folder)[1]}
        known = is_known(set(files.values()))
        for file, name in files.items():
            if name not in known and storage.get_modified_time(f"{folder}/{file}") < before:
                storage.delete(f"{folder}/{file}")
                count += 1
    return count


def folders(storage):
    """The folders that there are; none before the first photo."""
    try:
        return storage.listdir("")[0]
    except FileNotFoundError:
        return []
