"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from askerportal.accounts.forms import SignInForm

app_name = "accounts"
urlpatterns = [
    path(
        "logg-inn/",
        LoginView.as_view(
            template_name="accounts/sign_in.html", form_class=SignInForm, redirect_authenticated_user=True
        ),
        name="sign_in",
    ),
    path("logg-ut/", LogoutView.as_view(), name="sign_out"),
]
