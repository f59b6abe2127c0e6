"""Every address of the app."""

from django.urls import path

from guidance import views

app_name = "guidance"
urlpatterns = [
    path("veiledning/", views.guides, name="guides"),
    path("innbyggertorg/", views.desks, name="desks"),
]
