"""Signing in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from askerportal.accounts.sign_in import SignIn

app_name = "accounts"
urlpatterns = [
    path("logg-inn/", SignIn.as_view(), name="sign_in"),
    path("logg-ut/", LogoutView.as_view(), name="sign_out"),
]
