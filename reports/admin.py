"""What editors keep of reports: themes, their groups, departments with their members, texts to citizens."""

from django import forms
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reports.models import Department, NoticeText, Theme, ThemeGroup
from reports.models.notice_text import PLACEHOLDERS, in_braces


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_nb", "name_nn", "name_en", "order"]
    filter_horizontal = ["members"]


@admin.register(ThemeGroup)
class ThemeGroupAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_nb", "name_nn", "name_en", "order"]


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = [
        "slug",
        "name_nb",
        "group",
        "department",
        "deadline_days",
        "is_urgent",
        "is_common",
        "is_active",
    ]
    list_filter = ["group", "department", "is_urgent", "is_active"]
    list_select_related = ["group", "department"]
    search_fields = ["slug", "name_nb", "name_nn", "name_en", "words"]


TOLD = format_lazy(
    "{said} {names}",
    said=_("En linje der det ikke er noe å fylle ut, faller bort. Dette fylles ut for deg:"),
    names=in_braces(PLACEHOLDERS),
)


class NoticeTextForm(forms.ModelForm):
    """A text that comes back empty keeps what it was: no citizen gets an empty mail."""

    def clean(self):
        texts = super().clean()
        return texts | {name: self.initial[name] for name, text in texts.items() if not text.strip()}


@admin.register(NoticeText)
class NoticeTextAdmin(admin.ModelAdmin):
    form = NoticeTextForm
    list_display = ["__str__", "subject_nb"]
    fieldsets = [
        (
            language,
            {
                "fields": [f"{field}_{code}" for field in ["subject", "body", "sms"]],
                "description": TOLD,
            },
        )
        for code, language in [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("Engelsk"))]
    ]

    def has_add_permission(self, request):
        """Each occasion has its text from the start."""
        return False

    def has_delete_permission(self, request, obj=None):
        """An occasion without a text would send nothing."""
        return False
