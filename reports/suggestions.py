"""Which themes a text in a citizen's own words may be about. Decides, writes nothing."""

from typing import NamedTuple

from django.db import connection

from askerportal.shared.likeness import Index
from reports.models import Theme

FAR_BEHIND = 0.15  # a theme with less than this part of the best one's score is no help to see

# The rows' versions, as PostgreSQL counts them: another string after any change, whoever made it.
VERSION = f"SELECT string_agg(xmin || ' ' || ctid, ',' ORDER BY id) FROM {Theme._meta.db_table}"  # noqa: S608


class Suggestion(NamedTuple):
    """A theme, and how much speaks for it (above 0; comparable within one text only)."""

    theme: Theme
    score: float


def likely_themes(text, limit=3):
    """The themes that a text is likeliest about, best first; none for an empty or unknown text."""
    if not text.strip():
        return []
    scores = index().scores(text)[:limit]
    likely = {slug: score for slug, score in scores if score >= FAR_BEHIND * scores[0][1]}
    themes = Theme.objects.filter(slug__in=likely)
    return sorted((Suggestion(theme, likely[theme.slug]) for theme in themes), key=lambda found: -found.score)


def index():
    """The index of the themes' words, made anew when a theme has changed; one in each process."""
    global _kept
    version = words_version()
    if _kept[0] != version:
        rows = Theme.objects.filter(is_active=True).order_by("slug")
        said = rows.values_list("slug", "words", "name_nb", "name_nn", "name_en")
        _kept = version, Index({slug: [*words.splitlines(), *names] for slug, words, *names in said})
    return _kept[1]


def words_version():
    """Changes whenever a theme does."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        return cursor.fetchone()[0]


_kept = None, Index({})  # the version and its index, replaced as one
