"""PostgreSQL and Valkey for the tests, started before Django reads its settings.

pytest loads this by `-p tests.servers`. The servers live in `.run-test/`, apart
from those of `make run`, and are stopped when the tests are over. RUN_TEST_FOLDER names
another folder, for two runs side by side.
"""

import os
from pathlib import Path

import pytest

from askerportal.embedded import Problem, Servers

FOLDER = Path(os.environ.get("RUN_TEST_FOLDER") or Path(__file__).resolve().parent.parent / ".run-test")

servers = Servers(FOLDER)
# A folder of its own for temporary files: the usual one is closed to others by each pytest that
# starts, and then to the system user that runs PostgreSQL.
temporary = FOLDER / "tmp"
temporary.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(temporary))

try:
    os.environ.update(servers.start())
except Problem as problem:
    pytest.exit(str(problem), returncode=2)


def pytest_unconfigure():
    servers.stop_started()
