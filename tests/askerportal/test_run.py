"""`make run`: what it says when it can't, and that nothing is left when it ends, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from askerportal.embedded import Servers, free_port, lives
from askerportal.run import MARK, Lock, carries

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """`make run` without make, in a folder of its own, with none of the tests' own environment."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.env = {
            "PATH": os.environ["PATH"],
            "RUN_DIR": str(folder),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, action, **env):
        return subprocess.run(
            [sys.executable, "-m", "askerportal.run", action],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self):
        """The supervisor, once it has said that the portal runs; and all that it has started."""
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "askerportal.run", "start"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said = []
        for line in supervisor.stdout:
            said.append(line)
            if "Ctrl+C stops everything" in line:
                break
        assert supervisor.poll() is None, "".join(said)
        self.said = "".join(said)
        _, self.mark = Lock(self.folder).read()
        return supervisor, [psutil.Process(supervisor.pid), *self.processes(), *self.servers()]

    def processes(self):
        return [process for process in psutil.process_iter() if carries(process, self.mark)]

    def servers(self):
        pids = Servers(self.folder, environ={}).status().values()
        return [psutil.Process(pid) for pid in pids if pid]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal") / "run"
    yield folder
    Run(folder).command("stop")


@pytest.fixture
def run(home):
    return Run(home)


def ctrl_c(supervisor):
    os.killpg(supervisor.pid, signal.SIGINT)


def terminate(supervisor):
    supervisor.terminate()


def kill_the_web_server(supervisor):
    web = next(
        child for child in psutil.Process(supervisor.pid).children() if "granian" in " ".join(child.cmdline())
    )
    web.kill()


@pytest.mark.parametrize(
    ("end", "code", "last_words"),
    [(ctrl_c, 0, ""), (terminate, 0, ""), (kill_the_web_server, 1, "web ended by itself (exit -9)")],
)
def test_the_portal_answers_and_leaves_no_process_when_it_ends(run, end, code, last_words):
    supervisor, processes = run.start()
    served = urllib.request.urlopen(f"http://localhost:{run.port}/helse/").status

    end(supervisor)
    rest, _ = supervisor.communicate(timeout=30)

    assert served == 200
    assert f"http://localhost:{run.port}\n" in run.said
    assert len(processes) >= 8  # supervisor, web and 2, worker and 2, beat, mail, and the servers
    assert [process for process in processes if lives(process)] == []
    assert run.processes() == []
    assert supervisor.returncode == code
    assert last_words in rest


def test_a_second_run_is_refused_and_the_first_goes_on_until_make_stop(run):
    supervisor, processes = run.start()

    second = run.command("start")
    served = urllib.request.urlopen(f"http://localhost:{run.port}/helse/").status
    stopped = run.command("stop")

    assert second.returncode == 1
    assert second.stderr == f"The portal runs already (pid {supervisor.pid}); make stop ends it.\n"
    assert served == 200
    assert "The portal stopped." in stopped.stdout
    supervisor.communicate(timeout=10)
    assert [process for process in processes if lives(process)] == []


def test_what_a_killed_run_leaves_is_ended_by_make_stop_and_nothing_else_is(run):
    bystander = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={**os.environ, MARK: "another run"}
    )
    supervisor, processes = run.start()
    supervisor.kill()
    supervisor.communicate(timeout=10)

    stopped = run.command("stop")

    assert "What a killed run had left stopped." in stopped.stdout
    assert [process for process in processes if lives(process)] == []
    assert bystander.poll() is None
    bystander.communicate(b"\n")


def test_a_busy_port_is_one_sentence_before_anything_starts(run):
    with socket.create_server(("127.0.0.1", run.port)):
        refused = run.command("start")

    assert refused.returncode == 1
    assert (
        refused.stderr == f"Port {run.port} is in use; choose another, as in: make run PORT={run.port + 1}\n"
    )
    assert run.servers() == []


@pytest.mark.parametrize("port", ["åtti", "0", "65536", "-1"])
def test_a_port_that_is_none_is_one_sentence(run, port):
    refused = run.command("start", PORT=port)

    assert refused.returncode == 1
    assert refused.stderr == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


@pytest.mark.parametrize(("name", "scheme"), [("DATABASE_URL", "postgres"), ("REDIS_URL", "redis")])
def test_a_server_elsewhere_that_does_not_answer_is_one_sentence(run, name, scheme):
    refused = run.command("start", **{name: f"{scheme}://127.0.0.1:{free_port()}/asker"})

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"The start stopped at {name}: ")
    assert len(refused.stderr.splitlines()) == 1
    assert run.servers() == []
