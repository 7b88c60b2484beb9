"""Build the warehouse: one `dbt build` in this process, under the writer lock, with its results in ops.model_runs.

By hand: `customer360 build`; `--retry` resumes after a failure, `--full-refresh` rebuilds what is incremental.

dbt takes seconds to start and DuckDB has one writer, so there is one invocation a run, not one a model. Everything dbt
writes for itself (parsed project, compiled SQL, logs) is under `$CUSTOMER360_HOME/dbt`.

While a build runs the marts are of two ages. ops.model_runs therefore also holds rows of resource_type `build`: one
that says `running` at the start, one that says `success`, `error`, `partial` (only selected models) or `untested`
(models without their tests) at the end. Whoever publishes asks
`require_finished_build` first.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from customer360 import model_versions, rules
from customer360.config import Settings, library_environment
from customer360.errors import BuildError
from customer360.identity import changes
from customer360.sources.contract import TABLES
from customer360.warehouse import new_id, utc_now, writing
from customer360.warehouse_file import damage_noticed

FAILED = ("error", "fail", "runtime error", "partial success")
LINES_PER_FAILURE = 12


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test."""

    node_id: str
    resource_type: str
    status: str
    seconds: float
    rows: int | None
    message: str | None
    path: str | None = None
    compiled_path: str | None = None

    @property
    def name(self) -> str:
        return self.node_id.split(".")[2]


@dataclass(frozen=True)
class Build:
    """A finished build: which day it describes, how long it took, what each node did."""

    as_of: date
    seconds: float
    results: tuple[NodeResult, ...]

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)


def project_folder(chosen: Path | None = None) -> Path:
    """The dbt project: the folder chosen, else the one beside the package, else the one in the current folder."""
    places = [chosen] if chosen else [Path(__file__).resolve().parents[2] / "dbt_project", Path.cwd() / "dbt_project"]
    for place in places:
        if (place / "dbt_project.yml").is_file():
            return place
    raise BuildError(
        f"No dbt project found in {', '.join(map(str, places))}. Set CUSTOMER360_DBT_PROJECT to its folder."
    )


def as_of_date(connection: duckdb.DuckDBPyConnection, settings: Settings) -> date:
    """The day the marts describe: CUSTOMER360_AS_OF, or the day of the newest event in raw."""
    if settings.as_of:
        return settings.as_of
    newest = " union all ".join(f"select max(updated_at) as updated_at from raw.{name}" for name in TABLES)
    (latest,) = connection.execute(f"select max(updated_at)::date from ({newest})").fetchone()
    if latest is None:
        raise BuildError("Nothing has been loaded yet, so there is nothing to build. Run `customer360 pull` first.")
    return latest


def build(
    settings: Settings,
    *,
    run_id: str,
    full_refresh: bool = False,
    select: str | None = None,
    retry: bool = False,
    with_tests: bool = True,
    progress: Callable[[str], None] = print,
) -> Build:
    """Run `dbt build` (with `retry`, `dbt retry` from the node that failed) and record what each node did.

    Unit tests of the models are not run: they test the code, not the data (`make test` runs them). Without `with_tests`
    no test of the data is run either: quicker, to try something out, and not to be published.
    Raises RulesError before anything is run when the rules (the dated seeds) contradict themselves, and BuildError, one
    screen long, when a model or test fails; then nothing of this build can be published.
    """
    project = project_folder(settings.dbt_project)
    rules.check(project / "seeds")
    started = time.monotonic()
    with writing(settings, "build") as connection:
        if retry and (why := _why_whole(connection, settings)):
            progress(f"dbt builds all of it: {why}")
            retry = False
        as_of = as_of_date(connection, settings)
        lacking = "partial" if select else None if with_tests else "untested"
        if retry and (last := _last_build(connection)[1]) in ("partial", "untested"):
            lacking = last
        _record_build(connection, run_id, "running", 0, f"as of {as_of}")
        changes.remember_published(connection, settings)
        if not (select or retry):
            for model in model_versions.forget_changed(connection, project):
                progress(f"  {model} is built anew: it was made by another definition")
        connection.close()  # dbt opens the file itself; the lock stays ours
        command = _build_command(as_of, full_refresh=full_refresh, select=select)
        command += [] if with_tests else ["--exclude-resource-type", "test"]
        command = ["retry"] if retry else command
        results, crash = _invoke(settings, command, progress)
        seconds = time.monotonic() - started
        failures = [result for result in results if result.status in FAILED]
        message = crash or (f"{len(failures)} failed: {', '.join(f.name for f in failures)}" if failures else None)
        with contextlib.closing(duckdb.connect(str(settings.warehouse))) as connection:
            _record_nodes(connection, run_id, results)
            status = lacking or ("error" if message else "success")
            told = message or f"as of {as_of}"
            if not message and status != "partial":
                if not retry:
                    model_versions.remember(connection, project)
                changed = changes.summary(connection)
                told += f"; {changed}"
                progress(f"identities: {changed}")
            _record_build(connection, run_id, status, seconds, told)
    if message:
        with damage_noticed(settings):
            raise BuildError(_one_screen(settings, failures, results, crash))
    return Build(as_of, seconds, tuple(results))


def run_tests(settings: Settings, *, select: str) -> list[NodeResult]:
    """Run tests on the built warehouse, of the rules (`test_type:unit`) or of the data; changes and records nothing."""
    command = ["test", "--select", *select.split(), "--vars", json.dumps({"as_of_date": "2026-01-31"})]
    results, crash = _invoke(settings, command, lambda _: None)
    if crash:
        raise BuildError(crash)
    return [result for result in results if result.resource_type != "operation"]  # the hook before a run is no test


def build_models(settings: Settings, *, select: str, as_of: date, with_tests: bool = True) -> list[NodeResult]:
    """Build and test selected models on a copy of the warehouse that is thrown away: nothing asks how this build ended.

    Tests that also look at models not selected are left out; all are, without `with_tests`. Raises BuildError, one
    screen long.
    """
    with contextlib.closing(duckdb.connect(str(settings.warehouse))) as connection:
        _record_build(connection, new_id("trial"), "running", 0, f"as of {as_of}")  # dates what the models then say
    command = _build_command(as_of, full_refresh=False, select=select)
    command += ["--indirect-selection", "buildable"] if with_tests else ["--exclude-resource-type", "test"]
    results, crash = _invoke(settings, command, lambda _: None)
    if crash and crash.startswith("KeyboardInterrupt"):  # which dbt takes for a failure of its own
        raise KeyboardInterrupt
    failures = [result for result in results if result.status in FAILED]
    if crash or failures:
        raise BuildError(_what_failed(failures, results, crash))  # SQL and log are thrown away with the copy
    return results


def require_finished_build(connection: duckdb.DuckDBPyConnection) -> str:
    """The run_id of the last build, if it ended well; else BuildError: the marts are then of two ages."""
    run_id, status, message = _last_build(connection)
    if run_id is None:
        raise BuildError("The marts have never been built. Run `customer360 build` first.")
    if status == "partial":
        raise BuildError(f"The last build, {run_id}, was of selected models only. Run `customer360 build`.")
    if status == "untested":
        raise BuildError(f"The last build, {run_id}, did not test the data. Run `customer360 build`.")
    if status == "restored":
        raise BuildError(f"The warehouse was {message} and not built since. Run `customer360 build`.")
    if status != "success":
        detail = "did not end" if status == "running" else f"failed ({message})"
        raise BuildError(
            f"The last build, {run_id}, {detail}: its marts are not whole. Run `customer360 build --retry`."
        )
    return run_id


def forget_finished_build(connection: duckdb.DuckDBPyConnection, settings: Settings, told: str) -> None:
    """The tables were put together from saved ones: there is no build to publish, and none to resume."""
    (_target(settings) / "run_results.json").unlink(missing_ok=True)
    _record_build(connection, new_id("restore"), "restored", 0, told)


def _last_build(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None, str | None]:
    """Run id, status and message of the last build; Nones before the first."""
    row = connection.execute(
        """
        select run_id, status, message from ops.model_runs where resource_type = 'build'
        order by finished_at desc limit 1
        """
    ).fetchone()
    return row or (None, None, None)


def _why_whole(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """Why the last build cannot be gone on with; None when it failed at a node and nothing was loaded since.

    dbt goes on from what it wrote at the end of the last build that had one: after a kill that is another build's.
    Raises BuildError when there is nothing to go on with.
    """
    _, status, _ = _last_build(connection)
    if status == "running":
        return "the last build was killed"
    if status in (None, "success", "restored") or not (_target(settings) / "run_results.json").exists():
        raise BuildError("There is no failed build to resume. Run `customer360 build`.")
    (loads,) = connection.execute(
        """
        select count(*) from ops.loads where rows_loaded > 0 and ended_at > (
            select max(finished_at) from ops.model_runs where resource_type = 'build' and status = 'running'
        )
        """
    ).fetchone()
    return "more was loaded since the last one" if loads else None


def _build_command(as_of: date, *, full_refresh: bool, select: str | None) -> list[str]:
    variables = {"as_of_date": as_of.isoformat(), "anew": full_refresh}
    command = ["build", "--exclude-resource-type", "unit_test", "--vars", json.dumps(variables)]
    if full_refresh:
        command.append("--full-refresh")
    if select:
        command += ["--select", *select.split()]
    return command


def _target(settings: Settings) -> Path:
    """Where dbt keeps the parsed project, the compiled SQL and the results of its last run."""
    return settings.home / "dbt" / "target"


def _invoke(
    settings: Settings, command: list[str], progress: Callable[[str], None]
) -> tuple[list[NodeResult], str | None]:
    """Run one dbt command in this process: each node's result, and the message if dbt itself broke."""
    from dbt.cli.main import dbtRunner  # imported here: dbt takes over a second to import
    from dbt.exceptions import DbtRuntimeError

    project = project_folder(settings.dbt_project)
    folders = [
        "--project-dir",
        project,
        "--profiles-dir",
        project,
        "--target-path",
        _target(settings),
        "--log-path",
        settings.home / "dbt" / "logs",
    ]
    quiet = ["--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-version-check"]
    if command == ["retry"]:
        folders += ["--state", _target(settings)]
    read_by_profiles_yml = {
        "CUSTOMER360_WAREHOUSE": str(settings.warehouse),
        "CUSTOMER360_MEMORY_LIMIT": settings.memory_limit,
    }
    with library_environment(**read_by_profiles_yml), _closed_afterwards():
        progress(f"dbt {command[0]}")
        outcome = dbtRunner(callbacks=[_reporter(progress)]).invoke([*command, *map(str, folders), *quiet])
    results = [_node_result(result) for result in getattr(outcome.result, "results", None) or []]
    crash = None
    if outcome.exception:
        kind = "" if isinstance(outcome.exception, DbtRuntimeError) else f"{type(outcome.exception).__name__}: "
        crash = f"{kind}{outcome.exception}"
    elif not outcome.success and not results:
        crash = "dbt stopped without a result"
    return results, crash


@contextlib.contextmanager
def _closed_afterwards() -> Iterator[None]:
    """dbt-duckdb keeps the file open for the life of the process; others need it as soon as the build ends."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


def _reporter(progress: Callable[[str], None]) -> Callable:
    """A dbt event callback that tells of each model when it is done, and of each test that fails."""
    one_at_a_time = threading.Lock()

    def report(event) -> None:
        if event.info.name not in ("LogModelResult", "LogSeedResult", "LogTestResult"):
            return
        data = event.data
        failed = any(word in str(data.status).lower() for word in ("error", "fail"))
        if event.info.name == "LogModelResult" or failed:
            total = data.num_models if event.info.name == "LogTestResult" else data.total
            line = f"  {data.index:>3}/{total} {data.execution_time:6.2f}s {data.node_info.node_name}"
            with one_at_a_time:
                progress(f"{line}  FAILED" if failed else line)

    return report


def _node_result(result) -> NodeResult:
    rows = (result.adapter_response or {}).get("rows_affected")
    return NodeResult(
        node_id=result.node.unique_id,
        resource_type=str(result.node.resource_type),
        status=str(result.status),
        seconds=result.execution_time,
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
        message=result.message or None,
        path=result.node.original_file_path,
        compiled_path=getattr(result.node, "compiled_path", None),
    )


def _record_nodes(connection: duckdb.DuckDBPyConnection, run_id: str, results: list[NodeResult]) -> None:
    now = utc_now()
    rows = [(run_id, now, r.node_id, r.resource_type, r.status, r.seconds, r.rows, r.message) for r in results]
    if rows:
        connection.executemany("insert into ops.model_runs values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _record_build(
    connection: duckdb.DuckDBPyConnection, run_id: str, status: str, seconds: float, message: str
) -> None:
    connection.execute(
        "insert into ops.model_runs values (?, ?, 'build', 'build', ?, ?, null, ?)",
        [run_id, utc_now(), status, seconds, message],
    )


def _one_screen(settings: Settings, failures: list[NodeResult], results: list[NodeResult], crash: str | None) -> str:
    """What failed and what to do. Where SQL and log can be found, since they are kept."""
    if crash:
        log = settings.home / "dbt" / "logs" / "dbt.log"
        return f"{_what_failed([], [], crash)}\nMend it and run `customer360 build` again. The whole log: {log}"
    end = "Nothing of this build will be published. Mend the cause, then `customer360 build --retry` goes on from here."
    return f"{_what_failed(failures, results, None, with_paths=True)}\n{end}"


def _what_failed(
    failures: list[NodeResult], results: list[NodeResult], crash: str | None, *, with_paths: bool = False
) -> str:
    """Which model or test failed, what the database said, where its SQL is (`with_paths`), and what was not built."""
    if crash:
        return "\n".join(["dbt could not run the project:", *_indented(crash)])
    skipped = sum(result.status == "skipped" for result in results)
    lines = [f"The build failed: {len(failures)} of {len(results)} nodes, and {skipped} that need them were not built."]
    for failure in failures[:3]:
        lines.append(f"{failure.resource_type} {failure.name} ({failure.path})")
        lines += _indented(failure.message or "no message")
        if failure.compiled_path and with_paths:
            lines.append(f"    SQL: {failure.compiled_path}")
    if len(failures) > 3:
        lines.append(f"and {len(failures) - 3} more: {', '.join(failure.name for failure in failures[3:])}")
    return "\n".join(lines)


def _indented(message: str) -> list[str]:
    lines = [line.rstrip() for line in message.splitlines() if line.strip()]
    return [f"    {line[:200]}" for line in lines[:LINES_PER_FAILURE]]
