"""Make what is served and read but not written by hand: static files and compiled translations."""

import hashlib
import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

# What packages carry and no page asks for: other alphabets, slants and sizes, and source code.
UNUSED = [
    "inter-cyrillic-*",
    "inter-greek-*",
    "inter-vietnamese-*",
    "inter-*-opsz-*",
    "inter-*-standard-*",
    "inter-*-italic.woff2",
    "*-src.*",
    "*.tailwind.css",
    "*.md",
]


class Command(BaseCommand):
    help = "Collects static files and compiles translations, when their sources have changed."
    requires_system_checks = []

    def handle(self, **options):
        compile_translations()
        collect_static()


def compile_translations():
    """Compile each .po that is newer than its .mo; needs no GNU gettext."""
    for source in sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalog = read_po(file)
        half_made = target.with_suffix(f".{os.getpid()}")
        with half_made.open("wb") as file:
            write_mo(file, catalog)
        half_made.replace(target)


def collect_static():
    """Collect, name by content and compress the static files, unless nothing has changed."""
    root = Path(settings.STATIC_ROOT)
    made_from = root.with_name(f"{root.name}-made-from")
    now = fingerprint()
    if made_from.exists() and made_from.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    made_from.write_text(now)


def fingerprint():
    """A digest of every source's place, size and time, in our folders and in packages."""
    digest = hashlib.sha256(repr(settings.STORAGES).encode())
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            found = os.stat(storage.path(path))
            digest.update(f"{storage.path(path)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
