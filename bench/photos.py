"""What five photos of 12 MB cost: time, and memory of the web processes and of the decoder beside them.

Starts the Procfile's web and worker over a database of its own and sends real JPEGs over HTTP, as
the form without JavaScript does (all at once) and as the script does (one a request). Beside it the
same decoding inside one process, which is what we chose against. Needs Pillow; no network.
"""

import io
import json
import multiprocessing
import re
import secrets
import statistics
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
from PIL import Image
from processes import Portal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "reports" / "photos"))
import reader

LARGEST = 12 * 1024 * 1024
SAMPLE = 0.01  # seconds between two looks at the memory


def photo(megapixels):
    """A JPEG just under 12 MB of so many megapixels."""
    height = int((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    grain = Image.effect_noise((width, height), 40)
    image = Image.merge("RGB", [grain, Image.linear_gradient("L").resize((width, height)), grain])
    low, high, best = 30, 98, b""
    while low <= high:
        quality = (low + high) // 2
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() <= LARGEST:
            low, best = quality + 1, file.getvalue()
        else:
            high = quality - 1
    return best


class Watch:
    """The highest memory of the web processes together, and of the decoder, while something runs."""

    def __init__(self, portal):
        self.portal = portal
        self.web = self.one = self.decoder = self.decoders = 0
        self.going = True
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.thread.join()

    def row(self):
        return {
            "web_peak_mb": self.web,
            "largest_web_process_mb": self.one,
            "decoder_peak_mb": self.decoder,
            "decoders_at_once": self.decoders,
        }

    def _look(self):
        while self.going:
            web, decoders = [], []
            for process in self.portal.family("web"):
                try:
                    mine = decoders if "reader.py" in " ".join(process.cmdline()) else web
                    mine.append(process.memory_info().rss / 1e6)
                except psutil.Error:
                    continue
            self.web, self.one = max(self.web, sum(web)), max([self.one, *web])
            self.decoder = max([self.decoder, *decoders])
            self.decoders = max(self.decoders, len(decoders))
            time.sleep(SAMPLE)


class Citizen:
    """Somebody who has come to the step with photos."""

    def __init__(self, portal):
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{portal.port}",
            headers={"X-Forwarded-Proto": "https"},
            timeout=120,
        )
        self.key = secrets.token_urlsafe(16)
        # The cookies are for HTTPS only; the bench sends them by hand.
        answer = self.http.get("/meld/")
        self.cookies = dict(answer.cookies.items())
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)[1]
        self.post("/meld/", {"theme": "hull-i-vei"})
        self.post("/meld/hvor/", {"address": "Kirkeveien 230, 1383 Asker"})

    def post(self, path, fields, files=(), **headers):
        sent = [("photos", (f"{n}.jpg", content, "image/jpeg")) for n, content in enumerate(files)]
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers["Referer"] = f"https://{self.http.base_url.netloc.decode()}/"
        answer = self.http.post(
            path,
            data={**fields, "csrfmiddlewaretoken": self.token, "idempotency_key": self.key},
            files=sent or None,
            headers=headers,
        )
        self.cookies |= dict(answer.cookies.items())
        if answer.status_code not in (200, 302):
            sys.exit(f"{path}: {answer.status_code} {re.findall('validation-message.*', answer.text)}")
        return answer


def timed(action, *arguments, **named):
    started = time.perf_counter()
    action(*arguments, **named)
    return time.perf_counter() - started


def measure(portal, images):
    """The rows of the table, by name."""
    rows = {"at rest": rest(portal)}
    for name, send in {"all at once": all_at_once, "one a request": one_a_request}.items():
        citizen = Citizen(portal)
        with Watch(portal) as watch:
            seconds = send(citizen, images)
        rows[name] = {"seconds": sum(seconds), "slowest_request_s": max(seconds), **watch.row()}
        with Watch(portal) as watch:
            seconds = submit(citizen)
        rows[f"submit after {name}"] = {"seconds": seconds, **watch.row()}
    rows["front page while four send"] = beside(portal, images)
    rows["at rest again"] = rest(portal)
    return rows


def all_at_once(citizen, images):
    return [timed(citizen.post, "/meld/beskriv/", {"description": "Et hull."}, images)]


def one_a_request(citizen, images):
    script = {"X-Fragment": "photos"}
    seconds = [
        timed(citizen.post, "/meld/beskriv/", {"only_photos": "1"}, [image], **script) for image in images
    ]
    citizen.post("/meld/beskriv/", {"description": "Et hull."})
    return seconds


def submit(citizen):
    citizen.post("/meld/kontakt/", {"email": "kari@example.com"})
    place = {"theme": "hull-i-vei", "address": "Kirkeveien 230, 1383 Asker"}
    return timed(
        citizen.post, "/meld/se-over/", {**place, "description": "Et hull.", "email": "kari@example.com"}
    )


def rest(portal):
    with Watch(portal) as watch:
        time.sleep(0.5)
    return watch.row()


def beside(portal, images):
    """How long others wait for the front page while four citizens send five photos each."""
    citizens = [Citizen(portal) for _ in range(4)]
    threads = [
        threading.Thread(target=c.post, args=("/meld/beskriv/", {"description": "Et hull."}, images))
        for c in citizens
    ]
    waits = []
    with Watch(portal) as watch, httpx.Client(headers={"X-Forwarded-Proto": "https"}, timeout=60) as http:
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            waits.append(timed(http.get, f"http://127.0.0.1:{portal.port}/"))
            time.sleep(0.1)
        seconds = time.perf_counter() - started
    cuts = statistics.quantiles(waits, n=20, method="inclusive")
    return {
        "seconds": seconds,
        "front_p50_ms": 1000 * cuts[9],
        "front_p95_ms": 1000 * cuts[18],
        **watch.row(),
    }


def thumbnails(portal):
    """How long the worker needed from a photo's row to its small pictures."""
    until = time.monotonic() + 120
    with portal.connect() as connection:
        while time.monotonic() < until:
            states = dict(
                connection.execute("SELECT state, count(*) FROM reports_photo GROUP BY state").fetchall()
            )
            if set(states) <= {"ready"}:
                break
            time.sleep(0.2)
    return states


def in_process(images):
    """The same five decoded in one process, in a fresh one to read its peak: what we chose against."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(decode_all, [images])


def decode_all(images):
    before = psutil.Process().memory_info().rss / 1e6
    seconds = [timed(reader.clean, io.BytesIO(image), io.BytesIO()) for image in images]
    peak = max_rss()
    return {"seconds": sum(seconds), "slowest_request_s": max(seconds), "peak_mb": peak, "before_mb": before}


def max_rss():
    """This process's highest resident set so far, in MB; ru_maxrss would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1e3


def main():
    images = [photo(12), photo(12), photo(24), photo(48), photo(48)]
    print("MB:", [round(len(image) / 1e6, 1) for image in images], file=sys.stderr)
    with Portal() as portal:
        portal.make_database()
        portal.start("worker")
        portal.start("web")
        rows = measure(portal, images)
        rows["thumbnails"] = thumbnails(portal)
    rows["decoded in one process"] = in_process(images)
    print(json.dumps(rows, indent=1, default=lambda value: round(value, 3)))
    for name, row in rows.items():
        print(f"{name:28}", "  ".join(f"{key} {value:.2f}" if isinstance(value, float) else f"{key} {value}"
              for key, value in row.items()))  # fmt: skip


if __name__ == "__main__":
    main()
