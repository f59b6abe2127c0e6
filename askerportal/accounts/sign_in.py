"""Signing in, without losing what somebody wrote while their session ended."""

from functools import wraps

from django.contrib.auth.views import LoginView, redirect_to_login
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from askerportal.accounts.forms import SignInForm
from askerportal.shared.posted import typed

KEPT = "kept:"  # before the names of fields that wait for the sign-in
PATH = "kept_path"


def sign_in_first(view):
    """Guard a page for staff: whoever is not signed in signs in first, and then goes on.

    A form that comes after its session has ended is kept in the sign-in page
    and can be sent afterwards. Its token was right, or the request would not
    have come here, so it is the person's own.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        kept = [(PATH, request.path), *((KEPT + name, value) for name, value in typed(request))]
        context = {"form": SignInForm(request), "kept": kept, "next": ""}
        return render(request, "accounts/sign_in.html", context, status=401)

    return guarded


class SignIn(LoginView):
    """The sign-in page for staff."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        kept = [(name, value) for name, value in typed(self.request) if name.startswith((KEPT, PATH))]
        return super().get_context_data(kept=kept, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        path = self.request.POST.get(PATH, "")
        if not url_has_allowed_host_and_scheme(path, None):
            return response
        waiting = [(n.removeprefix(KEPT), value) for n, value in typed(self.request) if n.startswith(KEPT)]
        return render(self.request, "accounts/send_again.html", {"path": path, "typed": waiting})
