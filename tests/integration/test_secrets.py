"""Secrets stay in memory: canaries for every one of them, commands that work and fail, then a search of everything.

The whole job with its scheduler and dbt is searched in tests/dags/test_run_and_up.py.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy.engine import make_url

from customer360.demo.server import HelpdeskServer
from tests.canaries import scan
from tests.receiver import receiver

COMMAND = str(Path(sys.executable).with_name("customer360"))
CANARIES = {
    "shop-password-kanarie": "password in the shop's URL",
    "shop-parameter-kanarie": "password in a parameter of the shop's URL",
    "helpdesk-token-kanarie": "token of the helpdesk",
    "hash-key-kanarie-0123456789": "key of the hashes",
    "alert-path-kanarie": "path of the webhook",
    "lineage-key-kanarie": "key of the lineage server",
    "s3-access-kanarie": "access key of S3",
    "s3-secret-kanarie": "secret key of S3",
    "s3-session-kanarie": "session token of S3",
}


@pytest.fixture
def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def environment(tmp_path, free_port) -> dict[str, str]:
    """Every secret is a canary, every source out of reach."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("CUSTOMER360", "AWS"))}
    return kept | {
        "CUSTOMER360_HOME": str(tmp_path / "home"),
        "CUSTOMER360_SHOP_URL": f"postgresql://reader:shop-password-kanarie@127.0.0.1:{free_port}/shop"
        "?connect_timeout=2&sslpassword=shop-parameter-kanarie",
        "CUSTOMER360_HELPDESK_URL": f"http://127.0.0.1:{free_port}",
        "CUSTOMER360_HELPDESK_TOKEN": "helpdesk-token-kanarie",
        "CUSTOMER360_MEMBERS_URL": "s3://members/export",
        "CUSTOMER360_HASH_KEY": "hash-key-kanarie-0123456789",
        "CUSTOMER360_ALERT_URL": f"http://127.0.0.1:{free_port}/hooks/alert-path-kanarie",
        "CUSTOMER360_LINEAGE_URL": f"http://:lineage-key-kanarie@127.0.0.1:{free_port}",
        "AWS_ACCESS_KEY_ID": "s3-access-kanarie",
        "AWS_SECRET_ACCESS_KEY": "s3-secret-kanarie",
        "AWS_SESSION_TOKEN": "s3-session-kanarie",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port}",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def run(arguments: str, environment: dict[str, str], log: Path) -> tuple[int, list[str]]:
    """Exit code, and the arguments that it and all it started were seen with; what it says goes to the log."""
    seen: set[str] = set()
    with open(log, "a") as target:
        process = psutil.Popen([COMMAND, *arguments.split()], env=environment, stdout=target, stderr=subprocess.STDOUT)
        while process.poll() is None:
            for each in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    seen.add(" ".join(each.cmdline()))
            time.sleep(0.02)
    return process.returncode, sorted(seen)


def leaks(folder: Path, arguments: list[str]) -> list[str]:
    in_arguments = [f"argument: {what}" for canary, what in CANARIES.items() if any(canary in a for a in arguments)]
    return [*map(str, scan(folder, CANARIES)), *in_arguments]


def test_the_search_finds_what_is_there(tmp_path):
    (tmp_path / "log").write_text("password=shop-password-kanarie")
    assert leaks(tmp_path, ["psql -W s3-secret-kanarie"])
    assert len(leaks(tmp_path, ["psql -W s3-secret-kanarie"])) == 2


def test_commands_that_fail_in_many_ways_leave_no_secret_anywhere(environment, tmp_path):
    seen: list[str] = []
    with HelpdeskServer(empty_helpdesk(tmp_path), token="another token") as helpdesk, receiver() as server:
        refused = environment | {"CUSTOMER360_HELPDESK_URL": helpdesk.url}
        wrong = environment | {"CUSTOMER360_AS_OF": "no date", "CUSTOMER360_ALERT_URL": "smtp://alert-path-kanarie"}
        told = environment | {
            "CUSTOMER360_ALERT_URL": f"{server.url}/alert-path-kanarie",
            "CUSTOMER360_LINEAGE_URL": str(tmp_path / "home" / "lineage.jsonl"),
            "CUSTOMER360_STALE_AFTER_HOURS": "1",
        }
        for arguments, variables, expected in (
            ("pull orders", environment, 3),
            ("pull tickets", refused, 3),
            ("pull members", told, 3),
            ("publish", environment, None),
            ("watch", environment, None),
            ("watch --test-alert", told, 0),
            ("run", wrong, 2),
        ):
            code, found = run(arguments, variables, tmp_path / "screen.log")
            assert code == expected or (expected is None and code != 1), (tmp_path / "screen.log").read_text()[-2000:]
            seen += found
        assert not [body for body in server.bodies if any(canary in str(body) for canary in CANARIES)]
    assert any("pull orders" in arguments for arguments in seen)
    assert (tmp_path / "home" / "lineage.jsonl").exists()
    assert leaks(tmp_path, seen) == []


def test_a_pull_that_works_leaves_no_secret_anywhere(environment, tmp_path, postgres_shop):
    url = make_url(postgres_shop[0]).set(password="shop-password-kanarie").render_as_string(hide_password=False)
    assert "shop-password-kanarie" in url
    code, seen = run("pull orders", environment | {"CUSTOMER360_SHOP_URL": url}, tmp_path / "screen.log")
    assert code == 0, (tmp_path / "screen.log").read_text()[-2000:]
    assert leaks(tmp_path, seen) == []


def empty_helpdesk(tmp_path: Path) -> Path:
    folder = tmp_path / "helpdesk"
    folder.mkdir()
    for name in ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups"):
        (folder / f"{name}.jsonl").write_text('{"id": 1, "updated_at": "2026-01-01T00:00:00Z"}\n')
    return folder
