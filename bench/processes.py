"""What the measuring runs against: servers, a database of its own, and the Procfile's processes."""

import contextlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psutil
import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run-bench"
PATIENCE = 60  # seconds for anything to start or to end
DATABASE = "asker_bench"
SPARE_REDIS = "/15"  # in a server that others may use


class Portal:
    """The portal in a folder of its own, from nothing to nothing."""

    def __init__(self, *, debug=False, keep=False):
        self.debug, self.keep = debug, keep
        self.running = {}
        self.env = {}
        self.port = free_port()

    def __enter__(self):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / ".gitignore").write_text("*\n")
        self._embedded("start")
        self._set_environment()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if kind:
            logs = [log.read_text()[-2000:] for log in FOLDER.glob("*.log")]
            print(*logs, sep="\n", file=sys.stderr)
        redis.Redis.from_url(self.env["REDIS_URL"]).flushdb()
        if not self.keep:
            with psycopg.connect(self._conninfo(self.server_url), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            self._embedded("stop")
            shutil.rmtree(FOLDER)

    def connect(self, **options):
        """A plain connection to the measured database."""
        return psycopg.connect(self.conninfo, autocommit=True, **options)

    @property
    def conninfo(self):
        return self._conninfo(self.env["DATABASE_URL"])

    def make_database(self):
        """An empty database with tables, base data and sample staff; static files."""
        with psycopg.connect(self._conninfo(self.server_url), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
        for command in ("migrate", "load_base_data", "sample_persons", "build"):
            self.manage(command)
        redis.Redis.from_url(self.env["REDIS_URL"]).flushdb()
        shutil.rmtree(FOLDER / "mail", ignore_errors=True)

    def sign_in_of(self, department):
        """User name and password of the department's sample case worker."""
        people = json.loads(self.manage("sample_signins", "--json"))
        return next((p["username"], p["password"]) for p in people if p["department"] == department)

    def manage(self, *arguments):
        """Run a command of manage.py; what it printed."""
        env = {**self.env, "DEBUG": "true"}  # sample persons are for debug only
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            timeout=300,
            check=True,
        )
        return done.stdout.decode()

    def start(self, name, *, application=None):
        """Start a process of the Procfile; application: another for the web server to serve."""
        lines = dict(
            line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ": " in line
        )
        command = shlex.split(lines[name])
        if application:
            command[-1] = application
        env = {**self.env, "DEBUG": "true"} if name == "mail" else self.env
        with (FOLDER / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == "web":
            self._wait_for_web()

    def stop(self, *names):
        """End these processes, or all, and whatever they have started."""
        for name in names or list(self.running):
            process = self.running.pop(name)
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            process.terminate()
            _, alive = psutil.wait_procs(family, timeout=15)
            for left in alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    left.kill()
            process.wait()

    def family(self, name):
        """A process of ours and its descendants; PostgreSQL's and Valkey's too, where they are our own."""
        if name in self.running:
            top = self.running[name].pid
        else:
            file = FOLDER / {"postgres": "postgres/postmaster.pid", "valkey": "valkey.pid"}[name]
            if not file.exists():
                return []
            top = int(file.read_text().split()[0])
        return [psutil.Process(top), *psutil.Process(top).children(recursive=True)]

    def mails(self):
        """How many mails have arrived."""
        folder = FOLDER / "mail" / "new"
        return sum(1 for _ in folder.iterdir()) if folder.exists() else 0

    def _embedded(self, action):
        command = [sys.executable, "-m", "askerportal.embedded", "--folder", FOLDER, action]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=120, check=True)

    def _set_environment(self):
        made = dict(line.split("=", 1) for line in (FOLDER / "env").read_text().splitlines())
        self.server_url = made["DATABASE_URL"]
        if os.environ.get("REDIS_URL"):
            made["REDIS_URL"] = urlsplit(made["REDIS_URL"])._replace(path=SPARE_REDIS).geturl()
            if redis.Redis.from_url(made["REDIS_URL"]).dbsize():
                sys.exit(f"Database {SPARE_REDIS} of REDIS_URL is in use.")
        made["DATABASE_URL"] = f"{self.server_url.rpartition('/')[0]}/{DATABASE}"
        # Measured as it runs for real: no debug, behind a proxy that ends TLS.
        made |= {
            "DEBUG": str(self.debug).lower(),
            "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_PROXY": "true",
            "SITE_URL": "https://127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
            "STATIC_ROOT": str(FOLDER / "static"),
            "LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
            "GRANIAN_PORT": str(self.port),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self.env = os.environ | made

    def _conninfo(self, url):
        found = environ.Env.db_url_config(url)
        parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        return psycopg.conninfo.make_conninfo(
            **{key: found[name] for key, name in parts.items() if found.get(name)}
        )

    def _wait_for_web(self):
        until = time.monotonic() + PATIENCE
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/helse/", headers={"X-Forwarded-Proto": "https"}
        )
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(request, timeout=5).read()
            if self.running["web"].poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"The web server did not start; see {FOLDER / 'web.log'}")


def free_port():
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(processes):
    """CPU time that these have used so far, with their children that have ended."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(processes):
    """Each process with its resident set and its share of it (PSS), in MiB."""
    rows = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            found = process.memory_full_info()
            rows.append({"pid": process.pid, "rss": found.rss / 2**20, "pss": found.pss / 2**20})
    return rows
