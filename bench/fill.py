"""Synthetic reports by the hundred thousand, written as the portal itself would have left them."""

# Three years of reports, the newest last. At most 5000 are open, most of them new; the rest
# are closed. vei-og-trafikk owns two fifths, the other departments share what is left.
REPORTS = """
    WITH theme AS (
        SELECT t.id, t.slug, t.department_id, d.slug = 'vei-og-trafikk' AS is_road,
               row_number() OVER w AS nth, count(*) OVER (PARTITION BY d.slug = 'vei-og-trafikk') AS themes
        FROM reports_theme t JOIN reports_department d ON d.id = t.department_id
        WINDOW w AS (PARTITION BY d.slug = 'vei-og-trafikk' ORDER BY t.id)
    ), drawn AS (
        SELECT n, gen_random_uuid() AS uid, random() < 0.4 AS is_road, random() AS which, random() AS fate,
               random() AS contact, random() AS pin,
               59.83 + random() / 50 AS lat, 10.42 + random() / 50 AS lon,
               now() - interval '3 years' * (1 - (n - random()) / %(reports)s::float) AS received_at,
               n > %(reports)s - 1.5 * %(open)s AND random() < 0.66 AS is_open
        FROM generate_series(1, %(reports)s) AS n
    )
    INSERT INTO reports_report (uid, token_hash, idempotency_hash, received_at, theme_id, department_id,
        routed_by, routed_at, state, version, address, lat, lon, description, name, email, phone,
        no_contact, language)
    SELECT uid, encode(sha256(('token' || uid)::bytea), 'hex'), encode(sha256(('key' || uid)::bytea), 'hex'),
        received_at, theme.id, theme.department_id, 'theme ' || theme.slug, received_at + interval '40 ms',
        CASE WHEN is_open THEN
               (ARRAY['received', 'in_progress', 'waiting_for_reporter', 'planned'])[1 + floor(4 * fate)::int]
             WHEN fate < 0.75 THEN 'done' WHEN fate < 0.85 THEN 'not_done' WHEN fate < 0.93 THEN 'forwarded'
             ELSE 'duplicate' END,
        1 + (NOT is_open)::int + (fate > 0.25)::int,
        CASE WHEN pin < 0.7 THEN 'Kirkeveien ' || n %% 300 || ', 1383 Asker' ELSE '' END,
        CASE WHEN pin > 0.4 THEN lat END, CASE WHEN pin > 0.4 THEN lon END,
        'Det er et stort hull i veien ved avkjørselen, omtrent en halv meter bredt. '
            || repeat('Flere har kjørt i det. ', n %% 8),
        CASE WHEN contact < 0.9 THEN 'Kari Nordmann' ELSE '' END,
        CASE WHEN contact < 0.8 THEN 'innbygger' || n || '@example.com' ELSE '' END,
        CASE WHEN contact BETWEEN 0.5 AND 0.9 THEN '+4790000000' ELSE '' END, contact >= 0.9, 'nb'
    FROM drawn JOIN theme ON theme.is_road = drawn.is_road AND theme.nth = 1 + floor(which * themes)::int
    ORDER BY n
"""

CHANGES = """
    INSERT INTO reports_statuschange (at, by_id, report_id, before, after, reason, public_text)
    SELECT received_at, NULL::bigint, id, '', 'received', '', '' FROM reports_report
    UNION ALL
    SELECT least(received_at + interval '1 day', now()), person.id, report.id, 'received', state, '',
           CASE WHEN state = 'done' THEN 'Hullet er tettet.' ELSE '' END
    FROM reports_report report CROSS JOIN (SELECT min(id) AS id FROM accounts_user) AS person
    WHERE state <> 'received'
"""

DELIVERIES = """
    INSERT INTO reports_delivery (uid, report_id, kind, occasion, target, template, text, state, attempts,
        lost, error, created_at, due_at, done_at)
    SELECT gen_random_uuid(), report.id, 'route', 'received', department.slug, '', '', 'sent', 1, 0, '',
           received_at, received_at, routed_at
    FROM reports_report report JOIN reports_department department ON department.id = department_id
    UNION ALL
    SELECT gen_random_uuid(), report.id, 'email',
           CASE before WHEN '' THEN 'received' ELSE 'change-' || change.id END, email,
           CASE before WHEN '' THEN 'received' ELSE 'moved' END, public_text, 'sent', 1, 0, '',
           at, at, at + interval '1 second'
    FROM reports_statuschange change JOIN reports_report report ON report.id = report_id
    WHERE email <> ''
"""

NOTES = """
    INSERT INTO reports_note (at, by_id, report_id, text)
    SELECT least(received_at + interval '2 hours', now()), person.id, report.id, 'Sendt til entreprenøren.'
    FROM reports_report report CROSS JOIN (SELECT min(id) AS id FROM accounts_user) AS person
    WHERE report.id %% 5 = 0 AND %(reports)s > 0
"""


def fill(connection, reports):
    """Write this many reports with their history into an empty database.

    connection: in autocommit, of a superuser.
    """
    given = {"reports": reports, "open": min(5000, reports // 3)}
    with connection.transaction():
        # The rows name only rows that are there, so the checks of foreign keys would only cost.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL statement_timeout = 0")
        for statement in (REPORTS, CHANGES, DELIVERIES, NOTES):
            connection.execute(statement, given if "%(" in statement else None)
    # What autovacuum would have done by and by, and a clean slate for the disk.
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")
