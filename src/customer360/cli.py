"""The command line: the same commands the DAGs call, each runnable by hand.

Heavy libraries (dbt, dlt, Great Expectations) are imported by the command that needs them, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, time

import click

from customer360 import pipeline
from customer360.config import Settings, load_settings
from customer360.demo.cli import demo
from customer360.erasure.cli import erase, export_person
from customer360.errors import Customer360Error
from customer360.foreign_errors import unexpected
from customer360.identity.cli import identity
from customer360.promises.cli import promises
from customer360.quarantine.cli import quarantine
from customer360.rules.cli import tiers
from customer360.show import show_answers
from customer360.warehouse import reading, recorded_run
from customer360.watch import command as watch

DAY = click.DateTime(formats=["%Y-%m-%d"])
UTC_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="customer360")
def cli() -> None:
    """Customer 360 warehouse: pull, build, check and publish one unified view of the customer."""


def say(message: str) -> None:
    click.echo(message)


def _recorded(command: str, step: Callable[[Settings, str], object]) -> None:
    settings = load_settings()
    with recorded_run(settings, command) as run_id:
        step(settings, run_id)


@cli.command()
@click.argument("source", type=click.Choice(list(pipeline.SOURCES)))
@click.option(
    "--since", type=UTC_TIME, help="Records changed from this time (UTC); default: where the last pull ended."
)
@click.option("--until", type=UTC_TIME, help="Records changed before this time (UTC); default: everything there is.")
def pull(source: str, since: datetime | None, until: datetime | None) -> None:
    """Pull what is new in one source into raw."""
    _recorded(
        f"pull {source}",
        lambda settings, run_id: pipeline.pull(settings, source, run_id=run_id, since=since, until=until, progress=say),
    )


@cli.command()
@click.argument("sources", nargs=-1, type=click.Choice(list(pipeline.SOURCES)))
@click.option("--since", type=UTC_TIME, help="Compare records changed from this time (UTC); default: all.")
@click.option("--until", type=UTC_TIME, help="Compare records changed until this time (UTC); default: the last pull.")
@click.option("--report-only", is_flag=True, help="Say what differs and change nothing.")
@click.option("--accept-deletions", is_flag=True, help="Take records for deleted also when very many are gone.")
def reconcile(
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    report_only: bool,
    accept_deletions: bool,
) -> None:
    """Compare sources with what was loaded, by content, and pull again only what differs."""
    _recorded(
        " ".join(["reconcile", *sources]),
        lambda settings, run_id: pipeline.reconcile(
            settings,
            *sources,
            run_id=run_id,
            since=since,
            until=until,
            report_only=report_only,
            accept_deletions=accept_deletions,
            progress=say,
        ),
    )


@cli.command()
@click.option("--full-refresh", is_flag=True, help="Build every model anew from raw.")
@click.option("--retry", is_flag=True, help="Go on from the model that failed in the last build.")
@click.option(
    "--without-tests", is_flag=True, help="Do not test the data: quicker, to try something out; cannot be published."
)
def build(full_refresh: bool, retry: bool, without_tests: bool) -> None:
    """Build staging, identity, intermediate models and marts with dbt."""
    _recorded(
        "build",
        lambda settings, run_id: pipeline.build(
            settings, run_id=run_id, full_refresh=full_refresh, retry=retry, with_tests=not without_tests
        ),
    )


@cli.command()
@click.argument("stage", type=click.Choice(["raw", "publication", "all"]), default="all")
def check(stage: str) -> None:
    """Check completeness: of raw before a build, of the marts before publication."""
    stages = ["raw", "publication"] if stage == "all" else [stage]
    _recorded(
        f"check {stage}",
        lambda settings, run_id: [pipeline.check(settings, run_id=run_id, stage=each, progress=say) for each in stages],
    )


@cli.command()
@click.option("--rollback", is_flag=True, help="Make the publication before the current one current again.")
@click.option("--to", "publication_id", metavar="ID", help="With --rollback: the kept publication to go back to.")
def publish(rollback: bool, publication_id: str | None) -> None:
    """Publish the marts for BI tools, or go back to an earlier publication."""
    if publication_id and not rollback:
        raise click.UsageError("--to needs --rollback.")
    _recorded(
        "publish --rollback" if rollback else "publish",
        lambda settings, run_id: pipeline.publish(
            settings, run_id=run_id, rollback=rollback, to=publication_id, progress=say
        ),
    )


@cli.command()
@click.option("--full-refresh", is_flag=True, help="Build every model anew from raw.")
def run(full_refresh: bool) -> None:
    """Pull, check, build, check and publish, without a scheduler."""
    settings = load_settings()
    pipeline.run(settings, full_refresh=full_refresh, progress=say)


@cli.command()
def show() -> None:
    """Show where the publication is and its first answers."""
    show_answers(load_settings(), say)


@cli.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
def backup(folder: str | None) -> None:
    """Back up everything that cannot be computed again, into FOLDER (default: backups/ of the home)."""
    _recorded("backup", lambda settings, run_id: pipeline.backup(settings, folder=folder, progress=say))


@cli.command()
@click.argument("backup", required=False)
@click.option("--from-sources", is_flag=True, help="Without a backup: save what can be read, pull the rest anew.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(backup: str | None, from_sources: bool, yes: bool) -> None:
    """Put BACKUP (default: the newest) in the place of the warehouse, which is set aside."""
    from customer360 import backup as backups
    from customer360 import salvage

    settings = load_settings()
    if backup and from_sources:
        raise click.UsageError("Give a BACKUP or --from-sources, not both.")
    new = "what can be read of it" if from_sources else backups.find(settings, backup)
    if not yes:
        click.confirm(f"Set {settings.warehouse} aside and put {new} in its place?", abort=True)
    with recorded_run(settings, "restore"):
        made = salvage.from_sources(settings, progress=say) if from_sources else backups.restore(settings, new)
    say(f"{made}. Published files are as they were. `customer360 run` goes on from here.")


@cli.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
def tidy(dry_run: bool) -> None:
    """Remove what nobody needs any more, and give the room in the warehouse's file back."""
    _recorded("tidy", lambda settings, run_id: pipeline.tidy(settings, dry_run=dry_run, progress=say))


@cli.command()
@click.argument("customer")
@click.option("--as-of", "day", type=DAY, help="About that day (UTC); default: the day that the last build describes.")
@click.option(
    "--known-on",
    "known_at",
    type=UTC_TIME,
    help="As it was believed at the end of that day, or at that time (UTC); default: as known now.",
)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Of each list.")
def explain(customer: str, day: datetime | None, known_at: datetime | None, language: str, limit: int) -> None:
    """Say in plain words which level a member has and why, line by line, and what it takes to rise or to stay.

    CUSTOMER is a customer's id, in use or retired, or one of its records, e.g. membership.members:M000042.
    """
    from customer360.levels import explain as explaining
    from customer360.levels.explain_text import in_words

    if known_at and known_at.time() == time.min:
        known_at = datetime.combine(known_at, time.max)
    with reading(load_settings(), "explain") as connection:
        found = explaining.explain(connection, customer, day=day and day.date(), known_at=known_at)
    for line in in_words(found, language=language, limit=limit):
        say(line)


cli.add_command(demo)
cli.add_command(erase)
cli.add_command(export_person)
cli.add_command(identity)
cli.add_command(promises)
cli.add_command(quarantine)
cli.add_command(tiers)
cli.add_command(watch)


def main() -> None:
    """Run the command; a known error is one message on stderr and the exit code of its kind."""
    try:
        cli.main(standalone_mode=False)
    except Customer360Error as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; what was committed stays, the next run goes on from there.", err=True)
        sys.exit(130)
    except Exception as error:  # a traceback would show the values that the message quotes
        click.echo(f"error: {unexpected(error)}", err=True)
        sys.exit(1)
