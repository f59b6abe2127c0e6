"""Both servers of a folder, and the environment that leads to them."""

import contextlib
import fcntl
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

from askerportal.embedded.ports import free_port, is_free
from askerportal.embedded.postgres import Postgres
from askerportal.embedded.processes import Problem
from askerportal.embedded.valkey import Valkey

# Where the servers of the Procfile take what the portal sends.
LOCAL = {"EMAIL_URL": "smtp://127.0.0.1:{port}", "SMS_URL": "http://127.0.0.1:{port}/messages"}
FOLDER = Path(os.environ.get("RUN_DIR") or Path(__file__).resolve().parents[2] / ".run")


class Servers:
    """The two servers of one folder.

    environ: where DATABASE_URL, REDIS_URL and PORT may be set; the process's own by default.
    `started` holds the names of the servers that the last start() really started.
    """

    def __init__(self, folder=FOLDER, environ=None):
        self.folder = Path(folder).resolve()
        self.environ = os.environ if environ is None else environ
        self.postgres = None if self.environ.get("DATABASE_URL") else Postgres(self.folder)
        self.valkey = None if self.environ.get("REDIS_URL") else Valkey(self.folder)
        self.started = []

    def start(self):
        """Start what does not run yet and return the settings' environment; raises Problem."""
        make_folder(self.folder)
        with locked(self.folder / "servers.lock"):
            kept = read_env(self.folder / "env")
            self.started = []
            for server in self._own():
                if server.start(kept):
                    self.started.append(server.name)
            env = self._environment(kept)
            write_env(self.folder / "env", env)
        return env

    def stop(self):
        """Stop what runs here; names of the stopped servers."""
        if not self.folder.exists():
            return []
        with locked(self.folder / "servers.lock"):
            return [server.name for server in reversed(self._own()) if server.stop()]

    def stop_started(self):
        """Stop only what the last start() really started."""
        with locked(self.folder / "servers.lock"):
            for server in reversed(self._own()):
                if server.name in self.started:
                    server.stop()

    def status(self):
        """Name → pid, or None for a server that does not run; what runs elsewhere is left out."""
        return {server.name: server.pid() for server in self._own()}

    def free_local_ports(self):
        """The environment, with other ports for the local mail and SMS servers where a stranger took one."""
        with locked(self.folder / "servers.lock"):
            env = read_env(self.folder / "env")
            for name, address in LOCAL.items():
                if not is_free(urlsplit(env[name]).port):
                    env[name] = address.format(port=free_port())
            write_env(self.folder / "env", env)
        return env

    def _own(self):
        return [server for server in (self.postgres, self.valkey) if server]

    def _environment(self, kept):
        return {
            "ENV_FILE": str(self.folder / "env"),
            "RUN_DIR": str(self.folder),
            "DEBUG": "true",
            "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(50),
            "DATABASE_URL": self.postgres.url() if self.postgres else self.environ["DATABASE_URL"],
            "REDIS_URL": self.valkey.url() if self.valkey else self.environ["REDIS_URL"],
            **{name: kept.get(name) or address.format(port=free_port()) for name, address in LOCAL.items()},
            "SMS_KEY": kept.get("SMS_KEY") or secrets.token_urlsafe(20),
            "LOCAL_MAILBOX": str(self.folder / "mail"),
            "LOCAL_SMS": str(self.folder / "sms"),
            "SITE_URL": f"http://localhost:{self.environ.get('PORT') or 8000}",
        }


def make_folder(folder):
    """Make the servers' folder, through which others may pass but in which none may look."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
    except OSError as error:
        raise Problem(f"{folder} cannot be used ({error.strerror}); was it made by another user?") from error


@contextlib.contextmanager
def locked(path):
    """Hold the file's lock, so that two starts at once become one after the other."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_env(file):
    """The variables in the file; none when there is no file."""
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_env(file, variables):
    """Write the file whole or not at all; it holds the secret key, so nobody else may read it."""
    new = file.with_name("env.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.writelines(f"{name}={value}\n" for name, value in variables.items())
    new.replace(file)


def one_sentence(action):
    """Run a command line's action; what an operator must know is one sentence and exit 1."""
    try:
        action()
    except Problem as problem:
        sys.exit(str(problem))
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be used ({error.strerror}); was it made by another user?")
