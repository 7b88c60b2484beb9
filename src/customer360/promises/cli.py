"""`customer360 promises`: what the reading of comments makes of a text."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from customer360.config import load_settings


@click.group()
def promises() -> None:
    """Promises and put-offs in what agents write: try the reading on a text."""


@promises.command("read")
@click.argument("text")
@click.option(
    "--at",
    "moment",
    type=click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="When it was written, in the local time of the timetable; default: now.",
)
def read_text(text: str, moment: datetime | None) -> None:
    """Print what is read in TEXT, why, and when it falls due. `-` reads the text from the standard input.

    Working days and closing times are those of the seeds business_schedules, business_hours and business_days.
    """
    from customer360.build import project_folder
    from customer360.promises.due import due_at
    from customer360.promises.reader import read
    from customer360.promises.timetable import calendar_of_seeds

    calendar = calendar_of_seeds(project_folder(load_settings().dbt_project) / "seeds")
    zone = calendar.zone(datetime.now(UTC).replace(tzinfo=None))
    local = moment or datetime.now(zone).replace(tzinfo=None)
    written_at = local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    found = read(sys.stdin.read() if text == "-" else text)
    if not found:
        click.echo("Nothing is promised, and nobody is put off.")
    for each in found:
        click.echo(
            f'{each.kind}: "{each.quoted}" (characters {each.start}-{each.end}, confidence {each.confidence:.2f})'
        )
        click.echo(f"  why: {each.because}")
        if each.expression is None:
            continue
        due = due_at(each.expression, written_at, calendar)
        if due is None:
            click.echo("  due: never; there is no such day or time")
            continue
        past = "" if due > written_at else ", before it was promised"
        in_local_time = due.replace(tzinfo=UTC).astimezone(zone)
        click.echo(f"  due: {in_local_time:%Y-%m-%d %H:%M:%S} {zone.key} ({due:%Y-%m-%d %H:%M:%S} UTC){past}")
