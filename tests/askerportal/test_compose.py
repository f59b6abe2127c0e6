"""What the containers run is what `make run` runs, so that nothing in production was never started."""

from pathlib import Path

import pytest
from honcho.environ import parse_procfile
from ruamel.yaml import YAML

from reports.models import Department

ROOT = Path(__file__).resolve().parents[2]
PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes
SERVICES = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if name not in ("db", "valkey")}
WORKERS = {name: service for name, service in OURS.items() if name.startswith("worker")}


@pytest.mark.parametrize("name", ["web", "beat"])
def test_the_container_runs_the_procfiles_command(name):
    assert OURS[name]["command"] == PROCFILE[name]


def test_every_worker_is_the_procfiles_with_queues_named():
    assert WORKERS
    for service in WORKERS.values():
        assert service["command"].startswith(PROCFILE["worker"] + " ")


@pytest.mark.django_db
def test_every_department_has_exactly_one_worker_service():
    named = [word for service in WORKERS.values() for word in service["command"].split()[3:]]

    assert sorted(named) == sorted(["--shared", *Department.objects.values_list("slug", flat=True)])


def test_no_other_container_of_ours_is_unchecked():
    assert set(OURS) == {"web", "beat", "migrate", *WORKERS}


def test_every_container_of_ours_is_the_same_image():
    assert {service["image"] for service in OURS.values()} == {"askerportal"}


def test_every_service_that_stays_has_a_health_check():
    assert [name for name, service in SERVICES.items() if "test" not in service["healthcheck"]] == ["migrate"]


def test_no_secret_has_a_default():
    environment = OURS["web"]["environment"]

    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
    assert "DEBUG" not in environment
