"""The themes, departments and texts that the portal starts with; from then on the rows are the editors'."""

import csv
import tomllib
from collections import defaultdict
from pathlib import Path

from django.db import transaction

from reports.models import Department, NoticeText, Theme, ThemeGroup

DATA = Path(__file__).parent / "data"
COMMONEST = ["hull-i-vei", "soppel-ikke-hentet", "broyting", "stroing", "gatelys"]
NAMES = ["name_nb", "name_nn", "name_en"]


@transaction.atomic
def load():
    """Add the departments, groups, themes and texts that are missing; change none that has words.

    Returns how many themes came.
    """
    load_notice_texts()
    for model, file in [(Department, "departments.tsv"), (ThemeGroup, "theme_groups.tsv")]:
        rows = [model(slug=row["slug"], order=n, **names(row)) for n, row in enumerate(read(file), 1)]
        model.objects.bulk_create(rows, ignore_conflicts=True)
    departments = {department.slug: department for department in Department.objects.all()}
    groups = {group.name_nb: group for group in ThemeGroup.objects.all()}
    days = {row["slug"]: row["deadline_days"] for row in read("deadlines.tsv")}
    known = set(Theme.objects.values_list("slug", flat=True))
    added = [
        Theme(
            slug=row["slug"],
            group=groups[row["group"]],
            department=departments[row["department"]],
            location=row["location"],
            is_urgent=row["urgent"] == "yes",
            is_common=row["slug"] in COMMONEST,
            order=n,
            deadline_days=days.get(row["slug"]),
            **names(row),
        )
        for n, row in enumerate(read("themes.tsv"), 1)
        if row["slug"] not in known
    ]
    Theme.objects.bulk_create(added, ignore_conflicts=True)
    give_words()
    return len(added)


def give_words():
    """Give each theme that has no words yet those that citizens use, and its season."""
    words = defaultdict(list)
    for row in read("theme_words.tsv"):
        words[row["slug"]] += row["words"].split(", ")
    seasons = {row["slug"]: row["season"] for row in read("themes.tsv")}
    bare = list(Theme.objects.filter(words="", slug__in=words).defer(None))
    for theme in bare:
        theme.words = "\n".join(dict.fromkeys(words[theme.slug]))
        theme.season = theme.season or seasons[theme.slug]
    Theme.objects.bulk_update(bare, ["words", "season"])


def load_notice_texts():
    """Add the texts to citizens that are missing."""
    texts = tomllib.loads((DATA / "notice_texts.toml").read_text(encoding="utf-8"))
    rows = [
        NoticeText(slug=slug, **{name: words.strip() for name, words in text.items()})
        for slug, text in texts.items()
    ]
    NoticeText.objects.bulk_create(rows, ignore_conflicts=True)


def read(file):
    """The rows of a tab-separated file of ours, as dicts."""
    return csv.DictReader((DATA / file).open(encoding="utf-8", newline=""), delimiter="\t")


def names(row):
    """The three names of a row."""
    return {name: row[name] for name in NAMES}
