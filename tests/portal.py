"""The real portal for tests: the Procfile's processes on the test database, with a Valkey of their own.

Its own Valkey keeps the worker's hands off what other tests promise, and lets a
test stop, freeze or empty the broker. Each process writes `<name>.log` in the folder.
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from io import StringIO

import psutil
import redis
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from honcho.environ import parse_procfile
from kombu.exceptions import OperationalError

from askerportal.embedded import free_port, make_folder
from askerportal.embedded.valkey import Valkey
from askerportal.run import MARK, ROOT, end_marked
from reports.models import Delivery
from tests.servers import FOLDER

PATIENCE = 30  # seconds for a process to start or end, and for work to be done


@contextlib.contextmanager
def running(name):
    """A new portal with web and worker, in a folder of this name; no process is left afterwards."""
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    # A worker takes the queues of the departments that there are, and a test before may have removed them.
    call_command("load_base_data", stdout=StringIO())
    portal = Portal(FOLDER / name)
    try:
        portal.start("web", "worker")
        yield portal
    finally:
        portal.stop_all()


class Portal:
    """Web, worker and beat as `make run` has them, each started and ended by name."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mark = uuid.uuid4().hex
        self.valkey = Valkey(folder)
        self.commands = parse_procfile((ROOT / "Procfile").read_text()).processes
        self.running = {}

    def start(self, *names):
        """Start these processes and wait until they answer."""
        make_folder(self.folder)
        self.valkey.start({"REDIS_URL": self.valkey.url()} if self.valkey.port else {})
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    shlex.split(self.commands[name]),
                    cwd=ROOT,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        for name in names:
            wait_until(lambda name=name: self.answers(name), f"{name} to answer; see {self.folder}")

    def stop(self, *names):
        """End these in good order, and whatever they have started."""
        for name in names:
            family = self.family(name)
            process = self.running.pop(name)
            process.terminate()
            _, alive = psutil.wait_procs(family, timeout=10)
            kill(alive)
            process.wait()

    def kill(self, name):
        """End one by SIGKILL with all its children at once, as a machine does that loses power."""
        kill(self.family(name))
        self.running.pop(name).wait()

    def stop_all(self):
        self.stop(*self.running)
        end_marked(self.mark)
        self.valkey.stop()

    def manage(self, *arguments):
        """Run a command of manage.py; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def family(self, name):
        """A process of ours, then its descendants."""
        top = psutil.Process(self.running[name].pid)
        return [top, *top.children(recursive=True)]

    @property
    def env(self):
        """The tests' own environment with this portal's places."""
        server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        return os.environ | {
            "DATABASE_URL": f"{server}/{settings.DATABASES['default']['NAME']}",
            "REDIS_URL": self.valkey.url(),
            "RUN_DIR": str(self.folder),
            "SITE_URL": self.url,
            "GRANIAN_PORT": str(self.port),
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker",
            MARK: self.mark,
        }

    @property
    def celery(self):
        """A client of this portal's broker."""
        client = Celery(broker=self.valkey.url(), set_as_current=False)
        client.conf.broker_pool_limit = None  # a pooled connection would not outlive the broker
        return client

    def broker(self):
        """A plain connection to this portal's Valkey."""
        return redis.Redis.from_url(self.valkey.url(), socket_timeout=2)

    def logs(self):
        """What each process has written, by its name."""
        return {file.stem: file.read_text(errors="replace") for file in self.folder.glob("*.log")}

    def wait_until_idle(self):
        """Wait until no task is queued or running, so that tables can be emptied behind the worker."""
        wait_until(
            lambda: not (self._tasks() or self._held() or self._transactions()), "the workers to be idle"
        )

    def _tasks(self):
        with self.broker() as broker:
            return [
                name
                for name in broker.scan_iter()
                if b"pidbox" not in name and (name == b"unacked" or broker.type(name) == b"list")
            ]

    def _held(self):
        return Delivery.objects.filter(state=Delivery.State.WAITING, leased_until__isnull=False).exists()

    def _transactions(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
            )
            return cursor.fetchall()

    def answers(self, name):
        """Whether one shows that it works: web and worker by an answer, others by being there."""
        if name == "worker":
            with self.celery as client, contextlib.suppress(redis.RedisError, OSError, OperationalError):
                return bool(client.control.ping(timeout=0.5, limit=1))
            return False
        if name == "web":
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(f"{self.url}/helse/", timeout=5).status == 200
            return False
        return self.running[name].poll() is None


def kill(processes):
    """SIGKILL for each, all at once, and wait for their end."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=PATIENCE)


def wait_until(condition, what, seconds=PATIENCE):
    """Wait for something that other processes do; its true value."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.01)
    return found
