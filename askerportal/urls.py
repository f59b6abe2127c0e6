"""Every address of the portal: the roof's own, then each app's."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from askerportal.front import health, views
from reports.views.inbox import departments

urlpatterns = [
    path("", views.front, name="front"),
    path("min-side/", views.my_page, name="my_page"),
    path("sprak/", set_language, name="set_language"),
    path("helse/", health.health, name="health"),
    path("avdeling/", departments, name="staff_home"),
    path("", include("reports.urls")),
    path("", include("guidance.urls")),
    path("", include("askerportal.accounts.urls")),
    path("admin/login/", views.admin_sign_in),
    path("admin/", admin.site.urls),
]
if settings.DEBUG and settings.LOCAL_MAILBOX:
    urlpatterns.append(path("lokal-epost/", include("askerportal.front.local_mail")))

handler400 = "askerportal.front.errors.bad_request"
handler403 = "askerportal.front.errors.forbidden"
handler404 = "askerportal.front.errors.not_found"
handler500 = "askerportal.front.errors.server_error"
