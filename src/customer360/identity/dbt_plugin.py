"""The dbt-duckdb plugin that gives the models the normalisation functions (see profiles.yml)."""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from customer360.identity.functions import register


class Plugin(BasePlugin):
    """Named Plugin because that is the name dbt-duckdb looks for."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        register(conn)
