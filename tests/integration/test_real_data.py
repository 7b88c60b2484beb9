"""The main job on data that nobody here wrote gives the figures that are known for it."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from customer360.config import Settings
from real_data import figures
from real_data.__main__ import play
from real_data.companies import COMPANIES
from real_data.figures import Figure

QUESTION = """\
about = "a shop"
[[question]]
about = "Orders"
sql = "select count(*) as orders from published.marts.orders"
"""
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get("CUSTOMER360_REAL_DATA") or BESIDE)
    if not folder.is_dir():
        pytest.skip("no real data: set CUSTOMER360_REAL_DATA to their folder, or put them in ../shared/data")
    return folder


@pytest.mark.real_data
@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
def test_every_known_figure_is_reproduced_or_its_difference_explained(company, data, tmp_path):
    answers = play(company, data, tmp_path)
    assert {each.name: (each.expected, each.actual) for each in answers if not each.passes} == {}


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
def test_every_data_set_of_a_company_has_figures(company):
    for data_set in company.data_sets:
        assert (figures.FOLDER / f"{data_set}.toml").is_file()


def test_a_figure_is_compared_to_the_places_it_was_published_with():
    assert Figure("money", "8887208.89", "8887208.8940").agrees
    assert Figure("mean", "315.329", "315.3286341").agrees
    assert not Figure("mean", "315.329", "315.3284").agrees
    assert Figure("account", "14646", "14646").agrees
    assert not Figure("account", "14646", "None").agrees


def test_a_difference_is_explained_only_by_the_answer_that_was_foreseen():
    foreseen = {"gives": "301", "why": "counted from events"}
    assert Figure("reopened", "275", "301", **foreseen).passes
    assert Figure("reopened", "275", "275", **foreseen).agrees
    assert not Figure("reopened", "275", "302", **foreseen).passes


def test_a_wrong_answer_is_shown_beside_the_known_figure_with_its_question(tmp_path, monkeypatch):
    settings = _published(tmp_path, orders=2)
    (tmp_path / "shop.toml").write_text(f"{QUESTION}expected = {{ orders = 3 }}", encoding="utf-8")
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    said = []
    (answer,) = figures.compare(settings, "shop", said.append)
    assert not answer.passes
    assert "✗ orders" in said[-1]
    assert "3" in said[-1]
    assert "2" in said[-1]
    assert "from published.marts.orders" in said[-2]


def test_a_figure_without_a_question_that_answers_it_is_an_error(tmp_path, monkeypatch):
    settings = _published(tmp_path, orders=1)
    (tmp_path / "shop.toml").write_text(f"{QUESTION}expected = {{ orders = 1, customers = 1 }}", encoding="utf-8")
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="customers"):
        figures.compare(settings, "shop", lambda _: None)


def _published(home: Path, *, orders: int) -> Settings:
    settings = Settings(home=home)
    settings.published.mkdir(parents=True)
    duckdb.connect(str(settings.warehouse)).close()
    with duckdb.connect(str(settings.published / "customer_360.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.orders as select range as order_id from range({orders})")
    return settings
