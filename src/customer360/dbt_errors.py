"""dbt repeats what the database said in its log, its results and the message of a build: it gets to hear no values.

dbt-duckdb turns every error of DuckDB and of a Python model into text at two places, and dbt writes that text down in
half a dozen more. So it is these two that are changed, for builds by `customer360 build` and by dbt's own command
alike: the plugin that every connection loads (`identity/dbt_plugin.py`) calls `keep_values_out`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments import Environment
from dbt_common.exceptions import DbtRuntimeError

from customer360.errors import Customer360Error
from customer360.foreign_errors import said_by, unexpected

_run_python_job = Environment.run_python_job


@contextmanager
def _exception_handler(self: DuckDBConnectionManager, sql: str, connection_name: str = "master") -> Iterator[None]:
    try:
        yield
    except DbtRuntimeError as error:
        if error.__cause__ is None:  # dbt's own words
            raise
        raise DbtRuntimeError(said_by(error.__cause__)) from None
    except Exception as error:
        self.rollback_if_open()
        raise DbtRuntimeError(said_by(error)) from None


def _run_python_model(*arguments: Any, **named: Any) -> Any:
    try:
        return _run_python_job(*arguments, **named)
    except DbtRuntimeError as error:
        cause = error.__context__
        if not isinstance(cause, Exception):
            raise
        told = cause if isinstance(cause, Customer360Error) else unexpected(cause)
        raise DbtRuntimeError(f"Python model failed: {told}") from None


def keep_values_out() -> None:
    """From now on dbt-duckdb raises errors without the values of the database's message; asking twice does no harm."""
    DuckDBConnectionManager.exception_handler = _exception_handler
    Environment.run_python_job = staticmethod(_run_python_model)
