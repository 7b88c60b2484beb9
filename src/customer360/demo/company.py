"""Make the sample company: its three source systems in one folder, and the truth about them beside it.

    folder/shop.sqlite   helpdesk/*.jsonl   members/*.csv …   truth/*.parquet   company.json

The same size, seed and last day give the same bytes, every file of them.
"""

from __future__ import annotations

import json
import shutil
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from customer360.demo import (
    truth,
    truth_complaints,
    truth_deliveries,
    truth_files,
    truth_promises,
    truth_service,
    truth_sla,
)
from customer360.demo.helpdesk import answer_tickets, write_json_lines
from customer360.demo.membership import join_members, write_files
from customer360.demo.odd_answers import type_in
from customer360.demo.people import population
from customer360.demo.shop import open_shop
from customer360.demo.shop_database import write_shop
from customer360.demo.truth_levels import Rules
from customer360.errors import SettingError

START, UNTIL = date(2024, 11, 1), date(2026, 10, 31)


@dataclass(frozen=True)
class Size:
    persons: int
    organisations: int
    orders: int
    tickets: int


SIZES = {
    "small": Size(persons=1_950, organisations=50, orders=5_000, tickets=1_600),
    "medium": Size(persons=11_000, organisations=250, orders=100_000, tickets=12_000),
}
LARGE_ORDERS = 10_000_000


def generate(
    folder: Path | str,
    *,
    size: str = "small",
    seed: int = 1,
    shop_url: str | None = None,
    until: date = UNTIL,
    orders: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Generate the company of `size` (small, medium, large) into `folder`, replacing what an earlier call put there.

    shop_url: where the shop's database goes; default: `folder/shop.sqlite`.
    orders: how many orders, instead of the size's own number; large is made in SQL and takes up to ten million.
    Raises SettingError for a size or a URL that is not known.
    """
    folder = Path(folder)
    for name in ("helpdesk", "members", "truth"):
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    if size == "large":
        from customer360.demo.bulk import generate_large

        generate_large(
            folder, seed=seed, orders=orders or LARGE_ORDERS, shop_url=shop_url, start=START, until=until, say=say
        )
    elif size in SIZES:
        _generate(folder, SIZES[size], seed, shop_url or f"sqlite:///{folder / 'shop.sqlite'}", until, orders, say)
    else:
        raise SettingError(f"There is no size {size!r}: choose small, medium or large.")
    description = {"size": size, "seed": seed, "orders": orders, "start": START.isoformat(), "until": until.isoformat()}
    (folder / "company.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return folder


def _generate(folder: Path, size: Size, seed: int, shop_url: str, until: date, orders: int | None, say) -> None:
    # One stream of chance per system, so that a change in one does not reshuffle the others.
    people, shared = population(
        _chance(f"{seed} people"), persons=size.persons, organisations=size.organisations, start=START, until=until
    )
    say(f"{len(people):,} persons and organisations")
    shop = open_shop(_chance(f"{seed} shop"), people, orders=orders or size.orders, start=START, until=until, say=say)
    membership = join_members(_chance(f"{seed} members"), people, shop, start=START, until=until)
    membership.tables["_odd_answers"] = type_in(
        _chance(f"{seed} odd answers"), membership, datetime.combine(until, time())
    )
    helpdesk = answer_tickets(
        lambda name: _chance(f"{seed} {name}"), people, shop, membership, tickets=size.tickets, start=START, until=until
    )
    say("writing")
    write_shop(shop_url, shop.tables)
    write_json_lines(folder / "helpdesk", helpdesk)
    write_files(folder / "members", membership, until=until)

    planted = truth.Planted()
    for part in (shop, membership, helpdesk):
        planted.merge(part.planted)
    told = truth.stories(shop, membership, until, Rules.read())
    tickets = truth_service.replayed(helpdesk, datetime.combine(until + timedelta(days=1), time()))
    promised = [row for ticket in tickets for row in truth_promises.promises(ticket)]
    truth_files.write_truth(
        folder / "truth",
        {
            "persons": truth.person_rows(people),
            "identities": truth.identities(shop.records + membership.records + helpdesk.records),
            "shared_values": truth.shared_values(shared),
            "growth_ledger": truth.entry_rows(told),
            "levels": truth.levels(told, _month_ends(until)),
            "level_periods": truth.period_rows(told),
            "tickets": [ticket.row() for ticket in tickets],
            "promises": promised,
            "vague_answers": [row for ticket in tickets for row in truth_promises.vague_answers(ticket)],
            "ticket_sla": truth_sla.sla_rows(tickets),
            "deliveries": truth_deliveries.delivery_rows(shop, tickets, helpdesk.order_of, until),
            "returns": truth_deliveries.return_rows(shop, until),
            "complaints": truth_complaints.complaint_rows(shop, helpdesk, membership, tickets),
            "totals": truth.totals(shop, helpdesk, membership, promised, len(people)),
            "planted": planted.rows(),
        },
    )


def _chance(stream: str) -> Random:
    return Random(stream)  # noqa: S311 (repeatable by seed, which is the point; the helpdesk's token comes from `secrets`)


def _month_ends(until: date) -> list[date]:
    """The last days of the twelve months up to `until`, and `until` itself."""
    months = [divmod(until.year * 12 + until.month - 1 - back, 12) for back in range(12)]
    ends = {date(year, month + 1, monthrange(year, month + 1)[1]) for year, month in months}
    return sorted({day for day in ends if day <= until} | {until})
