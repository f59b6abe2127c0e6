"""The portal's addresses, and one view that does nothing: the ceiling for any view."""

from django.http import HttpResponse
from django.urls import path

from askerportal.urls import *  # noqa: F403 the error handlers too
from askerportal.urls import urlpatterns as portal


def empty(request):
    return HttpResponse()


urlpatterns = [path("tom/", empty), *portal]
