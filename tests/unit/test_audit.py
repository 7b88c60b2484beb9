"""What holds the dependencies to account: the lock as it is, and locks and rules that are not as they should be."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("audit", ROOT / "ops" / "audit.py")
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

HASH = "--hash=sha256:" + "0" * 64


def test_every_requirement_is_pinned_hashed_installed_and_licensed():
    text = audit.LOCK.read_text(encoding="utf-8")
    assert len(audit.requirements(text)) > 200
    assert audit.problems(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"click>=8 \\\n    {HASH}\n", "not pinned"),
        (f"click==0.1 \\\n    {HASH}\n", "is locked"),
        ("click==8.1\n", "not pinned"),
        (f"no-such-package-here==1 \\\n    {HASH}\n", "not installed"),
    ],
)
def test_a_lock_that_promises_less_is_refused(text, problem):
    assert any(problem in each for each in audit.problems(text))


def test_a_licence_that_binds_is_named(monkeypatch):
    monkeypatch.setattr(audit, "licence_of", lambda _: "AGPL-3.0-only")
    text = next(block for block in audit.LOCK.read_text(encoding="utf-8").split("\n\n") if block)
    assert any("AGPL" in each for each in audit.problems(text))


def test_the_lock_names_no_host():
    assert "://" not in audit.LOCK.read_text(encoding="utf-8").replace("# via", "")


def test_the_security_rules_of_the_linter_are_on():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    own_code = {rule for rule in lint["ignore"] if rule.startswith("S")}
    assert own_code <= {"S101", "S603", "S607", "S608"}, "each rule that is off has a reason beside it"
    assert not [place for place, rules in lint["per-file-ignores"].items() if "S" in rules and place.startswith("src")]


def test_nothing_turns_the_checking_of_certificates_off():
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for word in ("verify=False", "CERT_NONE", "_create_unverified_context", "check_hostname = False"):
            assert word not in text, f"{file} has {word}"
