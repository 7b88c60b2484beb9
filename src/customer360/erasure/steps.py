"""Erase people, step by step. Every step is safe to repeat; a kill at any moment is mended by running it again.

find    who, what identifies them            -> the plan
facts   raw, identity, quarantine, memory    one transaction; refused when it would change the books
models  build, check and publish anew        what was built before can no longer be published
remove  earlier publications and backups, the warehouse's old bytes, files
prove   search everything under the home     -> the certificate, and the plan is removed
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from customer360 import backup, pipeline
from customer360.build import forget_finished_build, require_finished_build
from customer360.compaction import compact
from customer360.config import Settings
from customer360.erasure import books, certificate, files, proof, tombstones
from customer360.erasure.forgetting import forget_raw, prepare
from customer360.erasure.memory import blot_messages, forget_assignments_published, forget_memory
from customer360.erasure.person import Person, find_person
from customer360.erasure.plan import Plan, pending
from customer360.errors import BuildError, ErasureError
from customer360.publish import current_id, kept_ids, read_manifest
from customer360.warehouse import new_id, reading, recorded_run, utc_now, writing

Progress = Callable[[str], None]
BLOTTED = {"x"}  # what an erasure leaves of an id: a run that is tried again then finishes it


def find(settings: Settings, typed: Sequence[str]) -> list[Person]:
    """Whom an erasure would be of. Raises IdentityError or ErasureError for somebody who is not known."""
    with reading(settings, "erase: find") as connection:
        return _find(connection, typed, [])


def erase(
    settings: Settings,
    typed: Sequence[str],
    *,
    who: str,
    why: str,
    run_id: str | None = None,
    publish: bool = True,
    progress: Progress = print,
) -> list[Path]:
    """Erase customers (ids or record keys) and finish what was begun before; returns the certificates.

    Without `publish`, what is erased is gone from raw at once, and the rest waits for the next erasure.
    Raises ErasureError when the books would change or something of a person is still to be found.
    """
    typed = [each for each in typed if not set(each.strip()) <= BLOTTED]
    if typed and not why.strip():
        raise ErasureError("An erasure needs a reason.")
    plans = pending(settings)
    with writing(settings, "erase") as connection:
        if people := _find(connection, typed, plans):
            plans.append(_plan(connection, settings, people, who, why))
        for plan in plans:
            if "facts" not in plan.done:
                progress(f"{plan.erasure_id}: taking {len(plan.people)} out of raw and memory")
                _erase_facts(connection, settings, plan)
    if not publish or not plans:
        return []
    _publish(settings, plans, run_id, progress)
    return [_finish(settings, plan, progress) for plan in plans]


def _find(connection: duckdb.DuckDBPyConnection, typed: Sequence[str], plans: list[Plan]) -> list[Person]:
    begun = {key for plan in plans for person in plan.people for key in person.names()}
    people = {}
    for each in typed:
        if each.strip() not in begun:
            person = find_person(connection, each)
            if person.customer_id not in begun:
                people[person.customer_id] = person
    return list(people.values())


def _plan(connection: duckdb.DuckDBPyConnection, settings: Settings, people: list[Person], who: str, why: str) -> Plan:
    (is_settled,) = connection.execute(
        """
        select coalesce(
            (select max(finished_at) from ops.model_runs where resource_type = 'build' and status = 'success')
            >= (select max(ended_at) from ops.loads where rows_loaded > 0),
            false
        )
        """
    ).fetchone()
    plan = Plan(new_id("erasure"), utc_now(), who, why, people, bool(backup.kept(settings)), is_settled)
    plan.before = books.raw_totals(connection) | books.mart_totals(connection)
    plan.save(settings)
    return plan


def _erase_facts(connection: duckdb.DuckDBPyConnection, settings: Settings, plan: Plan) -> None:
    made = plan.tombstones(tombstones.key_of(settings))
    before = books.raw_totals(connection)
    file = tombstones.tombstone_file(settings)
    length = file.stat().st_size if file.exists() else 0
    connection.execute("begin")
    try:
        tombstones.insert(connection, made)
        prepare(settings, connection)
        found = _counts(forget_raw(connection))
        found |= forget_memory(connection)
        forget_finished_build(connection, settings, f"{plan.erasure_id} took people out of raw")
        books.require_equal(before, books.raw_totals(connection), "nothing was erased")
        tombstones.append(file, made)
        connection.execute("commit")
    except ErasureError:
        connection.execute("rollback")
        tombstones.cut(file, length)  # of the person's orders and tickets, which were found on the way
        raise
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("checkpoint")
    plan.finished(settings, "facts", found)


def _counts(forgotten: dict) -> dict[str, int]:
    return {
        f"{place if ' ' in place else f'raw.{place}'} ({what})": count
        for place, found in forgotten.items()
        for what, count in (
            ("removed", found.removed),
            ("redacted", found.redacted),
            ("links and mentions", found.named),
        )
        if count
    }


def _publish(settings: Settings, plans: list[Plan], run_id: str | None, progress: Progress) -> None:
    """One build for all, unless a publication was made since the last of them left raw."""
    newest = max(plan.erased_at for plan in plans)
    current = current_id(settings)
    if current and read_manifest(settings, current)["published_at"] > newest.isoformat():
        return
    with writing(settings, "erase") as connection:
        forget_assignments_published(connection, settings)
    with recorded_run(settings, "erase", run_id=run_id) as run_id:
        progress("building and checking without them")
        pipeline.check(settings, run_id=run_id, stage="raw", progress=progress)
        if not _is_built(settings):
            pipeline.build(settings, run_id=run_id)
        with reading(settings, "erase: compare") as connection:
            after = books.raw_totals(connection) | books.mart_totals(connection)
        for plan in plans:
            plan.after = after
            if plan.is_settled and plan is plans[-1]:
                books.require_equal(plan.before, after, "nothing is published")
            plan.save(settings)
        pipeline.check(settings, run_id=run_id, stage="publication", progress=progress)
        if current:
            pipeline.publish(settings, run_id=run_id, progress=progress)


def _is_built(settings: Settings) -> bool:
    """Whether there was a build since people were taken out of raw: they left word that none before it counts."""
    with reading(settings, "erase: look") as connection, contextlib.suppress(BuildError):
        return bool(require_finished_build(connection))
    return False


def _finish(settings: Settings, plan: Plan, progress: Progress) -> Path:
    search = plan.search
    if "removed" not in plan.done:
        progress(f"{plan.erasure_id}: removing earlier publications and backups")
        plan.finished(settings, "removed", _remove_copies(settings, plan))
    progress(f"{plan.erasure_id}: writing the warehouse anew, cleaning files")
    with writing(settings, "erase") as connection:
        forget_assignments_published(connection, settings)
        messages = blot_messages(connection, search)
        (tables,) = connection.execute("select count(*) from duckdb_tables() where not temporary").fetchone()
        compact(connection, settings, always=True)  # deleted rows leave their bytes in the old file
    for folder in files.exports_elsewhere(settings, plan.customer_ids):
        progress(f"{plan.erasure_id}: data of the person was exported to {folder}: delete it by hand")
    found = files.clean(settings, search, plan.customer_ids)
    plan.finished(
        settings,
        "files",
        found | {"tables of the warehouse written into a fresh file": tables, "messages of runs and loads": messages},
    )
    progress(f"{plan.erasure_id}: searching everything under {settings.home}")
    looked = proof.require_clean(settings, search)
    if plan.had_backups and not backup.kept(settings):
        backup.make(settings)
    written = certificate.write(settings, plan, looked)
    plan.remove(settings)
    progress(f"{plan.erasure_id}: done; certificate in {written}")
    return written


def _remove_copies(settings: Settings, plan: Plan) -> dict[str, int]:
    """Publications but the current one, and backups: made before, so the person is in them."""
    current, removed = current_id(settings), 0
    for publication_id in kept_ids(settings):
        if publication_id != current:
            _remove_folder(settings.published / "versions" / publication_id)
            removed += 1
    kept = backup.kept(settings)
    for folder in kept:
        _remove_folder(folder)
    with writing(settings, "erase") as connection:
        connection.execute(
            "update ops.publications set status = 'erased' where not is_current and status <> 'abandoned'"
        )
    return {"earlier publications": removed, "backups": len(kept)}


def _remove_folder(folder: Path) -> None:
    """Out of sight in one step, then its files: nobody meets half of it."""
    doomed = folder.with_name(f".building-removed-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)
