"""What those who watch the portal see."""

from django.db import connection

from tests.factories import submit


def test_all_is_well(citizen):
    answer = citizen.client.get("/helse/")

    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert answer.json()["broker"] is True


def test_it_is_red_when_a_delivery_has_waited_for_five_minutes(citizen):
    submit()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_delivery SET due_at = now() - interval '6 minutes'")

    answer = citizen.client.get("/helse/")

    assert answer.status_code == 503
    assert answer.json()["oldest_due_delivery_seconds"] >= 360


def test_a_broker_that_is_away_is_told_but_stops_nothing(citizen, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = citizen.client.get("/helse/")

    assert (answer.status_code, answer.json()["broker"]) == (200, False)
