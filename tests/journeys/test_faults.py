"""Servers and workers stopped, frozen and killed for real: every report arrives, nobody is told twice."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from django.conf import settings
from django.db import connection

from reports.models import Delivery, Report
from tests.journeys.people import Script, hidden
from tests.portal import running, wait_until

WEB_PROCESSES = 2
SENDS = 6
HELD = 4_811  # our advisory lock: whoever marks a route as done waits for it
HOLD_THE_MARK = f"""
    CREATE FUNCTION hold_the_mark() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock({HELD});
        RETURN NEW;
    END $$;
    CREATE TRIGGER hold_the_mark BEFORE UPDATE ON reports_delivery
    FOR EACH ROW WHEN (NEW.state = 'sent' AND NEW.kind = 'route') EXECUTE FUNCTION hold_the_mark();
"""


@pytest.fixture(scope="module")
def frail_portal(django_db_setup, django_db_blocker, mail_server):
    """A portal for breaking, so that the one of the other journeys stays whole."""
    with django_db_blocker.unblock(), running("faults") as portal:
        yield portal


@pytest.fixture
def portal(frail_portal, transactional_db, mail_server):
    mail_server.clear()
    yield frail_portal
    mail_server.clear()
    if "worker" not in frail_portal.running:
        frail_portal.start("worker")
    with frail_portal.broker() as broker:
        broker.delete(
            "unacked", "unacked_index"
        )  # what killed workers held; it would come back in five minutes
    frail_portal.wait_until_idle()


@pytest.fixture
def broker(portal):
    """The broker's process, to be stopped or frozen; whole again afterwards, and trusted again by the web."""
    yield psutil.Process(portal.valkey.pid())
    with contextlib.suppress(psutil.Error):
        psutil.Process(portal.valkey.pid()).resume()
    portal.start()
    portal.stop("web")
    portal.start("web")
    wait_until(lambda: portal.answers("worker"), "the worker to find the broker again")


@pytest.fixture
def mark_is_held(portal):
    """The worker can do a route's work, but not mark it as done; call it to let go."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_THE_MARK)
        cursor.execute("SELECT pg_advisory_lock(%s)", [HELD])

    def let_go():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            cursor.execute("DROP FUNCTION IF EXISTS hold_the_mark CASCADE")

    yield let_go
    let_go()


@pytest.fixture
def told(record_property, request, capsys):
    """Say what was measured, in the report and on the screen."""

    def told(**measured):
        for name, value in measured.items():
            record_property(name, value)
        with capsys.disabled():
            print(
                f"\n{request.node.name}: {', '.join(f'{name} {value}' for name, value in measured.items())}"
            )

    return told


@pytest.mark.parametrize("sweep", ["command", "task"])
def test_broker_stopped_while_citizens_report(portal, broker, mail_server, told, sweep):
    reviews = [(script := Script(portal), script.fill(**to(i))) for i in range(SENDS)]
    portal.valkey.stop()

    seconds = [answered_within_2_seconds(*review) for review in reviews]
    assert not Report.objects.filter(routed_at__isnull=False).exists()
    portal.start()
    run_sweep(portal, sweep)

    each_arrived_once(mail_server)
    told(slowest_send=f"{max(seconds):.2f} s", others=f"{sorted(seconds)[SENDS // 2]:.3f} s")


def test_broker_frozen_while_citizens_report(portal, broker, mail_server, told):
    for _ in range(2 * WEB_PROCESSES):  # so that every web process has a connection to lose
        Script(portal).report(email="for@example.com")
    wait_until(lambda: not Delivery.objects.filter(state="waiting").exists(), "the first ones to arrive")
    reviews = [(script := Script(portal), script.fill(**to(i))) for i in range(SENDS)]
    broker.suspend()

    seconds = [answered_within_2_seconds(*review) for review in reviews]
    broker.resume()
    run_sweep(portal, "command")

    each_arrived_once(mail_server)
    told(sends=" ".join(f"{second:.2f}" for second in seconds) + " s")


def test_worker_killed_between_routing_and_its_mark(portal, mark_is_held, mail_server, told):
    Script(portal).report(**to(0))
    wait_until(held_at_the_mark, "the worker to stand at the mark")
    wait_until(lambda: Delivery.objects.filter(kind="email", state="sent").exists(), "the mail to be sent")

    portal.kill("worker")
    mark_is_held()
    assert not Report.objects.filter(routed_at__isnull=False).exists()
    started = time.perf_counter()
    portal.start("worker")
    leases_run_out()
    run_sweep(portal, "command")

    each_arrived_once(mail_server, count=1)
    assert Delivery.objects.filter(kind="route").values_list("attempts", "lost").get() == (2, 1)
    told(mails=1, attempts_at_routing=2, back_after=f"{time.perf_counter() - started:.1f} s")


def test_worker_killed_when_the_mail_server_has_taken_the_mail(portal, mail_server, told):
    script = Script(portal)
    review = script.fill(**to(0))
    mail_server.on_mail = lambda: portal.kill("worker")

    script.send(review)
    wait_until(lambda: "worker" not in portal.running, "the worker to be killed")
    mail_server.on_mail = None
    assert Delivery.objects.get(kind="email").state == "waiting"
    portal.start("worker")
    leases_run_out()
    run_sweep(portal, "command")

    mails = wait_until(
        lambda: mail_server.sent_to("innmelder0@example.com")[1:] and mail_server.messages, "both mails"
    )
    assert len(mails) == 2
    assert len({mail["Message-ID"] for mail in mails}) == 1
    wait_until(all_sent, "every delivery to be marked")
    assert Report.objects.filter(routed_at__isnull=False).count() == 1
    told(mails=2, message_ids=1)


def test_worker_child_killed_at_work(portal, mark_is_held, mail_server, told):
    Script(portal).report(**to(0))
    wait_until(held_at_the_mark, "a child to stand at the mark")
    wait_until(lambda: Delivery.objects.filter(kind="email", state="sent").exists(), "the mail to be sent")
    parent, *children = portal.family("worker")

    for child in children:
        child.kill()
    mark_is_held()
    started = time.perf_counter()
    wait_until(lambda: len(portal.family("worker")) == len(children) + 1, "new children")
    leases_run_out()
    run_sweep(portal, "command")

    each_arrived_once(mail_server, count=1)
    assert parent.is_running()
    Script(portal).report(**to(1))
    each_arrived_once(mail_server, count=2)
    told(mails=1, back_after=f"{time.perf_counter() - started:.1f} s")


def test_broker_loses_all_before_the_work(portal, mail_server, told):
    workers = portal.family("worker")
    for worker in workers:
        worker.suspend()
    for i in range(3):
        Script(portal).report(**to(i))
    with portal.broker() as broker:
        lost = sum(broker.llen(name) for name in broker.scan_iter(_type="list"))
        broker.flushall()
    for worker in workers:
        worker.resume()
    assert lost >= 5  # of six; the broker had one in its hand for the worker that waited

    run_sweep(portal, "command")
    each_arrived_once(mail_server, count=3)

    Script(portal).report(**to(3))
    each_arrived_once(mail_server, count=4)
    told(tasks_lost=lost)


def test_one_form_sent_ten_times_side_by_side(portal, mail_server, told):
    script = Script(portal)
    review = script.fill(**to(0))
    start = threading.Barrier(10)

    def send(_):
        with httpx.Client(cookies=script.http.cookies, timeout=30) as http:
            start.wait()
            return http.post(str(review.url), data=hidden(review))

    with ThreadPoolExecutor(10) as pool:
        started = time.perf_counter()
        answers = list(pool.map(send, range(10)))
        seconds = time.perf_counter() - started

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    each_arrived_once(mail_server, count=1)
    told(reports=1, all_answered_after=f"{seconds:.2f} s")


def to(i):
    """A report of a citizen of its own."""
    return {"address": "Kirkeveien 230", "email": f"innmelder{i}@example.com"}


def answered_within_2_seconds(script, review):
    receipt, seconds = script.send(review)
    assert receipt.url.path.endswith("/kvittering/")
    assert seconds < 2
    return seconds


def run_sweep(portal, way):
    """As cron does, by the command; or as beat does, by its task on its queue."""
    if way == "command":
        portal.manage("sweep")
        return
    entry = settings.CELERY_BEAT_SCHEDULE["sweep"]
    with portal.celery as client:
        client.send_task(entry["task"], **entry["options"])


def each_arrived_once(mail_server, count=SENDS):
    """Every report of ours is in its inbox, and its reporter has one mail."""
    wait_until(all_sent, "every delivery to be carried out")
    ours = Report.objects.filter(email__startswith="innmelder")
    assert ours.filter(routed_at__isnull=False).count() == ours.count() == count
    for report in ours:
        assert len(mail_server.sent_to(report.email)) == 1
        assert sorted(report.deliveries.values_list("kind", flat=True)) == ["email", "route"]


def all_sent():
    return not Delivery.objects.exclude(state="sent").exists()


def held_at_the_mark():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [HELD]
        )
        return cursor.fetchall()


def leases_run_out():
    """What a minute's wait does."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_delivery SET leased_until = now() WHERE leased_until IS NOT NULL")
