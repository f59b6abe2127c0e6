"""The states of a report and the one table of moves between them."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a report stands, in words that a citizen understands."""

    RECEIVED = "received", _("Mottatt")
    IN_PROGRESS = "in_progress", _("Under arbeid")
    WAITING_FOR_REPORTER = "waiting_for_reporter", _("Venter på svar")
    PLANNED = "planned", _("Planlagt")
    DONE = "done", _("Utført")
    NOT_DONE = "not_done", _("Ikke utført")
    FORWARDED = "forwarded", _("Sendt videre")
    DUPLICATE = "duplicate", _("Meldt fra før")
    WITHDRAWN = "withdrawn", _("Trukket tilbake")


OPEN = [State.RECEIVED, State.IN_PROGRESS, State.WAITING_FOR_REPORTER, State.PLANNED]
CLOSED = [State.DONE, State.NOT_DONE, State.FORWARDED, State.DUPLICATE, State.WITHDRAWN]

# From each state, where a report may go. A closed report is opened again as "in progress".
MOVES = {
    State.RECEIVED: [State.IN_PROGRESS, State.WAITING_FOR_REPORTER, State.PLANNED, *CLOSED],
    State.IN_PROGRESS: [State.WAITING_FOR_REPORTER, State.PLANNED, *CLOSED],
    State.WAITING_FOR_REPORTER: [State.IN_PROGRESS, State.PLANNED, *CLOSED],
    State.PLANNED: [State.IN_PROGRESS, State.WAITING_FOR_REPORTER, *CLOSED],
    State.DONE: [State.IN_PROGRESS],
    State.NOT_DONE: [State.IN_PROGRESS],
    State.FORWARDED: [State.IN_PROGRESS],
    State.DUPLICATE: [State.IN_PROGRESS],
    State.WITHDRAWN: [State.IN_PROGRESS],
}

# Moves that staff may not make: only the reporter takes a report back.
ONLY_BY_REPORTER = [State.WITHDRAWN]


class Act(models.TextChoices):
    """What the reporter can do to a report that is sent; the values are also URL names."""

    WRITE = "write"
    FIXED = "fixed"
    REOPEN = "reopen"
    RATE = "rate"
    WITHDRAW = "withdraw"


# In which states the reporter may do what.
REPORTER_MAY = {
    Act.WRITE: OPEN,
    Act.FIXED: OPEN,
    Act.REOPEN: CLOSED,
    Act.RATE: [state for state in CLOSED if state != State.WITHDRAWN],
    Act.WITHDRAW: OPEN,
}
REOPEN_WITHIN = timedelta(days=14)  # after that, the reporter reports anew

# States in which the citizen is owed a reason in plain words.
NEEDS_PUBLIC_TEXT = [State.WAITING_FOR_REPORTER, State.NOT_DONE, State.FORWARDED, State.DUPLICATE]

TONES = {
    State.RECEIVED: "info",
    State.IN_PROGRESS: "info",
    State.WAITING_FOR_REPORTER: "warning",
    State.PLANNED: "info",
    State.DONE: "success",
    State.NOT_DONE: "neutral",
    State.FORWARDED: "neutral",
    State.DUPLICATE: "neutral",
    State.WITHDRAWN: "neutral",
}


def states():
    """Choices as a function, so that a new label is no migration."""
    return State.choices


class NotAllowed(Exception):
    """The table has no such move."""

    def __init__(self, before, after):
        super().__init__(f"{before} → {after}")


class Conflict(Exception):
    """Somebody else changed the report after the version that was shown."""
