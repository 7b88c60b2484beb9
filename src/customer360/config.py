"""The only module that touches the environment.

Every setting is an environment variable `CUSTOMER360_…`. `load_settings()` returns them as one immutable value that the
rest of the package is handed; nothing else looks at `os.environ`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from customer360.errors import SettingError


@dataclass(frozen=True)
class Settings:
    """Where state lives, where the sources are, and which day is today."""

    home: Path
    shop_url: str | None = field(default=None, repr=False)  # may hold a password
    helpdesk_url: str | None = None
    helpdesk_token: str | None = field(default=None, repr=False)
    members_url: str | None = None
    as_of: date | None = None
    keep_publications: int = 5
    keep_backups: int = 7
    keep_log_days: int = 90
    keep_raw_days: int | None = None  # how long superseded versions of records are kept; None keeps all of them
    max_file_bytes: int = 20 << 30  # of one delivered file, as it comes and unpacked
    stale_after_hours: int = 36  # a source or publication that is older raises an alert
    alert_url: str | None = field(default=None, repr=False)  # a webhook's address is its password
    lineage_url: str | None = field(default=None, repr=False)  # a file, or an OpenLineage server
    hash_key: str | None = field(default=None, repr=False)  # secret of keyed hashes; None: a key file of this home
    memory_limit: str = "3GB"  # of DuckDB; what does not fit goes to disk beside the warehouse
    dbt_project: Path | None = None  # default: the folder beside the package
    expectations: Path | None = None  # a company's own thresholds and exceptions, on top of expectations/

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def lock_file(self) -> Path:
        return self.home / "warehouse.lock"

    @property
    def landing(self) -> Path:
        """Where a pull puts what it fetched until it is in raw."""
        return self.home / "landing"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def key_file(self) -> Path:
        """Where the secret of keyed hashes is kept when the environment gives none."""
        return self.home / "secrets" / "hash.key"

    @property
    def quality_report(self) -> Path:
        return self.home / "docs" / "quality" / "index.html"

    @property
    def sample(self) -> Path:
        """The sample company's three source systems and the truth about them."""
        return self.home / "sample"

    def required(self, name: str) -> str:
        """The value of a source setting, or one clear sentence about the variable that is missing."""
        value = getattr(self, name)
        if not value:
            raise SettingError(f"CUSTOMER360_{name.upper()} is not set. See docs/source_contract.md for what it takes.")
        return value


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process environment).

    Raises SettingError for a value that cannot be used; a setting that is merely absent raises only when it is needed.
    """
    env = os.environ if environ is None else environ

    def text(name: str) -> str | None:
        return env.get(f"CUSTOMER360_{name}", "").strip() or None

    return Settings(
        home=_home(text("HOME") or "data"),
        shop_url=text("SHOP_URL"),
        helpdesk_url=text("HELPDESK_URL"),
        helpdesk_token=text("HELPDESK_TOKEN"),
        members_url=text("MEMBERS_URL"),
        as_of=_date(text("AS_OF")),
        keep_publications=_positive("KEEP_PUBLICATIONS", text("KEEP_PUBLICATIONS"), default=5),
        keep_backups=_positive("KEEP_BACKUPS", text("KEEP_BACKUPS"), default=7),
        keep_log_days=_positive("KEEP_LOG_DAYS", text("KEEP_LOG_DAYS"), default=90),
        keep_raw_days=_positive("KEEP_RAW_DAYS", text("KEEP_RAW_DAYS"), default=None),
        max_file_bytes=_positive("MAX_FILE_BYTES", text("MAX_FILE_BYTES"), default=20 << 30),
        stale_after_hours=_positive("STALE_AFTER_HOURS", text("STALE_AFTER_HOURS"), default=36),
        alert_url=_web_address("ALERT_URL", text("ALERT_URL")),
        lineage_url=text("LINEAGE_URL"),
        hash_key=text("HASH_KEY"),
        memory_limit=_memory(text("MEMORY_LIMIT") or "3GB"),
        dbt_project=Path(text("DBT_PROJECT")).absolute() if text("DBT_PROJECT") else None,
        expectations=Path(text("EXPECTATIONS")).expanduser().absolute() if text("EXPECTATIONS") else None,
    )


def settings_for_reports(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for telling about a failure, also when a wrong setting is that failure: then what can be read."""
    env = os.environ if environ is None else environ
    names = ("CUSTOMER360_HOME", "CUSTOMER360_ALERT_URL")
    for readable in (env, {name: env[name] for name in names if name in env}):
        with contextlib.suppress(SettingError):
            return load_settings(readable)
    return load_settings({})


@contextlib.contextmanager
def library_environment(**values: str) -> Iterator[None]:
    """Set variables that a library insists on reading from the environment, for as long as it runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingError(f"CUSTOMER360_AS_OF is {value!r}; it must be a date such as 2026-01-31.") from None


def _web_address(name: str, value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise SettingError(f"CUSTOMER360_{name} must begin with https:// or http://.")  # its value is a secret
    return value


def _home(value: str) -> Path:
    if "?" in value:  # DuckDB takes what follows for the query of a web address
        raise SettingError("CUSTOMER360_HOME holds a question mark, which DuckDB cannot have in the name of a folder.")
    return Path(value).expanduser().absolute()


def _memory(value: str) -> str:
    """Goes into SQL as it is, so nothing but an amount of memory may pass."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})? ?[KMGT]i?B", value):
        raise SettingError(f"CUSTOMER360_MEMORY_LIMIT is {value!r}; it must be an amount such as 3GB or 512MB.")
    return value


def _positive(name: str, value: str | None, *, default: int | None) -> int | None:
    if value is None:
        return default
    if not value.isdigit() or int(value) < 1:
        raise SettingError(f"CUSTOMER360_{name} is {value!r}; it must be a whole number, 1 or more.")
    return int(value)
