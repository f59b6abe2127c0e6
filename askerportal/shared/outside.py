"""JSON from somebody else's server: never waited for, never trusted, left alone while it fails."""

import functools
import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor

from circuitbreaker import CircuitBreaker
from django.conf import settings
from django.core.cache import caches

LARGEST = 256 * 1024  # bytes of an answer; the longest that we ask for has some 10 kB
FAILURES = 3  # in a row, until the server is left alone …
REST = 30  # … for so many seconds

log = logging.getLogger(__name__)

# A thread for each question, since a time-out of ours cannot end a look-up of the host's name
# nor an answer that drips; whoever asked goes on, and the thread ends when the socket does.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="outside")


class Unavailable(Exception):
    """No answer that can be used: none, too late, too large, or not what was agreed."""


class Source:
    """A server with its own circuit breaker; answers are kept for an hour, in this process."""

    def __init__(self, name):
        self.name = name
        self.breaker = CircuitBreaker(FAILURES, REST, expected_exception=Exception, name=name)

    def ask(self, url, params, read, headers=None):
        """What read() makes of the JSON at this address; raises Unavailable.

        read raises whatever it likes when the answer is not as agreed; it is
        given None for 404. Takes at most settings.LOOKUP_TIMEOUT seconds.
        """
        key = f"{self.name}:{hashlib.sha256(json.dumps([url, params]).encode()).hexdigest()}"
        answer = caches["lookups"].get(key)
        if answer is None:
            answer = self._ask(url, params, read, headers)
            caches["lookups"].set(key, answer)
        return answer

    def _ask(self, url, params, read, headers):
        if self.breaker.opened:
            raise Unavailable(self.name)
        task = _threads.submit(_fetch, _client(), url, params, headers)
        try:
            with self.breaker:
                return read(task.result(settings.LOOKUP_TIMEOUT))
        except Exception as error:
            task.cancel()
            # The kind only: the address and the text of an error hold what somebody wrote.
            log.warning("%s gave no answer that can be used: %s", self.name, type(error).__name__)
            raise Unavailable(self.name) from error


@functools.cache
def _client():
    import httpx  # not before: a web process that asks nobody needs 6 MB less

    return httpx.Client(follow_redirects=False, headers={"Accept-Encoding": "identity"})


def _fetch(client, url, params, headers):
    with client.stream("GET", url, params=params, headers=headers, timeout=settings.LOOKUP_TIMEOUT) as answer:
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise Unavailable(answer.status_code)
        content = b""
        # Raw: an answer that is packed in spite of our asking unpacks to anything.
        for chunk in answer.iter_raw():
            content += chunk
            if len(content) > LARGEST:
                raise Unavailable("too large")
    return json.loads(content)
