"""The two companies the data sets are put together into, each with its three source systems running."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from real_data import airline, olist, online_retail, people, postgres, servicenow

CUSTOMER360 = str(Path(sys.executable).with_name("customer360"))
# What each company states about its own data: holidays, and what the published sets leave out.
EXPECTATIONS = Path(__file__).parent / "expectations"
# Where a company with rules of its own has its copy of the dbt project.
OWN_RULES = "dbt_project"


@dataclass(frozen=True)
class Company:
    """Which data sets play which part. Today is the day of the newest event, as it is for any company."""

    name: str
    about: str
    data_sets: tuple[str, ...]
    prepare: Callable[[duckdb.DuckDBPyConnection, Path, Path, str], None]


def _wholesaler(duck: duckdb.DuckDBPyConnection, data: Path, work: Path, shop_url: str) -> None:
    postgres.load_shop(duck, shop_url, online_retail.queries(duck, data))
    servicenow.write(duck, data, work / "helpdesk")
    airline.write(duck, data, work / "members")
    airline.write_rules(duck, data, work / OWN_RULES)


def _marketplace(duck: duckdb.DuckDBPyConnection, data: Path, work: Path, shop_url: str) -> None:
    postgres.load_shop(duck, shop_url, olist.queries(duck, data))
    olist.write(duck, work / "members", work / "helpdesk")


COMPANIES = (
    Company(
        "wholesaler",
        "Online Retail I as the shop, the ServiceNow log as the helpdesk, the airline's programme as the membership.\n"
        "Orders end on 2011-12-09, tickets on 2017-02-18, members on 2018-12-31, which is today: no order is recent.\n"
        + people.STATEMENT,
        ("online_retail", "tickets_servicenow", "members_airline"),
        _wholesaler,
    ),
    Company(
        "marketplace",
        "The Olist sample as the shop and the membership. Its own person id is the only join: nothing is invented.",
        ("olist_sample",),
        _marketplace,
    ),
)


@contextlib.contextmanager
def sources(company: Company, data: Path, work: Path) -> Iterator[dict[str, str]]:
    """Play the data sets as three running source systems; yields the `CUSTOMER360_…` settings of the company.

    `work` is made anew. Everything started here has stopped when the block ends.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with contextlib.ExitStack() as running:
        shop_url = running.enter_context(postgres.server(work / "shop"))
        with duckdb.connect() as duck:
            duck.execute("set timezone = 'UTC'")
            company.prepare(duck, data, work, shop_url)
        token = secrets.token_urlsafe(16)
        own_rules = {"CUSTOMER360_DBT_PROJECT": str(work / OWN_RULES)} if (work / OWN_RULES).is_dir() else {}
        yield {
            **own_rules,
            "CUSTOMER360_SHOP_URL": shop_url,
            "CUSTOMER360_HELPDESK_URL": running.enter_context(_helpdesk(work / "helpdesk", token)),
            "CUSTOMER360_HELPDESK_TOKEN": token,
            "CUSTOMER360_MEMBERS_URL": str(work / "members"),
            "CUSTOMER360_EXPECTATIONS": str(EXPECTATIONS / company.name),
        }


@contextlib.contextmanager
def _helpdesk(folder: Path, token: str) -> Iterator[str]:
    """`customer360 demo serve-helpdesk` over a folder of JSON lines; yields its URL."""
    command = [CUSTOMER360, "demo", "serve-helpdesk", "--data", str(folder), "--port", "0", "--token", token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = ""
            while not (url := re.search(r"http://127\.0\.0\.1:\d+", said)):
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the helpdesk did not start: {said}")
                said += line
            yield url[0]
        finally:
            process.terminate()


def settings_for(company: Company, home: Path, reached: dict[str, str]) -> dict[str, str]:
    """The environment of a `customer360` command for this company: ours, without any CUSTOMER360_ setting of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CUSTOMER360_")}
    return {**inherited, **reached, "CUSTOMER360_HOME": str(home / company.name)}
