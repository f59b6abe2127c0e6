"""Hands a stranger's image to a process of its own (reader.py), one at a time, and takes a clean one back."""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

READER = Path(__file__).parent / "reader.py"
SECONDS = 20  # from start to end, on a busy machine; the reader's own limit is CPU time
WAIT = 40  # seconds that an image may wait for its turn

LINE = 8  # images that may stand in line in one web process; the other threads serve everybody else

# A photo is decoded at up to 1 GB; a web process lets few at a time do that.
turn = threading.BoundedSemaphore(settings.PHOTO_READERS)
line = threading.BoundedSemaphore(LINE)


class Unreadable(Exception):
    """The image cannot be taken; reason: empty, kind, broken, pixels, busy or away."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class CleanPhoto(NamedTuple):
    """A JPEG of ours in a temporary file, and where it was taken (degrees, or None)."""

    file: BinaryIO
    width: int
    height: int
    lat: float | None
    lon: float | None

    @property
    def size(self):
        """Bytes."""
        return self.file.seek(0, 2)


def read(upload):
    """The clean JPEG of an uploaded file on disk. Raises Unreadable, and OSError for a full disk."""
    with taken(line, 0), taken(turn, WAIT), open(upload.temporary_file_path(), "rb") as source:
        return _read(source)


@contextlib.contextmanager
def taken(place, seconds):
    """Hold a place of a semaphore; raises Unreadable when none comes free within so many seconds."""
    if not place.acquire(timeout=seconds):
        raise Unreadable("busy")
    try:
        yield
    finally:
        place.release()


def _read(source):
    target = tempfile.TemporaryFile()  # noqa: SIM115 the photo lives as long as its owner
    try:
        # -I: no path and no variables of ours; the empty environment holds no secret.
        done = subprocess.run(
            [sys.executable, "-I", READER],
            stdin=source,
            stdout=target,
            stderr=subprocess.PIPE,
            env={"MALLOC_ARENA_MAX": "1"},
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
        facts = json.loads(done.stderr.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        facts = {
            "error": "broken"
        }  # It was ended, or ended itself: too slow, too large, or a decoder's fall.
    if "error" in facts:
        target.close()
        raise Unreadable(facts["error"])
    target.seek(0)
    return CleanPhoto(target, **facts)
