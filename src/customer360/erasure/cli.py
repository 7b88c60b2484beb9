"""`customer360 erase` and `customer360 export-person`."""

from __future__ import annotations

from pathlib import Path

import click

from customer360.config import load_settings


@click.command()
@click.argument("customers", nargs=-1, metavar="CUSTOMER...")
@click.option("--why", metavar="TEXT", help="Why, without personal data. It stands in the certificate.")
@click.option("--who", metavar="NAME", help="Who decides; default: the operating system's user.")
@click.option(
    "--file",
    "listed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with one customer a line.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be erased; change nothing.")
@click.option("--no-publish", is_flag=True, help="Take them out of raw now; the next erasure does the rest for all.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(
    customers: tuple[str, ...],
    why: str | None,
    who: str | None,
    listed: Path | None,
    dry_run: bool,
    no_publish: bool,
    yes: bool,
) -> None:
    """Erase people everywhere and for good; what the books need stays, without them.

    CUSTOMER is a customer's id, in use or retired, or one of its records, e.g. shop.customers:C0042. Without any,
    an erasure that was interrupted, or begun with --no-publish, is finished.
    """
    from customer360.erasure import steps
    from customer360.erasure.plan import pending
    from customer360.identity.decisions import operator

    settings = load_settings()
    lines = listed.read_text(encoding="utf-8").splitlines() if listed else []
    typed = [*customers, *(line.strip() for line in lines if line.strip() and not line.startswith("#"))]
    if typed and not (why or dry_run):
        raise click.UsageError("--why TEXT is needed: it stands in the certificate.")
    if not typed and not pending(settings):
        click.echo("No erasure is unfinished.")
        return
    people = steps.find(settings, typed) if typed and (dry_run or not yes) else []
    for person in people:
        records = ", ".join(f"{len(ids):,} {table}" for table, ids in sorted(person.records.items()))
        click.echo(f"{person.customer_id}: {records}")
    if dry_run:
        return
    if people and not yes:
        click.confirm("Erase them everywhere? This cannot be undone.", abort=True)
    steps.erase(settings, typed, who=who or operator(), why=why or "", publish=not no_publish, progress=click.echo)


@click.command("export-person")
@click.argument("customer")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new or empty folder.")
def export_person(customer: str, out: Path) -> None:
    """Write all data held on one person into a folder: JSON and CSV, and an index to read.

    CUSTOMER is a customer's id, in use or retired, or one of its records. The folder holds personal data (0700).
    """
    from customer360.erasure.export import export

    click.echo(f"index: {export(load_settings(), customer, out)}")
