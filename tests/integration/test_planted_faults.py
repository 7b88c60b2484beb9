"""The raw gate on a company that lives: pulled by the real code day by day, judged by the real gate, faults planted.

The whole catalogue, more seeds and sixty clean days: `python -m bench.completeness faults|days`.
"""

from __future__ import annotations

import pytest

from bench.completeness import FIRST, checked, planted
from bench.completeness_company import Company
from bench.completeness_faults import FAULTS, rounds

PLANTED = (  # one for each learned check whose query reads more than counts by day
    "no ticket events",
    "the activity file did not come",
    "the catalogue came anew without its costs",
    "customers without an e-mail",
    "channels under other names",
    "totals in cents",
)


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    company = Company(tmp_path_factory.mktemp("company") / "c", seed=4, orders=90, first=FIRST, history=49)
    company.pull()
    company.live(6)
    return company


def test_a_clean_day_is_no_alarm_and_each_planted_fault_is_named(company, tmp_path):
    clean = [row for row in checked(company) if row.status in ("failed", "crashed")]
    assert clean == []
    faults = [fault for fault in FAULTS if fault.name in PLANTED]
    found, failed = planted(company, tmp_path / "planted", faults, seed=4)
    assert [fault.name for fault, results in found.items() if not results] == []
    assert {row.table_name.removeprefix("raw.") for row in failed} <= {fault.table for fault in faults} | {
        "helpdesk_tickets"}  # what hangs on them  # fmt: skip
    assert all(row.sample_size for row in failed if row.check_name.startswith("usual_"))


def test_the_catalogue_holds_what_was_promised():
    assert len(FAULTS) >= 40
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert sorted(fault.name for group in rounds() for fault in group) == sorted(fault.name for fault in FAULTS)
    assert set(PLANTED) <= {fault.name for fault in FAULTS}
