"""`customer360 quarantine`: what did not fit, and trying it again."""

from __future__ import annotations

from collections.abc import Callable

import click

from customer360.config import load_settings
from customer360.sources.contract import TABLES
from customer360.warehouse import reading, recorded_run

SOURCES = list(dict.fromkeys(table.source for table in TABLES.values()))


def _filters(command: Callable) -> Callable:
    for option in (
        click.option("--reason", metavar="TEXT", help="A part of the reason, such as `swapped`."),
        click.option("--table", metavar="NAME", help="A table of the source contract, such as orders."),
        click.option("--source", type=click.Choice(SOURCES)),
    ):
        command = option(command)
    return command


def _which(source: str | None, table: str | None, reason: str | None):
    from customer360.quarantine.replay import Filter  # imported here, as everything heavy

    known = {each.name for each in TABLES.values() if source in (None, each.source)}
    if table and table not in known:
        raise click.BadParameter(f"there is no table {table}; one of {', '.join(sorted(known))}", param_hint="--table")
    return Filter(source, table, reason)


@click.group()
def quarantine() -> None:
    """Records that did not fit: look at them, and try them again when the rule is mended."""


@quarantine.command(name="list")
@_filters
def list_(source: str | None, table: str | None, reason: str | None) -> None:
    """Count what waits in quarantine by table, column and reason; the values themselves are not shown."""
    from customer360.quarantine.replay import waiting

    with reading(load_settings(), "list the quarantine") as connection:
        found = waiting(connection, _which(source, table, reason))
    for row in found:
        where = f"{row.source}.{row.table}" + (f".{row.column}" if row.column else "")
        click.echo(f"{row.rows:>9,}  {where:<40} {row.reason}  (last {row.last_at:%Y-%m-%d %H:%M} UTC)")
    if not found:
        click.echo("Nothing waits in quarantine.")


@quarantine.command()
@_filters
def replay(source: str | None, table: str | None, reason: str | None) -> None:
    """Try quarantined records again under the present rules; what fits now is loaded, the rest stays."""
    from customer360.quarantine.replay import replay as replay_records

    settings, which = load_settings(), _which(source, table, reason)
    with recorded_run(settings, "quarantine replay") as run_id:
        if not replay_records(settings, which, run_id=run_id, progress=click.echo):
            click.echo("Nothing waits in quarantine.")
