"""The two servers' command line."""

import argparse
from pathlib import Path

from askerportal.embedded.servers import FOLDER, Servers, one_sentence


def main():
    parser = argparse.ArgumentParser(prog="python -m askerportal.embedded", description="The two servers.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("action", choices=["start", "stop", "status"])
    given = parser.parse_args()
    servers = Servers(given.folder)
    if given.action == "start":
        servers.start()
    elif given.action == "stop":
        # Whatever the environment says now: what was started here once may run still.
        servers = Servers(given.folder, environ={})
        servers.stop()
    for name, pid in servers.status().items():
        print(f"{name} runs (pid {pid})." if pid else f"{name} does not run.")


if __name__ == "__main__":
    one_sentence(main)
