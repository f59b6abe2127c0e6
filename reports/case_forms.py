"""One form per action on a report that is sent, staff's and the reporter's; and the inbox's filter."""

import contextlib
import re

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from askerportal.shared import workdays
from askerportal.shared.contact import read_phone
from reports.forms import PlainForm, TextField
from reports.models import Department
from reports.states import NEEDS_PUBLIC_TEXT, ONLY_BY_REPORTER, State


class DayField(forms.DateField):
    """A day, as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class VersionForm(PlainForm):
    """An action on a report as it was shown: version tells whether somebody changed it in the meantime."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, initial={"version": report.version}, **kwargs)

    def show_conflict(self, version):
        """Tell that somebody else changed the report; sending again then goes by its new version."""
        self.data = self.data.copy()
        self.data["version"] = version
        self.add_error(
            self.conflict_at, _("En annen har endret saken imens. Se hva som er gjort, og velg på nytt.")
        )


class FindForm(PlainForm):
    """A report's number, and the contact that was given in it."""

    number = forms.CharField(
        label=_("Saksnummer"),
        help_text=_("For eksempel AK-2026-000123."),
        max_length=20,
        error_messages={"required": _("Skriv saksnummeret.")},
    )
    contact = forms.CharField(
        label=_("E-post eller telefon"),
        max_length=254,
        error_messages={"required": _("Skriv e-posten eller telefonnummeret du oppga.")},
    )

    def clean_number(self):
        return re.sub(r"[\s–-]+", "-", self.cleaned_data["number"].upper())

    def clean_contact(self):
        text = self.cleaned_data["contact"]
        with contextlib.suppress(ValueError):
            return read_phone(text)
        try:
            validate_email(text)
        except forms.ValidationError:
            raise forms.ValidationError(
                _("Skriv en e-postadresse som navn@eksempel.no, eller et telefonnummer med 8 sifre.")
            ) from None
        return text


class MoveForm(VersionForm):
    """A move that the citizen is told of, with their text apart from the internal reason."""

    public_text = TextField(
        label=_("Melding til innbyggeren"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = TextField(
        label=_("Intern begrunnelse"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StateForm(MoveForm):
    """Move a report on to another state."""

    conflict_at = "state"
    field_order = ["version", "state", "date"]
    state = forms.ChoiceField(label=_("Ny status"))
    date = DayField(label=_("Planlagt dato"), help_text=_("Bare når statusen er «Planlagt»."), required=False)

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, report=report, **kwargs)
        self.fields["public_text"].widget.attrs["rows"] = 3
        self.fields["state"].choices = [
            (state.value, state.label) for state in report.moves if state not in ONLY_BY_REPORTER
        ]

    def clean(self):
        fields = super().clean()
        if fields.get("state") in NEEDS_PUBLIC_TEXT and not fields.get("public_text"):
            self.add_error("public_text", _("Skriv til innbyggeren hva dette betyr, og hvorfor."))
        if fields.get("state") != State.PLANNED:
            fields["date"] = None
        return fields


class HandoverForm(MoveForm):
    """Send a report to another department."""

    ids = "handover_%s"
    conflict_at = "department"
    field_order = ["version", "department"]
    department = forms.ModelChoiceField(
        Department.objects.none(), to_field_name="slug", label=_("Avdeling"), empty_label=None
    )

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, report=report, **kwargs)
        self.fields["department"].queryset = Department.objects.exclude(pk=report.department_id)


class DeadlineForm(VersionForm):
    """Promise another date."""

    ids = "deadline_%s"
    conflict_at = "deadline"
    deadline = DayField(label=_("Ny frist"))
    reason = TextField(
        label=_("Begrunnelse til innbyggeren"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_deadline(self):
        day = self.cleaned_data["deadline"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Velg en dag som kommer."))
        if not workdays.is_workday(day):
            raise forms.ValidationError(_("Velg en arbeidsdag."))
        return day


class AnswerForm(PlainForm):
    """Write to the citizen."""

    ids = "answer_%s"
    text = TextField(
        label=_("Svar til innbyggeren"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class NoteForm(PlainForm):
    """Write for colleagues only."""

    ids = "note_%s"
    text = TextField(label=_("Internt notat"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class WriteForm(PlainForm):
    """The reporter tells more, or answers."""

    ids = "write_%s"
    text = TextField(
        label=_("Din melding til avdelingen"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class OptionalTextForm(PlainForm):
    """An act of the reporter's that needs no words."""

    text = TextField(
        label=_("Vil du si noe om det?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FixedForm(OptionalTextForm):
    """The reporter says that it is fixed."""

    ids = "fixed_%s"


class WithdrawForm(OptionalTextForm):
    """The reporter takes the report back."""

    ids = "withdraw_%s"


class ReopenForm(PlainForm):
    """The reporter says that it is not fixed."""

    ids = "reopen_%s"
    text = TextField(
        label=_("Hva er fortsatt galt?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RateForm(OptionalTextForm):
    """One question when the report is closed."""

    ids = "rate_%s"
    score = forms.TypedChoiceField(
        label=_("Hvor fornøyd er du?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (5, _("Svært fornøyd")),
            (4, _("Fornøyd")),
            (3, _("Både og")),
            (2, _("Misfornøyd")),
            (1, _("Svært misfornøyd")),
        ],
        error_messages={"required": _("Velg hvor fornøyd du er.")},
    )
    field_order = ["score", "text"]


class InboxFilter(forms.Form):
    """What an inbox shows: one state (or all that is open), one theme (or all)."""

    state = forms.ChoiceField(choices=State.choices, required=False)
    theme = forms.SlugField(required=False)

    def chosen(self, name):
        """What is chosen for a filter; "" for nothing, or for what cannot be understood."""
        return self.cleaned_data.get(name, "") if self.is_valid() or name in self.cleaned_data else ""
