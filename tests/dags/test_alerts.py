"""Real Airflow, DAGs that fail, and a real receiver of alerts: what is retried how often, and what arrives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.receiver import receiver

ROOT = Path(__file__).parents[2]
TOKEN = "canary-helpdesk-token"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """How the DAGs of failing/ ended, and the receiver that was told; one Airflow for all of them."""
    folder = tmp_path_factory.mktemp("alerting")
    home, result, dags = folder / "home", folder / "result.json", folder / "dags"
    dags.mkdir()
    for file in [*(ROOT / "dags").glob("*.py"), ROOT / "tests" / "dags" / "failing" / "failing_dags.py"]:
        (dags / file.name).symlink_to(file)
    with receiver() as server:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("CUSTOMER360")}
        environment |= {
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "CUSTOMER360_HOME": str(home),
            "CUSTOMER360_ALERT_URL": server.url,
            "CUSTOMER360_HELPDESK_TOKEN": TOKEN,
        }
        script = ROOT / "tests" / "dags" / "failing" / "run_them.py"
        done = subprocess.run(
            [sys.executable, script, result], env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert result.exists(), done.stdout[-3000:] + done.stderr[-3000:]
        yield json.loads(result.read_text()), server, folder, done


def alert_about(server, subject: str) -> list[dict]:
    return [facts for facts in server.facts if facts["subject"] == subject]


@pytest.mark.parametrize(
    ("dag_id", "tries"),
    [("contract_broken", 1), ("unknown_error", 3), ("disk_full", 1), ("busy", 5), ("passes_by_itself", 3)],
)
def test_each_kind_of_error_is_tried_as_often_as_the_table_says(told, dag_id, tries):
    expected = "success" if dag_id == "passes_by_itself" else "failed"
    assert told[0]["ended"][dag_id] == [expected, tries]


def test_a_failure_is_told_once_with_what_to_do(told):
    _, server, _, _ = told
    (first, over) = alert_about(server, "contract_broken.step")
    assert first["kind"] == "task_failed"
    assert first["dag"] == "contract_broken"
    assert (first["error"], first["exit_code"], first["tries"]) == ("SourceError", 3, 1)
    assert first["runbook"] == "docs/runbook.md#task_failed"
    text = server.texts[server.facts.index(first)]
    assert "column updated_at is missing" in text
    assert "What to do:" in text
    assert over["state"] == "over"


def test_what_passes_by_itself_disturbs_nobody(told):
    _, server, _, _ = told
    assert alert_about(server, "passes_by_itself.step") == []


def test_no_alert_holds_a_secret_or_a_person(told):
    _, server, _, _ = told
    sent = json.dumps(server.bodies)
    assert server.bodies
    assert "unknown_error.step failed: ValueError" in sent
    for canary in (TOKEN, "Canary Person", "canary.person@example.org", "1234567", "a-secret-path"):
        assert canary not in sent


def test_the_webhooks_address_and_the_token_are_in_no_file_of_airflows(told):
    _, _, folder, done = told
    looked_at = 0
    for file in filter(Path.is_file, folder.rglob("*")):
        looked_at += 1
        assert b"a-secret-path" not in file.read_bytes(), file
    assert looked_at > 5
    assert "a-secret-path" not in done.stdout + done.stderr


def test_a_rollback_makes_the_publication_before_current_and_keeps_the_other(told):
    result = told[0]
    assert result["ended"]["rollback_before"] == ["success", 1]
    assert len(result["kept"]) == 2
    assert result["current"] == result["kept"][0]


def test_the_hourly_watch_runs_and_a_rollback_to_what_is_not_kept_is_refused_and_told(told):
    ended, server, _, _ = told
    assert ended["ended"]["watch"][0] == "success"
    assert ended["ended"]["rollback_to_unknown"] == ["failed", 1]
    (refused,) = alert_about(server, "rollback_publication.rollback")
    assert (refused["error"], refused["exit_code"]) == ("PublicationError", 8)
