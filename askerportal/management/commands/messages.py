"""Bring the catalogues in locale/ in line with what code and templates say; needs no GNU gettext."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# All that a catalogue must say of itself; dates would change with every run.
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


class Command(BaseCommand):
    help = "Add new messages to locale/, drop those that are gone, and tell how many lack a translation."
    requires_system_checks = []

    def handle(self, **options):
        found = messages()
        for language in languages():
            catalog = refreshed(language, found)
            write(catalog, language)
            lacking = sum(not is_translated(message) for message in catalog if message.id)
            self.stdout.write(f"{language}: {len(catalog)} messages, {lacking} to translate")


def languages():
    """The languages that need a catalogue: all but the one that the messages are written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language):
    """The file that a person edits."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def sources():
    """Every file of ours that may hold messages: our apps' code and the templates."""
    ours = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    code = [path for folder in ours for path in (settings.BASE_DIR / folder).rglob("*.py")]
    return sorted(path for path in [*code, *templates()] if "migrations" not in path.parts)


def templates():
    """Every template, of pages and mails."""
    return sorted(path for folder in settings.TEMPLATES[0]["DIRS"] for path in Path(folder).rglob("*.*"))


def messages():
    """A catalogue of every message in our sources, each with the files that hold it."""
    catalog = Catalog()
    for path in sources():
        for message, comments, context in messages_in(path):
            place = str(path.relative_to(settings.BASE_DIR)), None
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def messages_in(path):
    """(message, translators' comments, context) for each place in a file where something is translated."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django writes a template as calls of gettext among words without meaning, indented at random.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    found = extract("python", BytesIO(text.encode()), KEYWORDS, ["Translators"])
    return [(message, comments, context) for _line, message, comments, context in found]


def refreshed(language, found):
    """The language's catalogue with the messages that were found; it keeps the translations that it had."""
    catalog = read(language)
    catalog.update(found, no_fuzzy_matching=True)
    return catalog


def read(language):
    """The language's catalogue as it stands in its file; an empty one when there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalog, language):
    """Write a catalogue so that it changes only where its messages do."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.format(language=language).encode())
        write_po(file, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)


def is_translated(message):
    """True when every form of the message has a translation that somebody has looked at."""
    forms = message.string if message.pluralizable else [message.string]
    return all(forms) and not message.fuzzy
