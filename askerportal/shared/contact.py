"""Ways to reach a person."""

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def read_phone(text):
    """The number in E.164 ("+4768050001") from what a person wrote; Norwegian unless it says otherwise.

    Raises ValueError when it cannot be called: too short, too long, or an emergency number.
    """
    try:
        number = phonenumbers.parse(text, "NO")
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(forms.CharField):
    """A telephone number as a person writes it, kept as E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **kwargs):
        super().__init__(max_length=30, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        try:
            return read_phone(text)
        except ValueError:
            raise ValidationError(
                _("Skriv et telefonnummer med 8 sifre, eller med landkode, for eksempel +46 …"), code="phone"
            ) from None
