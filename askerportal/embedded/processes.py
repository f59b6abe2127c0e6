"""Whether a process is one of ours, and whether it still lives."""

import time
from pathlib import Path

import psutil

PATIENCE = 60  # seconds for a server to start or stop; a slow disk needs more than the packages' 10


class Problem(Exception):
    """What an operator must know, in one sentence."""


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
