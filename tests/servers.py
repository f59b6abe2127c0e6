"""PostgreSQL and Valkey for the tests, started before Django reads its settings.

pytest loads this by `-p tests.servers`. The servers live in `.run-test/`, apart
from those of `make run`, and are stopped when the tests are over.
"""

import os
from pathlib import Path

from askerportal.embedded import Servers

FOLDER = Path(__file__).resolve().parent.parent / ".run-test"

servers = Servers(FOLDER)
os.environ.update(servers.start())


def pytest_unconfigure():
    servers.stop()
