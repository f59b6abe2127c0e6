"""What editors keep of guidance."""

from django.contrib import admin

from guidance.models import Desk


@admin.register(Desk)
class DeskAdmin(admin.ModelAdmin):
    list_display = ["name_nb", "address", "opening_nb", "basis", "order"]
