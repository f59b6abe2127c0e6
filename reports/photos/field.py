"""The form's field for photos: takes the good ones, and says of each other what is wrong with it."""

from django import forms
from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from reports.photos.reading import Unreadable, read

MOST = 5

WRONG = {
    "empty": _("«%(name)s» er tom. Velg bildet på nytt."),
    "kind": _("«%(name)s» er ikke et bilde vi kan ta imot. Bruk JPEG, PNG, WebP eller HEIC."),
    "broken": _("«%(name)s» er ødelagt eller ufullstendig. Prøv å ta eller velge bildet på nytt."),
    "large": _("«%(name)s» er for stort. Et bilde kan være på høyst 12 MB."),
    "pixels": _("«%(name)s» har for mange bildepunkter. Et bilde kan ha høyst 110 megapiksler."),
    "many": _("«%(name)s» ble ikke med. Du kan legge ved høyst 5 bilder."),
    "busy": _("«%(name)s» ble ikke med, for mange sender bilder akkurat nå. Prøv igjen om litt."),
    "away": _(
        "«%(name)s» ble ikke med, for vi kan ikke ta imot bilder akkurat nå. Du kan sende meldingen uten."
    ),
}


def problem(reason, upload):
    """A sentence about one file; the name is only for people to recognise it."""
    return forms.ValidationError(
        WRONG[reason], code=reason, params={"name": Truncator(upload.name).chars(40)}
    )


class PhotosInput(forms.ClearableFileInput):
    """Several files at once; phones offer the camera too. HEIC stays unnamed: phones then send JPEG."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self):
        super().__init__(attrs={"accept": "image/*"})


class PhotosField(forms.FileField):
    """Up to MOST photos, together with those kept before.

    `good` holds (uploaded file, CleanPhoto) of what was right, also when cleaning raised: one bad
    file costs no other.
    """

    widget = PhotosInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.kept_before = 0
        self.good = []

    def __deepcopy__(self, memo):
        copy = super().__deepcopy__(memo)
        copy.good = []
        return copy

    def clean(self, data, initial=None):
        self.good, problems = [], []
        for upload in [data] if data and not isinstance(data, list) else data or []:
            try:
                self.good.append((upload, self._take(upload)))
            except forms.ValidationError as error:
                problems.append(error)
        if problems:
            raise forms.ValidationError(problems)
        return self.good

    def _take(self, upload):
        if upload.size > settings.UPLOAD_LARGEST:
            raise problem("large", upload)
        if getattr(upload, "is_skipped", False) or self.kept_before + len(self.good) >= MOST:
            raise problem("many", upload)
        if getattr(upload, "is_unwritten", False):
            raise problem("away", upload)
        try:
            return read(upload)
        except Unreadable as error:
            raise problem(error.reason, upload) from error
        except OSError as error:
            raise problem("away", upload) from error
