"""One form per step of the citizen's form. They clean and check; they never save.

SubmitForm is all the steps in one, so that what is sent at the end is checked
by the same rules as each step was.
"""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from askerportal.shared import places
from askerportal.shared.contact import PhoneField
from reports.models import Theme
from reports.models.report import languages, ways_of_news
from reports.photos.field import PhotosField

AS_WRITTEN = "as_written"


class PlainForm(forms.Form):
    """A form that the page puts its own form tag and button around.

    ids tells apart the fields of several forms on one page.
    """

    ids = "id_%s"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=self.ids, **kwargs)

    @property
    def helper(self):
        """crispy's settings, with ids and names as Django gives them."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class TextField(forms.CharField):
    """Text over several lines, in which a line break counts as one character, as browsers count it."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class ThemeField(forms.ModelChoiceField):
    """A theme by its slug; shown under its groups' headings, the season's first."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs):
        super().__init__(Theme.objects.none(), to_field_name="slug", empty_label=None, **kwargs)

    def grouped(self):
        """Every theme under its group, when the widget asks for them."""
        return [
            (group.name, [(theme.slug, theme.name) for theme in themes])
            for group, themes in Theme.objects.grouped(timezone.localdate()).items()
        ]


class StepForm(PlainForm):
    """A step of the citizen's form. The key finds the draft again where its cookie is lost."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False)
    not_kept = ["idempotency_key"]

    def __init__(self, *args, theme=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.theme = theme

    def kept(self):
        """The accepted fields by name, as the draft keeps them."""
        fields = {name: value for name, value in self.cleaned_data.items() if name not in self.not_kept}
        return {name: value.slug if isinstance(value, Theme) else value for name, value in fields.items()}

    def allow_missing(self):
        """What is missing may come later; what is written and wrong is still told."""
        for name in list(self.errors):
            if name != "photos" and not self[name].data:
                del self.errors[name]


class ThemeForm(StepForm):
    """The theme, which is all that is sent of the first step."""

    theme = ThemeField(
        label=_("Velg det som passer best"), error_messages={"required": _("Velg hva meldingen handler om.")}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.offered().select_related("department")
        self.fields["theme"].widget.choices = CallableChoiceIterator(self.fields["theme"].grouped)


class WhatForm(ThemeForm):
    """What it is about: a theme, and the words that it may have been found by."""

    q = forms.CharField(
        label=_("Hva vil du melde fra om?"),
        help_text=_("Skriv med egne ord, for eksempel «det er speilblankt i bakken»."),
        max_length=500,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "enterkeyhint": "search",
                "hx-get": "/meld/forslag/",
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#theme-suggestions",
                "hx-include": "[name=theme]",
                "hx-sync": "this:replace",
            }
        ),
    )
    field_order = ["idempotency_key", "q", "theme"]
    not_kept = [*StepForm.not_kept, "q"]

    @property
    def helper(self):
        helper = super().helper
        finder = HTML('{% include "reports/theme_finder.html" %}')
        helper.layout = Layout("idempotency_key", "q", finder, "theme")
        return helper

    def kept(self):
        """The theme; the words that found it begin the description, where there is none yet."""
        words = self.cleaned_data["q"]
        begun = words and not self.initial.get("description")
        return super().kept() | ({"description": words} if begun else {})


class WhereForm(StepForm):
    """Where it is: an address in words, a pin on the map, or both (degrees, WGS 84)."""

    address = forms.CharField(
        label=_("Adresse eller sted"),
        help_text=_("For eksempel «Kirkeveien 230», eller beskriv stedet med ord."),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "address-suggestions",
                "hx-get": "/meld/adresser/",
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#address-suggestions",
            }
        ),
    )
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    # The address that the position was taken from, while nobody has set a pin.
    pin_from = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    not_kept = [*StepForm.not_kept, "address_choice"]

    def clean(self):
        fields = super().clean()
        if "address" not in fields:
            return fields
        if not self._has_pin() or fields.get("pin_from", "") not in ("", fields["address"]):
            fields |= {"lat": None, "lon": None, "pin_from": ""}
        self._check_place(fields)
        if not self.errors and fields["address"] and not self._has_pin():
            fields |= self._known_place(fields["address"])
        return fields

    def _has_pin(self):
        return None not in (self.cleaned_data.get("lat"), self.cleaned_data.get("lon"))

    def _check_place(self, fields):
        if self._has_pin():
            if not places.is_in_municipality(fields["lat"], fields["lon"]):
                self._refuse(places.neighbour_at(fields["lat"], fields["lon"]))
        elif fields["address"]:
            elsewhere = places.elsewhere(fields["address"])
            if elsewhere:
                self._refuse(elsewhere)
        elif self.theme is None or self.theme.location == Theme.Location.REQUIRED:
            self.add_error("address", _("Skriv en adresse eller sett et punkt i kartet."))

    def _refuse(self, elsewhere):
        if elsewhere:
            text = _(
                "Dette stedet ligger utenfor Asker kommune, i %(place)s. Meld fra til kommunen der. "
                "Gjelder det en riks- eller fylkesvei, kan du ringe Statens vegvesen på 175."
            )
        else:
            text = _(
                "Dette stedet ligger utenfor Asker kommune. Meld fra til kommunen som stedet ligger i. "
                "Gjelder det en riks- eller fylkesvei, kan du ringe Statens vegvesen på 175."
            )
        self.add_error("address", text % {"place": elsewhere})

    def _known_place(self, text):
        """The address as the register writes it; else as written, once the likeliest have been offered."""
        found = places.find(text)
        likely = {str(address): address for address in found.likely}
        choice = self.data.get("address_choice")
        known = found.same or likely.get(choice)
        if known:
            return placed(known)
        if likely and choice != AS_WRITTEN:
            self._offer(likely, text)
        return {"address": text}

    def _offer(self, likely, text):
        self.fields["address_choice"] = forms.ChoiceField(
            label=_("Mente du en av disse?"),
            widget=forms.RadioSelect,
            choices=[(address, address) for address in likely]
            + [(AS_WRITTEN, _("Bruk «%(text)s» slik jeg skrev det") % {"text": text})],
        )
        self.data = self.data.copy()
        self.data["address_choice"] = AS_WRITTEN
        self.add_error(
            "address_choice",
            _("Vi fant ikke akkurat denne adressen. Velg en av disse, eller bruk det du skrev."),
        )


def placed(address):
    """The fields of a place that is an address; with a position where the address has one of its own."""
    fields = {"address": str(address)}
    if address.is_approximate:
        return fields
    return fields | {"lat": address.lat, "lon": address.lon, "pin_from": fields["address"]}


class PinForm(forms.Form):
    """Where a pin stands."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)


class DescribeForm(StepForm):
    """What is wrong, in the citizen's words and photos."""

    description = TextField(
        label=_("Beskriv hva som er galt"),
        help_text=_("Skriv det som gjør det lettere å finne og rette feilen. Ikke skriv fødselsnummer."),
        max_length=4000,
        error_messages={"required": _("Skriv noen ord om hva som er galt.")},
    )
    photos = PhotosField(
        label=_("Bilder"),
        help_text=_("Høyst 5 bilder på 12 MB hver. Tid og sted som ligger skjult i bildene, fjerner vi."),
    )
    not_kept = [*StepForm.not_kept, "photos"]


class ContactForm(StepForm):
    """How the municipality can reach the one who reports, or that it shall not."""

    name = forms.CharField(
        label=_("Navn"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-post"),
        help_text=_("Hit sender vi kvittering og svar."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Skriv en e-postadresse som navn@eksempel.no.")},
    )
    phone = PhoneField(
        label=_("Telefon"),
        help_text=_("Hit kan vi sende SMS, eller ringe hvis vi lurer på noe."),
        required=False,
    )
    news = forms.ChoiceField(
        label=_("Hvor vil du ha nyheter om saken?"),
        help_text=_("Velger du ikke, bruker vi e-posten, eller SMS hvis vi bare har telefonnummeret."),
        choices=ways_of_news,
        widget=forms.RadioSelect,
        required=False,
    )
    no_contact = forms.BooleanField(
        label=_("Jeg vil ikke bli kontaktet"),
        help_text=_("Da får du ikke kvittering eller svar, og vi kan ikke spørre om mer."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Språk i svaret"), choices=languages, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()

    def clean(self):
        contact = super().clean()
        contact["language"] = contact.get("language") or get_language()
        if contact.get("no_contact"):
            for field in ["name", "email", "phone", "news"]:
                contact[field] = ""
                self.errors.pop(field, None)
        elif not {"email", "phone"} & self.errors.keys() and not (
            contact.get("email") or contact.get("phone")
        ):
            self.add_error(
                "email", _("Skriv e-post eller telefon, eller kryss av for at du ikke vil bli kontaktet.")
            )
        else:
            self._check_news(contact)
        return contact

    def _check_news(self, contact):
        """Refuse a way of news for which we have no address."""
        wanted = contact.get("news")
        if wanted in ("email", "both") and not {"email"} & self.errors.keys() and not contact.get("email"):
            self.add_error("email", _("Skriv e-postadressen som vi skal sende nyheter til."))
        if wanted in ("sms", "both") and not {"phone"} & self.errors.keys() and not contact.get("phone"):
            self.add_error("phone", _("Skriv telefonnummeret som vi skal sende SMS til."))


class SubmitForm(ThemeForm, WhereForm, DescribeForm, ContactForm):
    """The whole report: every step's fields, hidden, under every step's rules. Photos wait in the draft."""

    photos = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = field.hidden_widget()

    def clean_theme(self):
        self.theme = self.cleaned_data["theme"]
        return self.theme

    def _known_place(self, text):
        return {"address": text}

    def report_fields(self):
        """The cleaned fields that services.submit takes."""
        left_out = [*self.not_kept, "pin_from"]
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}
