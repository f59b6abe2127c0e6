"""The front page, Min side until sign-in is there, and the way into the admin."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
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


@require_safe
def admin_sign_in(request):
    """The admin has no sign-in of its own; who is signed in and comes here may not use it."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))
