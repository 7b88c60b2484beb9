"""Power may fail at any instant: what a name leads to is on disk before the name is, and then the name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import small_warehouse

from customer360 import backup, keyed
from customer360.config import Settings
from customer360.publish import publish


@pytest.fixture
def events(monkeypatch) -> list[tuple[str, Path]]:
    """What is flushed, and what gets a name, in the order in which it happens."""
    happened = []

    def noted(kind, original):
        def step(*arguments, **named):
            if kind == "flushed":
                happened.append((kind, Path(os.readlink(f"/proc/self/fd/{arguments[0]}"))))
            result = original(*arguments, **named)
            if kind == "named":
                happened.append((kind, Path(os.path.abspath(arguments[1]))))
            return result

        return step

    for name, kind in (("fsync", "flushed"), ("rename", "named"), ("replace", "named"), ("link", "named")):
        monkeypatch.setattr(os, name, noted(kind, getattr(os, name)))
    return happened


def assert_on_disk(events, files: list[Path], *, name: Path) -> None:
    """Each file was flushed before `name` was given, and the folder of the name afterwards."""
    given = max(position for position, event in enumerate(events) if event == ("named", name))
    before, after = events[:given], events[given:]
    missing = [file for file in files if ("flushed", file) not in before]
    assert not missing, f"not flushed before {name} was given: {missing}"
    assert ("flushed", name.parent) in after, f"the name {name} itself was never flushed"


def test_what_is_published_backed_up_restored_or_secret_is_on_disk_before_it_has_its_name(tmp_path, events):
    settings = Settings(home=tmp_path / "home")
    small_warehouse.ready(settings)

    keyed.hash_key(settings)
    assert next(kind for kind, path in events if path.parent == settings.key_file.parent) == "flushed"
    given = events.index(("named", settings.key_file))
    assert ("flushed", settings.key_file.parent) in events[given:]

    made = publish(settings, run_id="run").folder
    aside = made.with_name(f".building-{made.name}")
    files = [aside / path.relative_to(made) for path in made.rglob("*")]
    assert len(files) > 40
    assert_on_disk(events, [*files, aside], name=made)
    assert_on_disk(events, [made.parent], name=settings.published / "current")

    made = backup.make(settings)
    aside = made.with_name(f".making-{made.name}")
    files = [aside / path.relative_to(made) for path in made.rglob("*")]
    assert_on_disk(events, [*files, aside], name=made)

    backup.restore(settings)
    done = settings.home / "warehouse.duckdb.restored"
    assert_on_disk(events, [settings.home / "warehouse.duckdb.restoring"], name=done)
    assert_on_disk(events, [settings.home], name=settings.warehouse)
