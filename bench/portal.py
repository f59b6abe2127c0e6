"""How fast a report goes in, reaches its department, and is seen there; beside two ceilings.

Fills a database of its own, starts the Procfile's processes, measures over HTTP on the
loopback and stops everything. bench/README.md tells how to read the table.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import random
import re
import secrets
import signal
import sys
import time
from html import unescape

import ceiling
import psycopg
from client import Client
from figures import Timings, table
from fill import fill
from processes import Portal, cpu_seconds, memory

INBOX = "/avdeling/vei-og-trafikk/"
PARTS = ["web", "worker", "postgres", "valkey", "mail"]
DRAIN = 120  # seconds for the worker to catch up
RUSH = 5  # so many times the submits of one client at a time are sent side by side


# The cursor of the page that starts in the middle of what vei-og-trafikk has done.
MIDDLE = """
    WITH done AS (
        SELECT report.id, received_at, row_number() OVER (ORDER BY received_at, report.id) AS nth,
            count(*) OVER () AS n
        FROM reports_report report JOIN reports_department department ON department.id = department_id
        WHERE department.slug = 'vei-og-trafikk' AND state = 'done'
    )
    SELECT floor(extract(epoch FROM received_at) * 1000000)::bigint || '-' || id FROM done WHERE nth = n / 2
"""


class TooLate(Exception):
    """The time for the whole run is over."""


class Bench:
    """One run over one database; figures gathers its rows by name."""

    def __init__(self, portal, given):
        self.portal, self.given = portal, given
        self.figures = {}

    def run(self, reports):
        portal = self.portal
        portal.make_database()
        with portal.connect() as self.database:
            started = time.monotonic()
            fill(self.database, reports)
            self.last_filled = self.one("SELECT max(id) FROM reports_delivery")
            self.say(f"{reports} reports filled in {time.monotonic() - started:.0f} s")
            for name in ("mail", "worker", "web"):
                portal.start(name)
            asyncio.run(self.measure_portal())
            self.measure_memory()
            portal.stop()
            self.measure_ceilings()
        return self.figures

    async def measure_portal(self):
        given = self.given
        await self.warm_up()
        await self.measure_inbox()
        await self.note("submit, one at a time", self.submits(given.submits, 1))
        await self.drain("one at a time")
        rush = RUSH * given.submits
        await self.note(f"submit, {given.concurrency} side by side", self.submits(rush, given.concurrency))
        await self.drain(f"{given.concurrency} side by side")
        await self.measure_routing()

    def measure_ceilings(self):
        given = self.given
        self.portal.start("web", application="bench.wsgi:application")
        asyncio.run(self.measure_empty_view())
        self.portal.stop()
        for count, clients in [(given.submits, 1), (RUSH * given.submits, given.concurrency)]:
            name = "bare INSERTs, one at a time" if clients == 1 else f"bare INSERTs, {clients} side by side"
            self.keep(name, Timings(*ceiling.insert_reports(self.portal.conninfo, count, clients)))
        ceiling.clear(self.portal.conninfo)

    async def measure_empty_view(self):
        async def get(client):
            return await expect(200, client.get("/tom/"))

        for count, clients in [
            (self.given.submits, 1),
            (2 * RUSH * self.given.submits, self.given.concurrency),
        ]:
            name = "empty view, one at a time" if clients == 1 else f"empty view, {clients} side by side"
            await repeat(self.portal.port, 100, clients, get)
            self.keep(name, await self.watched(repeat(self.portal.port, count, clients, get)))

    async def warm_up(self):
        """Open every connection, load every template, start every child; ends when all is routed."""
        await self.submits(40, 8)
        await self.drained()

    def submits(self, count, clients):
        async def prepare(client):
            await expect(200, client.get("/meld/"))

        async def submit(client):
            return await expect(302, client.post("/meld/se-over/", a_report()))

        return repeat(self.portal.port, count, clients, submit, prepare)

    async def drain(self, name):
        """How far the workers were behind after the last report, and how long until all was delivered."""
        behind = self.waiting()
        started = time.monotonic()
        left = await self.drained()
        mails, wanted = self.portal.mails(), self.mails_promised()
        row = {
            "waiting": behind,
            "seconds": time.monotonic() - started,
            "left": left,
            "mails": mails,
            "promised": wanted,
        }
        self.figures[f"worker behind, {name}"] = row
        self.say(f"worker behind, {name}: " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))

    async def drained(self):
        """Wait until nothing waits, at most DRAIN; how much still does."""
        until = time.monotonic() + DRAIN
        while (left := self.waiting()) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return left

    def waiting(self):
        return self.one("SELECT count(*) FROM reports_delivery WHERE state = 'waiting'")

    def mails_promised(self):
        return self.one(
            "SELECT count(*) FROM reports_delivery WHERE kind = 'email' AND id > %s", [self.last_filled]
        )

    def one(self, statement, given=None):
        return self.database.execute(statement, given).fetchone()[0]

    async def measure_routing(self):
        """Reports at a steady pace, each followed into the inbox by looking for it every millisecond."""
        given, found = self.given, []
        async with Client(self.portal.port) as client:
            looker = await psycopg.AsyncConnection.connect(self.portal.conninfo, autocommit=True)
            async with looker:
                await expect(200, client.get("/meld/"))
                for _ in range(given.routed):
                    due = time.monotonic() + 1 / given.pace
                    found.append(await self.follow(client, looker))
                    await asyncio.sleep(max(0, due - time.monotonic()))
        whole = given.routed / given.pace
        for name, nth in [
            ("routed, from the send", 0),
            ("routed, from the answer", 1),
            ("routed_at - received_at", 2),
        ]:
            self.keep(f"{name}, at {given.pace:g}/s", Timings([row[nth] for row in found], whole))

    async def follow(self, client, looker):
        """Send one; seconds from send to inbox, from answer to inbox, and what the report's own times say."""
        fields = a_report()
        key = hashlib.sha256(fields["idempotency_key"].encode()).hexdigest()
        query = "SELECT routed_at - received_at FROM reports_report WHERE idempotency_hash = %s"
        sent = time.perf_counter()
        response = await expect(302, client.post("/meld/se-over/", fields))
        until = time.monotonic() + 10
        while time.monotonic() < until:
            row = await (await looker.execute(query, [key])).fetchone()
            if row and row[0]:
                seen = time.perf_counter() - sent
                return seen, max(0, seen - response.seconds), row[0].total_seconds()
            await asyncio.sleep(0.001)
        raise TooLate("a report was not routed within 10 s")

    async def measure_inbox(self):
        name, password = self.portal.sign_in_of("vei-og-trafikk")
        async with Client(self.portal.port) as client:
            await expect(200, client.get("/logg-inn/"))
            await expect(302, client.post("/logg-inn/", {"username": name, "password": password}))
            cookies = client.cookies
        pages = await self.inbox_pages(cookies)
        for label, path in pages.items():
            await self.note(f"inbox, {label}", self.gets(path, cookies, self.given.pages, 1))
        path, count = pages["first page"], 2 * self.given.pages
        clients = self.given.concurrency
        await self.note(
            f"inbox, first page, {clients} side by side", self.gets(path, cookies, count, clients)
        )

    async def inbox_pages(self, cookies):
        """The pages to be measured, by name; each checked to hold reports."""
        middle = self.one(MIDDLE)
        async with Client(self.portal.port) as client:
            client.cookies = dict(cookies)
            pages = {
                "first page": INBOX,
                "deep": await self.deep_page(client),
                "one theme": f"{INBOX}?theme=hull-i-vei",
                "closed": f"{INBOX}?state=done",
                "closed, deep": f"{INBOX}?state=done&after={middle}",
            }
            for label, path in pages.items():
                text = (await expect(200, client.get(path))).text()
                count = len(set(re.findall(r"/saker/([^/]+)/", text)))
                self.say(f"inbox, {label}: {count} reports, {len(text)} characters")
        return pages

    async def deep_page(self, client):
        """The last page that is reached by following the link to the next, at most 20 times."""
        path = INBOX
        for _ in range(20):
            text = (await expect(200, client.get(path))).text()
            found = re.search(r'href="(\?[^"]*after=[^"]+)"', text)
            if not found:
                break
            before, path = path, INBOX + unescape(found[1])
        else:
            return path
        return before  # the very last page may hold fewer than a hundred

    def gets(self, path, cookies, count, clients):
        async def prepare(client):
            client.cookies = dict(cookies)
            await expect(200, client.get(path))

        async def get(client):
            return await expect(200, client.get(path))

        return repeat(self.portal.port, count, clients, get, prepare)

    def measure_memory(self):
        for part in ("web", "worker"):
            rows = memory(self.portal.family(part))
            self.figures[f"memory, {part}"] = rows
            self.say(
                f"memory, {part}: "
                + ", ".join(f"RSS {row['rss']:.0f} PSS {row['pss']:.0f} MiB" for row in rows)
            )

    async def note(self, name, measure):
        self.keep(name, await self.watched(measure))

    async def watched(self, measure):
        """A measure, with the processor time in ms a request that each part and the client used for it."""
        families = {
            part: self.portal.family(part)
            for part in PARTS
            if part in ("postgres", "valkey") or part in self.portal.running
        }
        before, own = {part: cpu_seconds(family) for part, family in families.items()}, time.process_time()
        timings = await measure
        used = {part: cpu_seconds(self.portal.family(part)) - before[part] for part in families}
        used["client"] = time.process_time() - own
        timings.more["cpu_ms"] = {
            part: 1000 * seconds / len(timings.seconds) for part, seconds in used.items()
        }
        return timings

    def keep(self, name, timings):
        row = self.figures[name] = timings.row()
        used = " ".join(f"{part} {ms:.1f}" for part, ms in row.get("cpu_ms", {}).items())
        self.say(
            f"{name}: p50 {row['p50_ms']:.1f}, p95 {row['p95_ms']:.1f} ms, {row['per_second']:.1f}/s"
            + (f"; cpu ms: {used}" if used else "")
        )

    def say(self, text):
        print(f"  {text}", file=sys.stderr, flush=True)


async def repeat(port, count, clients, action, prepare=None):
    """Do an action so many times, by clients with a connection each, who wait for every answer."""
    left, seconds = iter(range(count)), []
    async with contextlib.AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(Client(port)) for _ in range(clients)]
        for client in opened:
            if prepare:
                await prepare(client)

        async def work(client):
            for _ in left:
                seconds.append((await action(client)).seconds)

        started = time.perf_counter()
        await asyncio.gather(*map(work, opened))
        whole = time.perf_counter() - started
    return Timings(seconds, whole)


async def expect(status, exchange):
    response = await exchange
    if response.status != status:
        raise SystemExit(f"expected {status}, got {response.status}: {response.text()[:500]}")
    if status == 302 and "/meld/" in response.headers["location"]:
        raise SystemExit(f"the report was not taken: {response.headers['location']}")
    return response


def a_report():
    """The form as a browser sends it at the end, with an e-mail address for the receipt."""
    place = {"address": f"Kirkeveien {random.randrange(1, 300)}, 1383 Asker", "lat": "", "lon": ""}
    if random.random() < 0.5:
        place |= {
            "lat": f"{59.83 + random.random() / 100:.6f}",
            "lon": f"{10.43 + random.random() / 100:.6f}",
        }
    return {
        "theme": random.choice(["hull-i-vei", "hull-i-vei", "gatelys", "broyting", "soppel-ikke-hentet"]),
        **place,
        "description": "Det er et stort hull i veien ved avkjørselen, omtrent en halv meter bredt.",
        "name": "Kari Nordmann",
        "email": f"kari{random.randrange(10**6)}@example.com",
        "phone": "",
        "language": "nb",
        "idempotency_key": secrets.token_urlsafe(16),
    }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--reports", type=int, nargs="+", default=[10_000], help="sizes of the database, side by side"
    )
    parser.add_argument(
        "--submits", type=int, default=200, help=f"one at a time; {RUSH} times as many side by side"
    )
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--routed", type=int, default=60, help="reports followed into the inbox")
    parser.add_argument("--pace", type=float, default=2, help="of those, so many a second")
    parser.add_argument("--pages", type=int, default=100, help="times each inbox page is read")
    parser.add_argument("--limit", type=int, default=900, help="seconds for everything")
    parser.add_argument("--debug", action="store_true", help="with DEBUG on, as make run has it")
    parser.add_argument(
        "--keep", action="store_true", help="leave the servers and the database in .run-bench"
    )
    parser.add_argument("--json", metavar="FILE", help="write all figures to a file")
    return parser.parse_args()


def main():
    given = arguments()

    def too_late(*_):
        raise TooLate("the time limit is over")

    signal.signal(signal.SIGALRM, too_late)
    signal.signal(signal.SIGTERM, too_late)
    signal.alarm(given.limit)
    runs, load = {}, [os.getloadavg()]
    with Portal(debug=given.debug, keep=given.keep) as portal:
        for reports in given.reports:
            runs[reports] = Bench(portal, given).run(reports)
    load.append(os.getloadavg())
    print(table(runs))
    print(f"load average before {load[0][0]:.1f}, after {load[1][0]:.1f}; {os.cpu_count()} processors")
    if given.json:
        with open(given.json, "w") as file:
            json.dump({"load": load, "given": vars(given), "runs": runs}, file, indent=1)


if __name__ == "__main__":
    main()
