"""A report is taken in once, whole, and its deliveries with it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from reports import services
from reports.models import Delivery, Report, StatusChange
from reports.states import State
from tests.factories import report_fields, submit


def test_report_gets_number_department_first_status_and_deliveries(db):
    report = submit(theme="hull-i-vei")

    assert report.number.startswith("AK-20")
    assert (report.department.slug, report.routed_by) == ("vei-og-trafikk", "theme hull-i-vei")
    assert [(change.before, change.after) for change in report.changes.all()] == [("", State.RECEIVED)]
    assert set(report.deliveries.values_list("kind", "target")) == {
        ("route", "vei-og-trafikk"),
        ("email", "kari@example.com"),
    }


def test_report_without_email_promises_an_sms(db):
    report = submit(email="", phone="+4768050001")

    assert list(report.deliveries.values_list("kind", flat=True)) == ["route", "sms"]


def test_same_form_sent_again_gives_the_same_report(db):
    first = submit(key="the-same-key-twice")

    second = submit(key="the-same-key-twice", description="Noe annet")

    assert second == first
    assert Delivery.objects.count() == 2


def test_numbers_follow_one_another_and_are_never_given_twice(db):
    numbers = [submit().number for _ in range(3)]

    assert numbers == sorted(set(numbers))
    assert all(len(number) == len("AK-2026-000001") for number in numbers)


def test_number_grows_past_six_digits(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('report_number', 999999)")

    assert submit().number.endswith("-1000000")


@pytest.mark.django_db(transaction=True)
def test_ten_sends_side_by_side_give_one_report():
    fields = report_fields()

    def send(_):
        try:
            return services.submit(dict(fields), idempotency_key="ten-at-once-key-0001").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        reports = set(threads.map(send, range(10)))

    assert len(reports) == 1
    assert (Report.objects.count(), StatusChange.objects.count(), Delivery.objects.count()) == (1, 1, 2)


def test_tracking_link_is_not_in_the_database(db):
    report = submit()

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM reports_report r")
        assert report.token not in cursor.fetchone()[0]
    assert Report.objects.with_token(report.token).get() == report


@pytest.mark.parametrize(
    "wrong",
    [{"lat": 59.8}, {"lat": 591.0, "lon": 10.4}, {"email": "", "phone": ""}],
    ids=["half a position", "no such latitude", "no way to answer"],
)
def test_the_database_itself_refuses(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        submit(**wrong)

    assert not Report.objects.exists()
