"""What datasets are called: as OpenLineage names databases, files and buckets, and never with a user or a password."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from customer360.config import Settings


def warehouse_table(settings: Settings, name: str) -> tuple[str, str]:
    return f"duckdb://{settings.warehouse}", name


def published_table(settings: Settings, mart: str) -> tuple[str, str]:
    return f"duckdb://{settings.published / 'customer_360.duckdb'}", f"marts.{mart}"


def published_file(settings: Settings, mart: str) -> tuple[str, str]:
    return "file", str(settings.published / "parquet" / f"{mart}.parquet")


def source_table(settings: Settings, source: str, table: str) -> tuple[str, str]:
    """Where a table of a source comes from: a database's table, an API's collection, or files of that name."""
    try:
        if source == "shop":
            return _database(settings.shop_url, table)
        return _place(settings.helpdesk_url if source == "helpdesk" else settings.members_url, table)
    except Exception:  # an address that cannot be read is nobody's to show
        return source, table


def _database(url: str, table: str) -> tuple[str, str]:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return f"sqlite://{parts.database}", table
    return f"postgres://{parts.host or 'localhost'}:{parts.port or 5432}", f"{parts.database}.public.{table}"


def _place(url: str, table: str) -> tuple[str, str]:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", f"{path}/{table}".lstrip("/")
    if parts.scheme == "s3":
        return f"s3://{parts.netloc.rpartition('@')[2]}", f"{path}/{table}".lstrip("/")
    return "file", f"{path}/{table}"
