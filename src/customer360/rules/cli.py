"""`customer360 tiers`: what a change of the rules of levels and value tiers would do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from customer360.config import load_settings


@click.group()
def tiers() -> None:
    """Levels and value tiers: try a change of rules before it is made."""


@tiers.command()
@click.option(
    "--rules",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder with changed copies of rules (growth_rules.csv, member_levels.csv, …); the others stay.",
)
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Look at a later day, with what is known now; default: the day of the last build.",
)
@click.option("--limit", type=click.IntRange(min=0), default=0, help="Name so many of the customers who move.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write all customers who move to a CSV file.",
)
def simulate(folder: Path, as_of: datetime | None, limit: int, out: Path | None) -> None:
    """Compare proposed rules with today's: who rises, who falls, what it costs. Nothing is changed or published.

    Rules are taken as they are dated: a row that begins next month changes nothing today. --as-of looks at a later day.
    """
    from customer360.rules.report import in_words, write_people
    from customer360.rules.simulate import simulate as run

    simulation = run(load_settings(), folder, as_of=as_of.date() if as_of else None, progress=_aside)
    for line in in_words(simulation, limit=limit):
        click.echo(line)
    if out:
        written = write_people(simulation.comparison.people if simulation.comparison else [], out)
        click.echo(f"\n{written:,} customers who move are in {out}.")


def _aside(message: str) -> None:
    click.echo(message, err=True)  # stdout holds the answer alone
