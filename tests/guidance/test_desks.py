"""The seven innbyggertorg."""

from guidance.models import Desk


def test_seven_desks_are_listed_and_what_is_not_known_is_marked_as_sample(citizen):
    citizen.open("/").click("Innbyggertorg")

    assert Desk.objects.count() == 7
    for desk in Desk.objects.all():
        assert desk.name in citizen.text
    assert "Eksempelinnhold" in citizen.text
    assert "Søndre Borgen 11" in citizen.text
