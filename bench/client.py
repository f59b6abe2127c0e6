"""A browser's connection in its barest form, so that the measuring costs little beside what is measured."""

import asyncio
import gzip
import time
from typing import NamedTuple
from urllib.parse import urlencode


class Response(NamedTuple):
    """What came back; seconds from the first byte out to the last byte in."""

    status: int
    headers: dict
    body: bytes
    seconds: float

    def text(self):
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Client:
    """One keep-alive connection with its cookies. Says that TLS ended at a proxy in front."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}
        self.reader = self.writer = None

    async def __aenter__(self):
        await self._connect()
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def get(self, path):
        return await self._exchange("GET", path, b"")

    async def post(self, path, fields):
        """Send a form, with the CSRF token that its cookie allows."""
        token = next((value for name, value in self.cookies.items() if name.endswith("csrf")), "")
        return await self._exchange(
            "POST", path, urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        )

    async def _connect(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def _exchange(self, method, path, body):
        request = self._head(method, path, body) + body
        started = time.perf_counter()
        self.writer.write(request)
        status, headers, cookies = self._read_head(await self.reader.readuntil(b"\r\n\r\n"))
        content = await self._read_body(headers) if status not in (204, 304) else b""
        seconds = time.perf_counter() - started
        self.cookies |= cookies
        if headers.get("connection") == "close":
            self.writer.close()
            await self._connect()
        return Response(status, headers, content, seconds)

    def _head(self, method, path, body):
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Accept: text/html",
            "Accept-Encoding: gzip",
            "Accept-Language: nb",
            "X-Forwarded-Proto: https",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        ]
        if method == "POST":
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
                f"Referer: https://127.0.0.1:{self.port}/",
            ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _read_head(self, head):
        first, *lines = head.decode("latin-1").split("\r\n")
        headers, cookies = {}, {}
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                key, _, kept = value.split(";")[0].strip().partition("=")
                cookies[key] = kept
        return int(first.split()[1]), headers, cookies

    async def _read_body(self, headers):
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)
