"""The bare INSERTs of one report, with the portal's durability: what no portal on this database can beat."""

import hashlib
import secrets
import threading
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import psycopg

REPORT = """
    INSERT INTO reports_report (uid, token_hash, idempotency_hash, received_at, theme_id, department_id,
        routed_by, state, version, address, description, name, email, phone, no_contact, language)
    SELECT %s, %s, %s, now(), id, department_id, 'theme ' || slug, 'received', 1,
        'Kirkeveien 230, 1383 Asker', %s, 'Kari Nordmann', 'kari@example.com', '', false, 'nb'
    FROM reports_theme WHERE slug = 'hull-i-vei'
    RETURNING id
"""
CHANGE = """
    INSERT INTO reports_statuschange (at, report_id, before, after, reason, public_text)
    VALUES (now(), %s, '', 'received', '', '')
"""
DELIVERIES = """
    INSERT INTO reports_delivery (uid, report_id, kind, occasion, target, template, text, state, attempts,
        lost, error, created_at, due_at)
    VALUES (%s, %s, 'route', 'received', 'vei-og-trafikk', '', '', 'waiting', 0, 0, '', now(), now()),
        (%s, %s, 'email', 'received', 'kari@example.com', 'received', '', 'waiting', 0, 0, '', now(), now())
"""


def insert_reports(conninfo, count, concurrency):
    """Insert so many reports over so many connections; (seconds of each, seconds of all)."""
    if concurrency == 1:
        return _spread(conninfo, count, 1)
    # Two processes, as the web server has: in one, Python's lock would be the ceiling.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_ready, range(2)))
        halves = [pool.submit(_spread, conninfo, count // 2, concurrency // 2) for _ in range(2)]
        found = [half.result() for half in halves]
    return [second for seconds, _ in found for second in seconds], max(whole for _, whole in found)


def clear(conninfo):
    """Remove what was inserted, which no worker was told of."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("DELETE FROM reports_delivery WHERE state = 'waiting'")
        connection.execute("UPDATE reports_report SET routed_at = received_at WHERE routed_at IS NULL")


def _ready(_):
    time.sleep(0.3)  # long enough for the other process to take its share of these


def _spread(conninfo, count, connections):
    opened = [psycopg.connect(conninfo) for _ in range(connections)]
    seconds = []
    for connection in opened:
        _insert(connection, [], 8)  # statements are prepared from the sixth time on
    threads = [threading.Thread(target=_insert, args=(c, seconds, count // connections)) for c in opened]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - started
    for connection in opened:
        connection.close()
    return seconds, whole


def _insert(connection, seconds, count):
    for _ in range(count):
        started = time.perf_counter()
        uid = uuid.uuid4()
        hashes = [hashlib.sha256(secrets.token_bytes(16)).hexdigest() for _ in range(2)]
        with connection.transaction():
            found = connection.execute(
                REPORT, [uid, *hashes, "Det er et stort hull i veien ved avkjørselen. " * 3]
            )
            report = found.fetchone()[0]
            connection.execute(CHANGE, [report])
            connection.execute(DELIVERIES, [uuid.uuid4(), report, uuid.uuid4(), report])
        seconds.append(time.perf_counter() - started)
