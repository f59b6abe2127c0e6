"""A server that speaks as much S3 as the portal uses, in memory: put, get, head, delete and list."""

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket(BaseHTTPRequestHandler):
    """Objects by their path, such as "/asker/photos/ab/…jpg"."""

    protocol_version = "HTTP/1.1"

    @property
    def path_only(self):
        return unquote(urlsplit(self.path).path)

    def do_PUT(self):
        self.server.objects[self.path_only] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200)

    def do_GET(self):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if "list-type" in query or "prefix" in query:
            return self._list(query)
        found = self.server.objects.get(self.path_only)
        return self._answer(200 if found is not None else 404, found or b"")

    do_HEAD = do_GET

    def do_DELETE(self):
        self.server.objects.pop(self.path_only, None)
        self._answer(204)

    def _list(self, query):
        bucket, prefix = self.path_only.strip("/"), query.get("prefix", "")
        keys = sorted(path.removeprefix(f"/{bucket}/") for path in self.server.objects)
        rest = {key: key.removeprefix(prefix) for key in keys if key.startswith(prefix)}
        folders = {prefix + tail.split("/")[0] + "/" for tail in rest.values() if "/" in tail}
        text = "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in folders)
        text += "".join(
            f"<Contents><Key>{escape(key)}</Key></Contents>" for key in rest if "/" not in rest[key]
        )
        self._answer(
            200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{text}</ListBucketResult>".encode()
        )

    def _answer(self, status, body=b""):
        self.server.asked.append((self.command, self.path))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(self.server.made_at, usegmt=True))
        self.send_header("ETag", '"etag"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


def serve():
    """A running server; `objects` holds what was stored, `made_at` is every object's time."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    server.objects, server.asked, server.made_at = {}, [], 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
