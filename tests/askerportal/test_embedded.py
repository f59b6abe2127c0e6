"""The embedded servers: started, found again, and mended after whatever may happen to them."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys

import environ
import psutil
import psycopg
import pytest
import redis

from askerportal.embedded import Servers, lives


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A folder whose servers have run once and stopped; making it costs a second."""
    folder = tmp_path_factory.mktemp("servers") / "run"
    servers = Servers(folder, environ={})
    servers.start()
    servers.stop()
    return folder


@pytest.fixture
def folder(made_once):
    yield made_once
    Servers(made_once, environ={}).stop()


def database(env):
    parts = environ.Env.db_url_config(env["DATABASE_URL"])
    return psycopg.connect(host=parts["HOST"], user=parts["USER"], dbname=parts["NAME"], autocommit=True)


def broker(env):
    return redis.Redis.from_url(env["REDIS_URL"])


def test_a_second_start_finds_the_servers_and_starts_none(folder):
    first = Servers(folder, environ={})
    env = first.start()
    pids = first.status()

    second = Servers(folder, environ={})
    same = second.start()

    assert first.started == ["PostgreSQL", "Valkey"]
    assert second.started == []
    assert second.status() == pids
    assert same == env


def test_data_and_secret_key_are_there_after_a_restart(folder):
    env = Servers(folder, environ={}).start()
    with database(env) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('blåbær')")
    broker(env).set("kept", "ja")

    Servers(folder, environ={}).stop()
    again = Servers(folder, environ={}).start()

    with database(again) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("blåbær",)
    assert broker(again).get("kept") == b"ja"
    assert again["SECRET_KEY"] == env["SECRET_KEY"]
    assert stat.S_IMODE((folder / "env").stat().st_mode) == 0o600


def test_what_the_portal_relies_on_is_set(folder):
    env = Servers(folder, environ={}).start()

    with database(env) as connection:
        said = [
            connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "synchronous_commit", "TimeZone", "server_encoding", "listen_addresses")
        ]
        folded = connection.execute("SELECT lower('ÆØÅ')").fetchone()[0]
    config = broker(env).config_get("append*") | broker(env).config_get("maxmemory-policy")

    assert said == ["on", "on", "UTC", "UTF8", ""]
    assert folded == "æøå"
    assert (config["appendonly"], config["appendfsync"], config["maxmemory-policy"]) == (
        "yes",
        "everysec",
        "noeviction",
    )


def test_stop_ends_both_and_a_second_stop_has_nothing_to_do(folder):
    servers = Servers(folder, environ={})
    servers.start()
    processes = [psutil.Process(pid) for pid in servers.status().values()]

    stopped = servers.stop()

    assert sorted(stopped) == ["PostgreSQL", "Valkey"]
    assert not any(map(lives, processes))
    assert servers.status() == {"PostgreSQL": None, "Valkey": None}
    assert servers.stop() == []


def test_killed_servers_start_again_though_strangers_have_their_pids(folder):
    servers = Servers(folder, environ={})
    servers.start()
    for pid in servers.status().values():
        os.kill(pid, signal.SIGKILL)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    postmaster = folder / "postgres" / "postmaster.pid"
    lines = postmaster.read_text().splitlines(keepends=True)
    postmaster.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
    (folder / "valkey.pid").write_text(f"{stranger.pid}\n")

    env = servers.start()

    assert servers.started == ["PostgreSQL", "Valkey"]
    assert database(env).execute("SELECT 1").fetchone() == (1,)
    assert broker(env).ping()
    assert stranger.poll() is None
    stranger.communicate(b"\n")


def test_frozen_servers_can_be_stopped(folder):
    servers = Servers(folder, environ={})
    servers.start()
    processes = [psutil.Process(pid) for pid in servers.status().values()]
    for process in processes:
        process.suspend()

    servers.stop()

    assert not any(map(lives, processes))


def test_valkey_moves_when_a_stranger_has_its_port(folder):
    env = Servers(folder, environ={}).start()
    Servers(folder, environ={}).stop()
    port = broker(env).connection_pool.connection_kwargs["port"]

    with socket.create_server(("127.0.0.1", port)):
        moved = Servers(folder, environ={}).start()

    assert moved["REDIS_URL"] != env["REDIS_URL"]
    assert broker(moved).ping()


def test_a_set_up_that_was_cut_off_is_made_again(tmp_path):
    half_made = tmp_path / "run" / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    servers = Servers(tmp_path / "run", environ={"REDIS_URL": "redis://broker.example/0"})

    env = servers.start()

    assert database(env).execute("SELECT 1").fetchone() == (1,)
    servers.stop()


def test_a_path_too_long_for_a_socket_gets_its_socket_under_tmp(tmp_path):
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    servers = Servers(folder, environ={"REDIS_URL": "redis://broker.example/0"})

    env = servers.start()

    sockets = environ.Env.db_url_config(env["DATABASE_URL"])["HOST"]
    assert sockets.startswith("/tmp/asker-")
    assert database(env).execute("SELECT 1").fetchone() == (1,)
    servers.stop()
    shutil.rmtree(sockets)


def test_servers_elsewhere_switch_the_embedded_ones_off(tmp_path):
    elsewhere = {"DATABASE_URL": "postgres://db.example/asker", "REDIS_URL": "redis://broker.example/0"}
    servers = Servers(tmp_path, environ=elsewhere)

    env = servers.start()

    assert servers.started == []
    assert servers.status() == {}
    assert elsewhere.items() <= env.items()
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "valkey").exists()
