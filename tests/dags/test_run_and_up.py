"""The start scripts, for real: the DAGs in Airflow on the sample company; then its scheduler and its web server."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import duckdb
import psutil
import pytest

from tests.canaries import scan

ROOT = Path(__file__).parents[2]
DAG_IDS = ["ingest_orders", "ingest_tickets", "ingest_members", "build_customer_360"]
SOURCES = ("SHOP_URL", "HELPDESK_URL", "HELPDESK_TOKEN", "MEMBERS_URL")


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment without any setting of Airflow's or ours, and with `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CUSTOMER360"))}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return kept | {"PATH": path, "CUSTOMER360_HOME": str(home)} | more


def run(home: Path, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "ops" / "run"], env=environment(home, **more), capture_output=True, text=True, timeout=600, check=False
    )


def is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def processes_of(home: Path) -> list[psutil.Process]:
    """Living processes that were started for `home` (but for Airflow's servers, which overwrite their environment)."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("CUSTOMER360_HOME") == str(home) and is_alive(process):
                found.append(process)
    return found


def rows(home: Path, query: str, *, file: str = "warehouse.duckdb") -> list[tuple]:
    deadline = time.monotonic() + 60
    while True:
        try:
            with duckdb.connect(str(home / file), read_only=True) as connection:
                return connection.execute(query).fetchall()
        except duckdb.IOException:  # a task has it open for writing
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def first_run(home):
    done = run(
        home,
        CUSTOMER360_HASH_KEY="hash-key-kanarie-0123456789",
        CUSTOMER360_ALERT_URL="http://127.0.0.1:9/hooks/alert-path-kanarie",
        CUSTOMER360_LINEAGE_URL=str(home / "logs" / "lineage.jsonl"),
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def test_a_run_says_what_ran_and_shows_the_first_answers(first_run, home):
    for dag_id in DAG_IDS:
        assert re.search(rf"^{dag_id} +success", first_run.stdout, flags=re.MULTILINE)
    assert "customers" in first_run.stdout
    assert str(home / "published" / "customer_360.duckdb") in first_run.stdout
    assert str(home / "docs" / "quality" / "index.html") in first_run.stdout
    assert len((first_run.stdout + first_run.stderr).splitlines()) < 80, "Airflow's log belongs in its file"


def test_a_run_publishes_and_leaves_its_steps_in_ops(first_run, home):
    assert rows(home, "select count(*) > 1000 from marts.customer_360", file="published/customer_360.duckdb") == [
        (True,)
    ]
    recorded = rows(home, "select command, status, run_id from ops.pipeline_runs order by started_at")
    assert [row[:2] for row in recorded] == [
        ("ingest_orders.pull", "succeeded"),
        ("ingest_tickets.pull", "succeeded"),
        ("ingest_members.pull", "succeeded"),
        ("build_customer_360.publish", "succeeded"),
    ]
    (published_by,) = rows(home, "select run_id from ops.publications where is_current")[0]
    assert published_by == recorded[-1][2]


def test_airflow_remembers_the_runs(first_run, home):
    with contextlib.closing(sqlite3.connect(home / "airflow" / "airflow.db")) as database:
        states = database.execute("select dag_id, state from dag_run order by id").fetchall()
        slots = database.execute("select slots from slot_pool where pool = 'warehouse'").fetchall()
    assert states == [(dag_id, "success") for dag_id in DAG_IDS]
    assert slots == [(1,)]


def test_no_secret_is_in_any_file_that_a_run_leaves(first_run, home):
    """Airflow's database, logs, dbt's files, the warehouse, reports, lineage, publications: packed ones unpacked."""
    token = (home / "sample" / "helpdesk.token").read_text().strip()
    secrets = {token: "token", "hash-key-kanarie-0123456789": "hash key", "alert-path-kanarie": "webhook"}
    assert scan(home, secrets, skip=[home / "sample"]) == []
    screen = first_run.stdout + first_run.stderr
    assert not [secret for secret in secrets if secret in screen]


def test_the_lineage_of_a_run_leads_from_the_sources_to_the_published_files(first_run, home):
    events = [json.loads(line) for line in (home / "logs" / "lineage.jsonl").read_text().splitlines()]
    ended = {event["job"]["name"]: event for event in events if event["eventType"] == "COMPLETE"}
    assert not [event for event in events if event["eventType"] == "FAIL"]
    steps = ["pull.orders", "pull.tickets", "pull.members", "check.raw", "build", "check.publication", "publish"]
    assert [name for name in ended if name in steps] == steps

    def above(dataset: str) -> set[str]:
        """The inputs of whatever wrote this dataset, and theirs."""
        written = [event for event in ended.values() if dataset in {output["name"] for output in event["outputs"]}]
        inputs = {each["name"] for event in written for each in event["inputs"]} - {dataset}
        return inputs | {name for each in inputs for name in above(each)}

    orders = above(str(home / "published" / "parquet" / "orders.parquet"))
    assert {"marts.orders", "raw.shop_orders", "orders", "raw.shop_returns"} <= orders
    assert "raw.membership_surveys" not in orders
    fields = ended["build.orders"]["outputs"][0]["facets"]["schema"]["fields"]
    assert {"order_id", "net_sales"} <= {field["name"] for field in fields}


def test_a_run_leaves_no_process_behind(first_run, home):
    assert processes_of(home) == []


def test_a_wrong_setting_ends_the_run_with_one_screen_and_its_exit_code(tmp_path):
    settings = {f"CUSTOMER360_{name}": "set" for name in SOURCES} | {
        "CUSTOMER360_SHOP_URL": "sqlite:////no/such.sqlite"
    }
    done = run(tmp_path, **settings)
    assert done.returncode == 3
    screen = done.stdout + done.stderr
    assert re.search(r"^ingest_orders +failed", screen, flags=re.MULTILINE)
    assert "SourceError: shop: there is no SQLite file at /no/such.sqlite" in screen
    assert "Traceback" not in screen
    assert len(screen.splitlines()) < 25
    assert "Traceback" in (tmp_path / "logs" / "airflow.log").read_text()
    assert processes_of(tmp_path) == []


class Airflow:
    """A running `make up`."""

    def __init__(self, home: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home, self.url = home, f"http://127.0.0.1:{self.port}"
        self.screen = home / "up.txt"
        with open(self.screen, "w") as screen:
            self.process = subprocess.Popen(
                [ROOT / "ops" / "up", str(self.port)],
                env=environment(home),
                stdout=screen,
                stderr=screen,
                start_new_session=True,
                # Under a shell that ran the tests in the background, Ctrl-C would be ignored from birth.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        self._token = None

    def wait(self, what: str, condition, seconds: float = 300):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.screen.read_text()
            with contextlib.suppress(OSError):
                if answer := condition():
                    return answer
            time.sleep(0.5)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.screen.read_text()}")

    def up(self) -> bool:
        return "Ctrl-C ends it." in self.screen.read_text()

    def get(self, path: str) -> dict:
        if self._token is None:
            password = json.loads((self.home / "airflow" / "passwords.json").read_text())["admin"]
            self._token = self._ask("/auth/token", {"username": "admin", "password": password})["access_token"]
        return self._ask(f"/api/v2{path}")

    def _ask(self, path: str, body: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        request = urllib.request.Request(self.url + path, json.dumps(body).encode() if body else None, headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def states(self, dag_id: str, run_type: str) -> list[str]:
        runs = self.get(f"/dags/{dag_id}/dagRuns?run_type={run_type}")["dag_runs"]
        return [run["state"] for run in runs]

    def command(self, line: str) -> None:
        """As an operator would: again when another process wrote to Airflow's SQLite database in between."""
        script = f". {ROOT}/ops/environment.sh; airflow {line}"
        for _ in range(8):
            done = subprocess.run(
                ["bash", "-c", script], env=environment(self.home), capture_output=True, text=True, timeout=120
            )
            if "database is locked" not in done.stderr:
                break
            time.sleep(1)
        assert done.returncode == 0, done.stderr[-2000:]

    def processes(self) -> list[psutil.Process]:
        """Airflow's, and the sample company's, which runs beside it."""
        return psutil.Process(self.process.pid).children(recursive=True) + processes_of(self.home)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def airflow(first_run, home):
    running = Airflow(home)
    try:
        running.wait("Airflow is up", running.up)
        yield running
    finally:
        running.stop(signal.SIGTERM)  # whatever became of Ctrl-C, nothing is left running


def test_up_runs_the_dags_on_schedule_and_the_build_when_their_assets_changed(airflow):
    files = {file.stem for file in (ROOT / "dags").glob("*.py")} - {"shared"}
    airflow.wait("DAGs found", lambda: {dag["dag_id"] for dag in airflow.get("/dags")["dags"]} == files)
    assert not any(dag["is_paused"] for dag in airflow.get("/dags")["dags"])
    for dag_id in DAG_IDS[:3]:
        airflow.wait(f"{dag_id} ran", lambda dag_id=dag_id: airflow.states(dag_id, "scheduled") == ["success"])
    airflow.wait("the build ran", lambda: "success" in airflow.states("build_customer_360", "asset_triggered"))
    assert airflow.get("/importErrors")["total_entries"] == 0


def test_up_listens_on_this_machine_only(airflow):
    listening = {
        connection.laddr
        for process in airflow.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert airflow.port in {address.port for address in listening}
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_up_needs_a_password_that_only_its_owner_can_read(airflow):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{airflow.url}/api/v2/dags", timeout=10)
    for name in ("passwords.json", "airflow.cfg"):
        assert (airflow.home / "airflow" / name).stat().st_mode & 0o077 == 0
    password = json.loads((airflow.home / "airflow" / "passwords.json").read_text())["admin"]
    for log in (airflow.home / "logs").glob("*.log"):
        assert password not in log.read_text(errors="replace"), f"{log} holds the password"


def test_a_backfill_loads_the_days_it_was_asked_for_and_moves_no_watermark(airflow):
    first, last = date(2026, 10, 1), date(2026, 10, 2)
    before = rows(airflow.home, "select source_table, max(watermark) from ops.loads group by all order by all")
    airflow.command(f"backfill create --dag-id ingest_orders --from-date {first} --to-date {last}")
    airflow.wait("the backfill ran", lambda: airflow.states("ingest_orders", "backfill") == ["success"] * 2)
    loads = rows(
        airflow.home,
        """
        select run_id, sum(rows_read)::int, sum(rows_loaded)::int
        from ops.loads where run_id like '%.backfill\\_\\_%' escape '\\' group by all order by all
        """,
    )
    with contextlib.closing(sqlite3.connect(airflow.home / "sample" / "shop.sqlite")) as shop:
        for (run_id, read, loaded), day in zip(loads, (first, last), strict=True):
            asked_for = sum(
                shop.execute(
                    f"select count(*) from {table} where datetime(updated_at) between ? and ?",
                    [f"{day} 00:00:00", f"{day + timedelta(days=1)} 00:00:00"],
                ).fetchone()[0]
                for table in (
                    "customers",
                    "salespeople",
                    "partners",
                    "products",
                    "orders",
                    "order_items",
                    "payments",
                    "returns",
                )
            )
            assert f"backfill__{day + timedelta(days=1)}" in run_id
            assert asked_for > 0
            assert (read, loaded) == (asked_for, 0), "the first run had loaded them already"
    after = rows(airflow.home, "select source_table, max(watermark) from ops.loads group by all order by all")
    assert after == before


def test_ctrl_c_ends_all_of_it(airflow):
    processes = airflow.processes()
    assert len(processes) > 4
    airflow.stop()
    assert "Stopping." in airflow.screen.read_text()
    assert [process for process in processes if is_alive(process)] == []
    assert processes_of(airflow.home) == []
