"""The resolver on labelled data that nobody here wrote: at least as accurate as promised, without seeing a label."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from customer360.config import Settings
from customer360.identity.evaluate import evaluate

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Aim:
    """least_f1: of pairs. Behind it, for the reader: what the best public tool reaches on the same file and columns."""

    file: str
    truth: str
    least_f1: float
    truth_match: str | None = None
    mappings: tuple[str, ...] = ()


AIMS = [
    Aim("fake_1000.csv", "cluster", 0.87, mappings=("full_name=first_name+surname birth_date=dob",)),  # 0.789
    Aim("febrl1.csv", "rec_id", 0.996, truth_match=r"rec-\d+"),  # 0.996
    Aim("febrl2.csv", "rec_id", 0.993, truth_match=r"rec-\d+"),  # 0.992
    Aim("RLdata500.csv", "identity", 0.95, mappings=("full_name=fname_c1+lname_c1 birth_date=by+bm+bd",)),  # 0.041
]
LEAST_PRECISION = 0.98


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The labelled sets, RLdata500 with its truth, which comes as a file of its own, as a column."""
    data = Path(os.environ.get("CUSTOMER360_REAL_DATA") or BESIDE) / "identity"
    if not data.is_dir():
        pytest.skip("no labelled data: set CUSTOMER360_REAL_DATA to the folder with identity/, or use ../shared/data")
    folder = tmp_path_factory.mktemp("identity")
    for file in data.glob("*.csv"):
        (folder / file.name).symlink_to(file)
    with open(data / "RLdata500.tsv", encoding="utf-8", newline="") as records:
        header, *rows = csv.reader(records, delimiter="\t")
    _, *persons = (data / "identity.RLdata500.tsv").read_text(encoding="utf-8").split()
    with open(folder / "RLdata500.csv", "w", encoding="utf-8", newline="") as labelled:
        csv.writer(labelled).writerows(
            [[*header, "identity"], *([*row, person] for row, person in zip(rows, persons, strict=True))]
        )
    return folder


@pytest.mark.real_data
@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.file)
def test_labelled_data_is_resolved_as_well_as_promised(aim, folder, tmp_path):
    result = evaluate(
        Settings(home=tmp_path),
        folder / aim.file,
        truth=aim.truth,
        truth_match=aim.truth_match,
        mappings=aim.mappings,
        worst=0,
    )
    assert result.pairs.precision >= LEAST_PRECISION
    assert result.pairs.f1 >= aim.least_f1
