"""How fast an address is suggested and found from a pin, beside the barest question to the same table.

Fills a database of its own with invented addresses and asks in this process, as a view does.
"""

import argparse
import os
import random
import statistics
import sys
import time

from processes import ROOT, Portal

KINDS = {
    "as written": lambda dice, a: str(a),
    "typed halfway": lambda dice, a: a.house.casefold()[: dice.randint(4, 7)],
    "one letter wrong": lambda dice, a: _changed(dice, a.street) + f" {a.number}",
    "a letter missing": lambda dice, a: _shorter(dice, a.street) + f" {a.number}{a.letter}",
    "no spaces": lambda dice, a: a.house.replace(" ", "").casefold(),
    "beginning and number": lambda dice, a: f"{a.street[:6].casefold()} {a.number}",
    "with postal place": lambda dice, a: f"{a.house} {a.postal_place}".casefold(),
    "like nothing": lambda dice, a: "bak den store låven ved elva",
}


def _changed(dice, text):
    at = dice.randrange(1, len(text))
    return text[:at] + dice.choice("abcdefghijklmnoprstuvyæøå") + text[at + 1 :]


def _shorter(dice, text):
    at = dice.randrange(1, len(text))
    return text[:at] + text[at + 1 :]


def timed(action, questions):
    """Milliseconds for each question, and processor time here for one, after a warm-up of the first ten."""
    for question in questions[:10]:
        action(question)
    spent, cpu = [], time.process_time()
    for question in questions:
        started = time.perf_counter()
        action(question)
        spent.append(1000 * (time.perf_counter() - started))
    return spent, 1000 * (time.process_time() - cpu) / len(questions)


def is_offered(found, house, text):
    """True when the house that was meant is among the likely; its street, where no number was written yet."""
    numbered = any(letter.isdigit() for letter in text)
    return any(str(a) == str(house) if numbered else a.street == house.street for a in found.likely)


def row(name, spent, cpu, bare, note=""):
    p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20, method="inclusive")[18]
    print(
        f"{name:<34} p50 {p50:7.2f} ms   p95 {p95:7.2f} ms   cpu {cpu:5.2f} ms   x {p50 / bare:6.1f}   {note}"
    )


def measure(given):
    """Print a line for each kind of question."""
    from django.db import connection  # Django is set up only now: the database was not there before.

    from askerportal.shared import addresses, places
    from askerportal.shared.models import Address

    dice = random.Random(1)
    started = time.perf_counter()
    addresses.invent(given.addresses)
    print(
        f"{Address.objects.houses().count()} houses in {Address.objects.streets().count()} streets "
        f"written in {time.perf_counter() - started:.1f} s"
    )
    houses = dice.sample(list(Address.objects.houses()), given.times)

    def bare(pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT street FROM shared_address WHERE id = %s", [pk])
            cursor.fetchone()

    spent, cpu = timed(bare, [house.pk for house in houses])
    floor = statistics.median(spent)
    row("bare SELECT by primary key", spent, cpu, floor)
    everything, used = [], []
    for name, wording in KINDS.items():
        texts = [wording(dice, house) for house in houses]
        spent, cpu = timed(places.find, texts)
        found = sum(is_offered(places.find(t), h, t) for h, t in zip(houses[:100], texts, strict=False))
        row(f"find: {name}", spent, cpu, floor, f"meant one among six: {found} of 100")
        everything += spent
        used.append(cpu)
    row("find: all", everything, statistics.mean(used), floor)
    pins = [(h.lat + dice.gauss(0, 0.0005), h.lon + dice.gauss(0, 0.001)) for h in houses]
    row("nearest address to a pin", *timed(lambda pin: places.nearest_address(*pin), pins), floor)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--addresses", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=300, help="questions of each kind")
    given = parser.parse_args()
    with Portal() as portal:
        portal.make_database()
        sys.path.insert(0, str(ROOT))
        os.environ.update(portal.env, DJANGO_SETTINGS_MODULE="askerportal.settings")
        import django

        django.setup()
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name)  # given for real, they would keep the servers from being stopped
        measure(given)
        print(f"load average {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors")
        from django.db import connection

        connection.close_pool()


if __name__ == "__main__":
    main()
