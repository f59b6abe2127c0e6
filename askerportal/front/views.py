"""The front page, and Min side until sign-in is there."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.models import Theme


@require_safe
def front(request):
    """The front page: reporting a fault first, the commonest faults one tap away."""
    return render(request, "front/front.html", {"common_themes": Theme.objects.commonest()})


@require_safe
def my_page(request):
    """What Min side will be, and what helps until then."""
    return render(request, "front/my_page.html")
