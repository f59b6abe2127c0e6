"""A server that speaks as Kartverket's address service and NVDB do, and can be told to misbehave.

Its addresses and roads are invented; the shape of its answers is theirs.
"""

import json
import math
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ADDRESSES = [
    ("Oppdiktet gate", 12, "", "1384", "ASKER", 59.84001, 10.44001),
    ("Oppdiktet gate", 14, "B", "1384", "ASKER", 59.84021, 10.44051),
]
MANNERS = [
    "slow",
    "drip",
    "down",
    "500",
    "redirect",
    "garbage",
    "huge",
    "another schema",
    "not a list",
    "packed",
]


class Outside:
    """What the server answers, and what it was asked: (path, query, headers), newest last.

    manners: one of MANNERS or "" to behave. roads: vegkategori of the road at every position.
    """

    def __init__(self):
        self.asked = []
        self.behave()

    def behave(self):
        self.asked.clear()
        self.manners, self.road, self.distance = "", "F", 4.2

    def answer(self, path, query):
        """The answer to a question, as status and value."""
        if path.endswith("/sok"):
            words = query["sok"][0].casefold()
            found = [a for a in ADDRESSES if a[0].casefold() in words or words in a[0].casefold()]
            return 200, self._addresses(found)
        if path.endswith("/punktsok"):
            lat, lon, radius = (float(query[name][0]) for name in ("lat", "lon", "radius"))
            found = [a for a in ADDRESSES if _metres(lat, lon, a[5], a[6]) <= radius]
            return 200, self._addresses(found)
        if path.endswith("/posisjon"):
            return self._road()
        return 404, {}

    def _addresses(self, found):
        return {
            "metadata": {"totaltAntallTreff": len(found), "side": 0, "treffPerSide": 10},
            "adresser": [
                {
                    "adressetekst": f"{street} {number}{letter}",
                    "adressenavn": street,
                    "nummer": number,
                    "bokstav": letter,
                    "adressekode": 1234,
                    "kommunenummer": "3203",
                    "kommunenavn": "ASKER",
                    "postnummer": code,
                    "poststed": place,
                    "objtype": "Vegadresse",
                    "representasjonspunkt": {"epsg": "EPSG:4258", "lat": lat, "lon": lon},
                }
                for street, number, letter, code, place, lat, lon in found
            ],
        }  # fmt: skip

    def _road(self):
        if not self.road:
            return 404, {"status": 404, "detail": "Fant ingen treff"}
        system = {"vegkategori": self.road, "fase": "V", "nummer": 165}
        return 200, [{"vegsystemreferanse": {"vegsystem": system}, "avstand": self.distance}]


def _metres(lat, lon, other_lat, other_lon):
    return math.hypot((lat - other_lat) * 111_400, (lon - other_lon) * 56_000)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        outside, url = self.server.outside, urlsplit(self.path)
        outside.asked.append((url.path, parse_qs(url.query), dict(self.headers)))
        manners = outside.manners
        if manners == "slow":
            time.sleep(1.5)
        if manners == "drip":
            return self._drip()
        status, value = outside.answer(url.path, parse_qs(url.query))
        body = json.dumps(value).encode()
        status, body = {
            "500": (500, body),
            "redirect": (302, b""),
            "garbage": (200, b"<html>\xff\xfeVi er snart tilbake"),
            "huge": (200, b'{"adresser": [' + b" " * 5_000_000 + b"]}"),
            "another schema": (200, b'{"adresser": [{"navn": "x"}], "0": 1}'),
            "not a list": (200, b"7"),
            "packed": (200, b"\x1f\x8b\x08" + b"\0" * 1000),
        }.get(manners, (status, body))
        self.send_response(status)
        if manners == "redirect":
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")
        for _ in range(15):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *args):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Whoever asked has gone, which is what is tested."""


def serve(outside):
    """A running server on a free port of 127.0.0.1; shutdown() ends it."""
    server = Server(("127.0.0.1", 0), Handler)
    server.outside = outside
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    return server
