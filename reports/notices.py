"""Whom we tell what when something has happened. Decides, writes nothing."""

from typing import NamedTuple

from reports.models import Delivery


class Notice(NamedTuple):
    """One thing to be delivered: fields of the Delivery that will promise it."""

    kind: str
    occasion: str
    target: str
    template: str = ""
    text: str = ""


def received(report):
    """A new report: its department gets it, its reporter a receipt."""
    return [
        Notice(Delivery.Kind.ROUTE, "received", report.department.slug),
        *_to_reporter(report, "received"),
    ]


def moved(report, change):
    """The state changed: the reporter is told, with the department's words if there are any."""
    return _to_reporter(report, f"change-{change.pk}", "moved", change.public_text)


def answered(report, message):
    """The department wrote to the reporter."""
    return _to_reporter(report, f"message-{message.pk}", "answered", message.text)


def _to_reporter(report, occasion, template="", text=""):
    if not report.email or report.no_contact:
        return []
    return [Notice(Delivery.Kind.EMAIL, occasion, report.email, template or occasion, text)]
