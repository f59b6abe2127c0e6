"""Loopback ports that nobody has."""

import secrets
import socket

from askerportal.embedded.processes import Problem

# Below the ports that Linux gives to outgoing connections, so that none is taken by chance.
PORTS = range(20000, 32000)


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
