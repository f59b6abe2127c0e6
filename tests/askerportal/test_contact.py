"""Ways to reach a person."""

import pytest

from askerportal.shared.contact import read_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("68050001", "+4768050001"),
        ("68 05 00 01", "+4768050001"),
        ("+47 680 50 001", "+4768050001"),
        ("004768050001", "+4768050001"),
        ("+46 8 123 456 78", "+46812345678"),
    ],
)
def test_phone_number_is_read_as_people_write_it(written, number):
    assert read_phone(written) == number


@pytest.mark.parametrize("written", ["", "12", "110", "116117", "ring meg", "680500011234"])
def test_what_cannot_be_called_is_refused(written):
    with pytest.raises(ValueError, match=f"^{written}$"):
        read_phone(written)
