"""`customer360 identity`: what people decide about identities, and what they ask about them."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import click

from customer360.config import load_settings
from customer360.errors import IdentityError
from customer360.identity.evaluate_cli import evaluate

KINDS = ("new", "merged", "split", "moved", "retired")  # of customer_changes

SHOWN = 50  # problems of a review file
MOMENT = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
WHO = click.option("--who", metavar="NAME", help="Who decides; default: the operating system's user.")
WHY = click.option("--why", metavar="TEXT", required=True, help="Why. Kept with the decision, never published.")


@click.group()
def identity() -> None:
    """Who is one customer: look, decide, undo."""


identity.add_command(evaluate)


@identity.command()
@click.argument("a")
@click.argument("b")
@WHY
@WHO
def link(a: str, b: str, why: str, who: str | None) -> None:
    """Decide that the records A and B are one customer.

    A record is named by its key, shop.customers:C0042, or by the id of a customer that has one record.
    """
    _decide("link", a, b, why, who)


@identity.command()
@click.argument("a")
@click.argument("b")
@WHY
@WHO
def unlink(a: str, b: str, why: str, who: str | None) -> None:
    """Decide that the records A and B are two customers, whatever else speaks for one."""
    _decide("unlink", a, b, why, who)


@identity.command()
def decisions() -> None:
    """List the decisions, oldest first, with what people typed as their reason."""
    from customer360.identity.decisions import all_decisions
    from customer360.warehouse import writing

    with writing(load_settings(), "identity decisions") as connection:  # an older warehouse has no such table yet
        listed = all_decisions(connection)
    for decision, in_force in listed:
        replaced = "" if in_force else "  (replaced)"
        click.echo(f"{decision.decided_at:%Y-%m-%d %H:%M:%S}  {decision.decided_by}  {decision.decision}{replaced}")
        click.echo(f"  {decision.record_key_a}  {decision.record_key_b}")
        click.echo(f"  {decision.reason}")
    click.echo(f"{len(listed)} decisions, {sum(in_force for _, in_force in listed)} in force.")


@identity.command()
@click.option(
    "--apply",
    "edited",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Record what was decided in the edited file.",
)
@click.option("--limit", type=click.IntRange(min=1), default=500, show_default=True, help="Questions to write.")
@click.option("--why", metavar="TEXT", help="With --apply: the reason of the lines that give none of their own.")
@WHO
def review(edited: Path | None, limit: int, why: str | None, who: str | None) -> None:
    """Write the doubtful pairs to a file for a person to decide, or record what was decided in it.

    The file holds personal data and is readable by its owner only.
    """
    from customer360.identity import review as reviewing
    from customer360.identity.decisions import operator
    from customer360.warehouse import reading, writing

    settings = load_settings()
    if edited is None:
        with reading(settings, "identity review") as connection:
            written, waiting = reviewing.write_queue(connection, settings, limit=limit)
        path = reviewing.review_path(settings)
        click.echo(f"{written:,} of {waiting:,} questions are in {path}, those most worth asking first.")
        click.echo("Fill in `decision` (link, unlink, or leave it empty) and `why`; then")
        click.echo(f"  customer360 identity review --apply {path}")
        return
    with writing(settings, "identity review --apply") as connection:
        done = reviewing.apply(connection, edited, who=who or operator(), why=why)
    click.echo(
        f"{done.recorded:,} decisions recorded, {done.unchanged:,} stood already, {done.left_open:,} lines left open, "
        f"{len(done.problems):,} not recorded."
    )
    if done.problems:
        more = f"\n… and {len(done.problems) - SHOWN:,} more" if len(done.problems) > SHOWN else ""
        raise IdentityError("These lines were not recorded:\n" + "\n".join(done.problems[:SHOWN]) + more)


@identity.command()
@click.argument("customer")
@click.argument("records", nargs=-1, metavar="[RECORD_A RECORD_B]")
@click.option("--as-of", "at", type=MOMENT, help="What was believed at the end of that day, or at that time (UTC).")
@click.option("--show-personal", is_flag=True, help="Also names, e-mails, phones, and the reasons people typed.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Of each list.")
def explain(customer: str, records: tuple[str, ...], at: datetime | None, show_personal: bool, limit: int) -> None:
    """Show a customer's records, links and decisions; with two records, what joins them.

    CUSTOMER is a customer's id, in use or retired, or one of its records.
    """
    from customer360.identity import explain as explaining
    from customer360.warehouse import reading

    if len(records) not in (0, 2):
        raise click.UsageError("Name no records, or two: what joins them is then shown.")
    if at and at.time() == time.min:
        at = datetime.combine(at, time.max)
    with reading(load_settings(), "identity explain") as connection:
        found = explaining.explain(connection, customer, at=at)
        pair = explaining.two_records(connection, found, *records) if records else None
    for line in explaining.in_words(found, personal=show_personal, limit=limit):
        click.echo(line)
    if pair:
        for line in explaining.path_in_words(found.path(*pair), *pair):
            click.echo(line)


@identity.command()
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these; default: all but new.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The largest first.")
def changes(kinds: tuple[str, ...], limit: int) -> None:
    """What the last build changed, against the publication that was current when it began."""
    from customer360.identity.changes import listed, summary
    from customer360.warehouse import reading

    with reading(load_settings(), "identity changes") as connection:
        found, rows = summary(connection), listed(connection, kinds=kinds, limit=limit)
    click.echo(f"Against {found.publication_id or 'no publication'}: {found}.")
    for kind, before, now, records, since in rows:
        when = f"  since {since:%Y-%m-%d}" if since else ""
        click.echo(f"  {kind:<8} {before or '-':<17} -> {now or '-':<17} {records:>6} records{when}")
    if total := sum(found.customers[kind] for kind in kinds or KINDS[1:]) - len(rows):
        click.echo(f"  … and {total:,} more (--limit)")
    if found.records_moved:
        click.echo(
            f"{found.customers_moved:,} of {found.published_customers:,} published customers lost records to others; "
            f"{found.records_accepted:,} of {found.records_moved:,} moves are accepted."
        )


@identity.command("accept-changes")
@WHY
@WHO
def accept_changes(why: str, who: str | None) -> None:
    """Accept the moves of the last build for publication: these and no others."""
    from customer360.identity.changes import accept
    from customer360.identity.decisions import operator
    from customer360.warehouse import writing

    with writing(load_settings(), "identity accept-changes") as connection:
        accepted = accept(connection, who=who or operator(), why=why)
    click.echo(f"{accepted:,} moves accepted." if accepted else "Nothing changed: no move is waiting to be accepted.")
    if accepted:
        click.echo("`customer360 check publication` and `customer360 publish` go on from here.")


def _decide(kind: str, a: str, b: str, why: str, who: str | None) -> None:
    from customer360.identity.decisions import are_one_customer, decide, operator, standing
    from customer360.identity.lookup import find_record, require_built
    from customer360.warehouse import writing

    with writing(load_settings(), f"identity {kind}") as connection:
        require_built(connection)
        a, b = find_record(connection, a), find_record(connection, b)
        known = standing(connection)
        earlier = known.of_pair.get((min(a, b), max(a, b)))
        decision, is_new = decide(connection, known, kind, a, b, who=who or operator(), why=why)
        together = are_one_customer(connection, a, b)
    if not is_new:
        click.echo(f"Nothing changed: {kind} {a} {b} stands already ({decision.source}).")
        return
    click.echo(f"Recorded: {kind} {a} {b} ({decision.source}).")
    if earlier:
        click.echo(f"It replaces: {earlier.source}.")
    if kind == "unlink" and not together:
        click.echo("They are two customers already; this keeps them apart whatever comes.")
    elif kind == "link" and together:
        click.echo("They are one customer already; this keeps them together whatever comes.")
    else:
        click.echo("The next `customer360 build` obeys it and restates everything that follows.")
