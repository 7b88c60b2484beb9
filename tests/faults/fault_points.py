"""Where the harness kills: every named point of pull, load, build, check and publish. Data, and how it is struck.

A point is `module:function` (a function or method of ours or of the library), `sql:words` (a statement that begins so,
whoever runs it on DuckDB: us, dbt or Great Expectations) or `dbt:event` (a node of the build begins or ends). A strike
adds when: `customer360.publish:_make_current:before:1` is before its first call in that process.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable

PULL = (
    "customer360.sources.landing:_sweep",
    "customer360.sources.orders:connect",
    "customer360.sources.orders:reading",
    "customer360.sources.databases:Database.plan",
    "customer360.sources.databases:Database.fetch",
    "customer360.sources.orders:_Pull.commit",
    "customer360.sources.orders:_Pull.settle",
    "customer360.sources.tickets:reading",
    "customer360.sources.tickets:Helpdesk.count",
    "customer360.sources.tickets:_Pull._commit",
    "customer360.sources.members:listed",
    "customer360.sources.members:_remembered",
    "customer360.sources.members:_Pull._land",
    "customer360.sources.members:_Pull.commit",
    "customer360.sources.folders:fetch",
    "customer360.sources.files:land",
    "shutil:rmtree",
    "os:mkdir",
    "os:unlink",
    "sql:copy (from",
)
LOAD = (
    "customer360.sources.raw:writing",
    "customer360.warehouse:create_tables",
    "customer360.sources.raw:_load",
    "customer360.sources.raw:_append",
    "customer360.sources.quarantining:put_aside",
    "customer360.sources.raw:_record",
    "sql:begin",
    "sql:create or replace temp table incoming",
    "sql:insert into raw.",
    "sql:insert into ops.quarantine",
    "sql:insert into ops.loads",
    "sql:insert or replace into ops.source_files",
    "sql:commit",
    "sql:insert into ops.pipeline_runs",
)
BUILD = (
    "customer360.build:_record_build",
    "customer360.identity.changes:remember_published",
    "customer360.model_versions:forget_changed",
    "customer360.build:_invoke",
    "customer360.build:_record_nodes",
    "customer360.model_versions:remember",
    "customer360.identity.changes:summary",
    "dbt:LogStartLine",
    "dbt:LogSeedResult",
    "dbt:LogModelResult",
    "dbt:LogTestResult",
    "sql:create ",
    "sql:alter table",
    "sql:drop table",
    "sql:delete from",
    "sql:insert into ",
    "sql:commit",
    "sql:insert into ops.pipeline_runs",
)
CHECK = (
    "customer360.quality:_laid_out",
    "customer360.quality:_lay_out_raw",
    "customer360.quality:_lay_out_facts",
    "customer360.quality:_run_suite",
    "customer360.quality:_accept",
    "customer360.quality:write_report",
    "sql:insert into ops.completeness_results",
    "sql:insert into ops.pipeline_runs",
    "os:replace",
)
PUBLISH = (
    "customer360.publish:_settle",
    "customer360.publish:_require_passed",
    "customer360.publish:_build_version",
    "customer360.publish:_write_marts",
    "customer360.publish:_write_ops",
    "customer360.publish:_write_parquet",
    "customer360.publish:_write_contacts",
    "customer360.publish:flush_all",
    "customer360.publish:_record_prepared",
    "customer360.publish:_make_current",
    "customer360.publish:_replace_link",
    "customer360.publish:prune",
    "customer360.publish:_remove_version",
    "customer360.publish:write_report",
    "os:rename",
    "os:replace",
    "os:symlink",
    "os:fsync",
    "os:unlink",
    "os:rmdir",
    "sql:detach",
    "sql:update ops.publications",
    "sql:insert into ops.publications",
    "sql:insert into ops.pipeline_runs",
)
ROLLBACK = (
    "customer360.publish:_settle",
    "customer360.publish:_rollback_target",
    "customer360.publish:_require_intact",
    "customer360.publish:_mark_rolled_back",
    "customer360.publish:_make_current",
    "customer360.publish:_replace_link",
    "customer360.publish:write_report",
    "os:replace",
    "sql:update ops.publications",
    "sql:insert into ops.pipeline_runs",
)
ERASE = (
    "customer360.erasure.steps:_plan",
    "customer360.erasure.plan:Plan.save",
    "customer360.erasure.steps:_erase_facts",
    "customer360.erasure.steps:forget_raw",
    "customer360.erasure.steps:forget_memory",
    "customer360.erasure.tombstones:append",
    "customer360.erasure.steps:forget_assignments_published",
    "customer360.erasure.steps:_publish",
    "customer360.erasure.steps:_remove_folder",
    "customer360.erasure.steps:blot_messages",
    "customer360.erasure.steps:compact",
    "customer360.erasure.files:clean",
    "customer360.erasure.proof:require_clean",
    "customer360.erasure.certificate:write",
    "customer360.erasure.plan:Plan.remove",
    "sql:commit",
    "sql:checkpoint",
)
# The points that a command can meet; `run` meets all of them but those of a rollback and an erasure.
OF_COMMAND = {
    "pull": PULL + LOAD,
    "check": CHECK,
    "build": BUILD,
    "publish": PUBLISH,
    "publish --rollback": ROLLBACK,
    "erase": tuple(dict.fromkeys(ERASE + PUBLISH)),
    "run": tuple(dict.fromkeys(PULL + LOAD + CHECK + BUILD + PUBLISH)),
}
_COMMENTS = re.compile(r"^(/\*.*?\*/ ?)+")  # dbt begins each statement with one
_DBT_EVENTS = ("LogStartLine", "LogSeedResult", "LogModelResult", "LogTestResult")


def of_command(command: str) -> tuple[str, ...]:
    """The points of a command line, e.g. `pull orders --since 2026-01-01`."""
    return OF_COMMAND["publish --rollback" if "--rollback" in command else command.split()[0]]


def find(point: str) -> tuple[object, str]:
    """The object that holds a point's function, and its name there; AttributeError when there is none any more."""
    module, name = point.split(":", 1)
    holder = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    getattr(holder, last)
    return holder, last


class Strike:
    """Counts every call of the points in this process, and kills it at the chosen one."""

    def __init__(self, strike: str | None):
        self.point, self.when, number = strike.rsplit(":", 2) if strike else (None, None, "0")
        self.number = int(number)
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def install(self, points: tuple[str, ...]) -> None:
        """Wrap the points; of what a library offers (DuckDB, dbt), each call."""
        starts = [point.removeprefix("sql:") for point in points if point.startswith("sql:")]
        if starts:
            import duckdb

            self._wrap_sql(duckdb.DuckDBPyConnection, "execute", starts)
            self._wrap_sql(duckdb.DuckDBPyConnection, "executemany", starts)
        if any(point.startswith("dbt:") for point in points):
            self._wrap_reporter()
        for point in points:
            if not point.startswith(("sql:", "dbt:")):
                with contextlib.suppress(AttributeError):  # a test names it, and the summary as never met
                    holder, name = find(point)
                    setattr(holder, name, self._wrapped(point, getattr(holder, name)))

    def reached(self, point: str, when: str) -> None:
        """Die, if this is the place."""
        if when == "before":
            with self._lock:
                self.counts[point] += 1
        if (point, when, self.counts[point]) == (self.point, self.when, self.number):
            os.kill(os.getpid(), signal.SIGKILL)

    def _wrapped(self, point: str, function: Callable) -> Callable:
        @functools.wraps(function)
        def struck(*arguments, **named):
            self.reached(point, "before")
            result = function(*arguments, **named)
            self.reached(point, "after")
            return result

        return struck

    def _wrap_sql(self, connection_type: type, name: str, starts: list[str]) -> None:
        function = getattr(connection_type, name)

        def struck(connection, query, *arguments, **named):
            text = _COMMENTS.sub("", " ".join(query.split()).lower()) if isinstance(query, str) else ""
            met = [f"sql:{start}" for start in starts if text.startswith(start)]
            for point in met:
                self.reached(point, "before")
            result = function(connection, query, *arguments, **named)
            for point in met:
                self.reached(point, "after")
            return result

        setattr(connection_type, name, struck)

    def _wrap_reporter(self) -> None:
        from customer360 import build

        reporter = build._reporter

        def struck(progress):
            report = reporter(progress)

            def tell(event):
                if event.info.name in _DBT_EVENTS:
                    self.reached(f"dbt:{event.info.name}", "before")
                report(event)

            return tell

        build._reporter = struck
