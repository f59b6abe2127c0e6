"""What editors keep of reports: themes, their groups, and departments with their members."""

from django.contrib import admin

from reports.models import Department, Theme, ThemeGroup


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_nb", "name_nn", "name_en", "order"]
    filter_horizontal = ["members"]


@admin.register(ThemeGroup)
class ThemeGroupAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_nb", "name_nn", "name_en", "order"]


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_nb", "group", "department", "is_urgent", "is_common", "is_active"]
    list_filter = ["group", "department", "is_urgent", "is_active"]
    list_select_related = ["group", "department"]
    search_fields = ["slug", "name_nb", "name_nn", "name_en", "words"]
