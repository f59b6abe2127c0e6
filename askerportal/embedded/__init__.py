"""PostgreSQL and Valkey for a machine that has neither, in a folder of their own.

`python -m askerportal.embedded start|stop|status` for people, `Servers` for `make run` and
the tests. Both servers outlive the process that started them, keep their data in the folder,
and are told apart from strangers by their name and their working directory, never by a pid
alone. DATABASE_URL and REDIS_URL in the environment each say that there is a server already.

The folder also gets `env`, which settings.py reads, so that manage.py finds the servers.
"""

from askerportal.embedded.ports import free_port, is_free
from askerportal.embedded.processes import Problem, lives, wait_for_end
from askerportal.embedded.servers import FOLDER, Servers, make_folder, one_sentence
from askerportal.embedded.valkey import Valkey

__all__ = [
    "FOLDER",
    "Problem",
    "Servers",
    "Valkey",
    "free_port",
    "is_free",
    "lives",
    "make_folder",
    "one_sentence",
    "wait_for_end",
]
