"""Which themes a text in a citizen's own words may be about. Decides, writes nothing."""

from typing import NamedTuple

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField, Value
from django.db.models.functions import MD5, Concat

from askerportal.shared.likeness import Index
from reports.models import Theme

SAID_BY = ["name_nb", "name_nn", "name_en", "words"]


class Suggestion(NamedTuple):
    """A theme, and how much speaks for it (above 0; comparable within one text only)."""

    theme: Theme
    score: float


def likely_themes(text, limit=3):
    """The themes that a text is likeliest about, best first; none for an empty or unknown text."""
    if not text.strip():
        return []
    likely = dict(index().scores(text)[:limit])
    themes = Theme.objects.filter(slug__in=likely)
    return sorted((Suggestion(theme, likely[theme.slug]) for theme in themes), key=lambda found: -found.score)


def index():
    """The themes' words, read anew when an editor has changed them; kept in each process."""
    global _kept
    version = words_version()
    if _kept[0] != version:
        rows = Theme.objects.filter(is_active=True).order_by("slug").values_list("slug", *SAID_BY)
        _kept = version, Index({slug: "\n".join(said).splitlines() for slug, *said in rows})
    return _kept[1]


def words_version():
    """Changes whenever what the index is made of does: one small answer from the database."""
    said = Concat(
        "slug", *[part for name in SAID_BY for part in (Value("\t"), name)], output_field=TextField()
    )
    all_said = StringAgg(said, "\n", order_by="slug", default=Value(""))
    return Theme.objects.filter(is_active=True).aggregate(version=MD5(all_said))["version"]


_kept = None, None  # the version and its index, replaced as one
