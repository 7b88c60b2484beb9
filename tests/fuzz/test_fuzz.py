"""The short version of the fuzzer: about a hundred malformed inputs, the same ones every time. `make fuzz` has more."""

from __future__ import annotations

import fuzz_run
import pytest

FILES, PAGES = 10, 20  # pulls: of FILES_PER_PULL files each, and of one broken page each


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return fuzz_run.make_template(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(autouse=True)
def _as_they_were(monkeypatch):
    monkeypatch.setattr(fuzz_run.folders, "SETTLE_SECONDS", 0.0)
    for name in ("BACKOFF_SECONDS", "LONGEST_WAIT_SECONDS", "LARGEST_ANSWER", "LONGEST_ANSWER_SECONDS"):
        monkeypatch.setattr(fuzz_run.http, name, getattr(fuzz_run.http, name))  # put back what the fuzzer sets


@pytest.mark.parametrize(
    ("kind", "number"), [("files", n) for n in range(FILES)] + [("pages", n) for n in range(PAGES)]
)
def test_a_malformed_input_is_one_clear_sentence_and_what_is_around_it_loads(template, kind, number):
    verdict = fuzz_run.try_one(template, kind, number, seed=2, heavy=False)
    assert verdict.faults == (), f"seed 2, {kind}:{number}: {verdict.what}"


def test_the_fuzzer_sees_a_pull_that_breaks_the_rule(template, monkeypatch):
    def careless(settings, **_):
        raise ValueError(f"cannot read {fuzz_run.fuzz_files.CANARIES[0]}")

    monkeypatch.setattr(fuzz_run.members, "pull", careless)
    assert "ValueError" in fuzz_run.try_one(template, "files", 0, seed=2, heavy=False).faults[0]
