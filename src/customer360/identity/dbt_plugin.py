"""The dbt-duckdb plugin of every connection (see profiles.yml): normalisation functions, and errors without values."""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from customer360.dbt_errors import keep_values_out
from customer360.identity.functions import register


class Plugin(BasePlugin):
    """Named Plugin because that is the name dbt-duckdb looks for."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        keep_values_out()
        register(conn)
