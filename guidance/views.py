"""Pages that help: how to report a fault, and where the innbyggertorg are."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from guidance.models import Desk


@require_safe
def guides(request):
    """How to report a fault and follow it."""
    return render(request, "guidance/guides.html")


@require_safe
def desks(request):
    """The seven innbyggertorg."""
    return render(request, "guidance/desks.html", {"desks": Desk.objects.all()})
