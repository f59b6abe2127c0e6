"""Which department owns a report, and by which rule. Decides, writes nothing."""

from typing import NamedTuple

from reports.models import Department


class Route(NamedTuple):
    """Where a report goes, and the rule that says so ("theme hull-i-vei")."""

    department: Department
    rule: str


def route(theme):
    """The department that owns reports of this theme (with its department fetched)."""
    return Route(theme.department, f"theme {theme.slug}")
