"""The whole portal on one machine: `make run` and `make stop`.

`start` brings up the servers, makes the database, static files and translations ready, starts
the processes of the Procfile and stays until Ctrl+C, SIGTERM or the end of one of them; then
nothing is left. Every process that a run starts carries the run's mark in its environment, so
that what a killed run left can be told from everybody else's processes, and only that is ended.
"""

import contextlib
import datetime
import fcntl
import io
import os
import shlex
import signal
import smtplib
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
import uuid
from pathlib import Path

import psutil
import psycopg
import redis
from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from askerportal.celery import app
from askerportal.embedded import (
    FOLDER,
    Problem,
    Servers,
    is_free,
    lives,
    make_folder,
    one_sentence,
    wait_for_end,
)

ROOT = Path(__file__).resolve().parent.parent
MARK = "ASKERPORTAL_RUN"
READY_WITHIN = 60  # seconds from the processes' start to their answers
END_WITHIN = 10  # seconds from SIGTERM to SIGKILL; a running task longer than this is done again


class Ended(Exception):
    """Somebody asked the run to end: Ctrl+C, SIGTERM, or the terminal was closed."""


class Lock:
    """That one run, and no second, lives in the folder; its file says which: pid and mark.

    The lock is the kernel's and ends with its process, so that a killed run leaves none.
    """

    def __init__(self, folder):
        self.path = folder / "run.pid"
        self.file = None

    def take(self, mark):
        """Take the lock and return the mark of the run before, if that one was killed; raises Problem."""
        self.file = self.path.open("a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _ = self.read()
            raise Problem(f"The portal runs already (pid {pid}); make stop ends it.") from None
        _, before = self.read()
        self._write(f"{os.getpid()} {mark}\n")
        return before

    def release(self):
        self._write("")
        self.file.close()

    def read(self):
        """(pid, mark) of the run that wrote the file; (None, None) after a good end."""
        words = self.path.read_text().split() if self.path.exists() else []
        return (int(words[0]), words[1]) if len(words) == 2 else (None, None)

    def is_held(self):
        if not self.path.exists():
            return False
        with self.path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _write(self, text):
        self.file.seek(0)
        self.file.truncate()
        self.file.write(text)
        self.file.flush()


class Processes:
    """The processes of a Procfile, each in a session of its own, with their words on our output."""

    def __init__(self, procfile, env, mark):
        self.commands = parse_procfile(procfile.read_text()).processes
        # Celery warns at every start that root runs it; on a machine of one's own that is known.
        self.env = {"PYTHONWARNINGS": "ignore:You're running the worker", **env, MARK: mark}
        self.mark = mark
        self.running = {}
        self.printer = Printer(sys.stdout, width=max(map(len, self.commands)))
        self.printing = threading.Lock()

    def start(self):
        for (name, command), colour in zip(self.commands.items(), get_colours(), strict=False):
            # Ctrl+C in the terminal reaches only us: we end the others in good order.
            self.running[name] = subprocess.Popen(
                shlex.split(command),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            threading.Thread(target=self._pass_on, args=(name, colour), daemon=True).start()

    def raise_ended(self):
        """Raise Problem when one of them is no more."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Problem(f"{name} ended by itself (exit {process.returncode}), so everything stops.")

    def end(self):
        """End all, in good order if they will; and whatever they have started."""
        for process in self.running.values():
            process.terminate()
        until = time.monotonic() + END_WITHIN
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, until - time.monotonic()))
        end_marked(self.mark)
        for process in self.running.values():
            process.wait()

    def _pass_on(self, name, colour):
        for line in self.running[name].stdout:
            message = Message("line", line, datetime.datetime.now(), name, colour)
            # A closed terminal must not stop the reading, for the process would then block.
            with self.printing, contextlib.suppress(OSError):
                self.printer.write(message)


def end_marked(mark):
    """Kill every process that carries the mark; how many there were."""
    count = 0
    while found := [process for process in psutil.process_iter() if carries(process, mark)]:
        count += len(found)
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for process in found:
            wait_for_end(process, END_WITHIN)
    return count


def carries(process, mark):
    try:
        return lives(process) and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def start(folder=FOLDER):
    """Run the portal until somebody ends it; raises Problem."""
    port = wanted_port()
    make_folder(folder)
    lock, mark = Lock(folder), uuid.uuid4().hex
    before = lock.take(mark)
    try:
        if before and (count := end_marked(before)):
            print(f"Ended {count} processes that a killed run had left.")
        if not is_free(port):
            raise Problem(f"Port {port} is in use; choose another, as in: make run PORT={port + 1}")
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, end_now)
        with contextlib.suppress(Ended):
            run(folder, port, mark)
    finally:
        lock.release()


def run(folder, port, mark):
    servers, processes = Servers(folder), None
    try:
        servers.start()
        env = servers.free_local_ports()
        for name, value in env.items():
            os.environ.setdefault(name, value)  # what is set for real wins
        os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        os.environ.setdefault("GRANIAN_PORT", str(port))
        prepare(folder)
        processes = Processes(ROOT / "Procfile", os.environ, mark)
        processes.start()
        wait_until_ready(processes, port)
        greet(folder, port)
        while True:
            processes.raise_ended()
            time.sleep(0.5)
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        if processes:
            processes.end()
        servers.stop_started()


def end_now(signum, frame):
    raise Ended


def wanted_port():
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Problem(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def prepare(folder):
    """Bring database, sample data, static files and translations up to date, all in this one process."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    with told("settings", folder):
        django.setup()
    # Asked here and past the pool, which would try for long and say little.
    with told("DATABASE_URL", folder):
        psycopg.connect(**connection.get_connection_params(), connect_timeout=5).close()
    with told("REDIS_URL", folder), redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as broker:
        broker.ping()
    for command in ("migrate", "load_base_data", "sample_persons", "build"):
        with told(command, folder):
            call_command(command, verbosity=0, stdout=io.StringIO())
    connection.close_pool()


@contextlib.contextmanager
def told(step, folder):
    """Turn a failure of one step into one sentence, and keep the traceback in a file."""
    try:
        yield
    except (Ended, Problem):
        raise
    except Exception as error:
        log = folder / "run.log"
        log.write_text(traceback.format_exc())
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Problem(f"The start stopped at {step}: {why} (more in {log})") from error


def wait_until_ready(processes, port):
    """Wait until each process has shown that it works; raises Problem."""
    waiting = {"web": lambda: web_answers(port), "worker": worker_answers, "mail": mail_answers}
    until = time.monotonic() + READY_WITHIN
    while waiting:
        processes.raise_ended()
        waiting = {name: answers for name, answers in waiting.items() if not answers()}
        if waiting and time.monotonic() > until:
            names = " and ".join(waiting)
            raise Problem(f"{names} did not answer within {READY_WITHIN} s; the lines above may say why.")
        time.sleep(0.1)


def web_answers(port):
    with contextlib.suppress(OSError):  # urllib's errors are OSErrors, a status of 400 and more too
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/helse/", timeout=5).status == 200
    return False


def worker_answers():
    with contextlib.suppress(app.connection_for_read().transport.connection_errors, OSError):
        return bool(app.control.ping(timeout=0.5, limit=1))
    return False


def mail_answers():
    from django.conf import settings

    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as server:
            return server.noop()[0] == 250
    except OSError:  # smtplib's errors are OSErrors
        return False


def greet(folder, port):
    from django.core.management import call_command
    from django.db import connection

    print(f"\nThe portal runs: http://localhost:{port}")
    print(f"Mails and SMS that it sends: http://localhost:{port}/lokal-epost/\n")
    with told("sample_signins", folder):
        call_command("sample_signins")
    connection.close_pool()
    print("\nCtrl+C stops everything.", flush=True)


def stop(folder=FOLDER):
    """Stop the portal, or what a killed run has left, and both servers; raises Problem."""
    lock = Lock(folder)
    pid, mark = lock.read()
    if lock.is_held():
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + READY_WITHIN
        while lock.is_held():
            if time.monotonic() > until:
                raise Problem(f"The portal (pid {pid}) did not stop within {READY_WITHIN} s.")
            time.sleep(0.1)
        print("The portal stopped.")
    elif mark and end_marked(mark):
        print("What a killed run had left stopped.")
    for name in Servers(folder, environ={}).stop():
        print(f"{name} stopped.")


def main():
    action = {"start": start, "stop": stop}.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if action is None:
        sys.exit("python -m askerportal.run start|stop")
    action()


if __name__ == "__main__":
    one_sentence(main)
