"""An erased person is nowhere under the home, in no file and no table, and does not come back; nobody else notices.

The whole path on the sample company: published, backed up, exported, logged, quarantined; erased; pulled again from
sources that still have the person.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from canaries import scan

from customer360 import backup, pipeline
from customer360.config import Settings
from customer360.demo.server import HelpdeskServer
from customer360.erasure import export, steps
from customer360.erasure.person import Person
from customer360.errors import ErasureError, PublicationError
from customer360.publish import current_id, kept_ids
from customer360.sources import members, orders, tickets
from customer360.warehouse import writing

FIGURES = (
    "account_type, identity_count, order_count, gross_sales, discount, refunds, net_sales, margin, ticket_count, "
    "member_level, growth_value, value_tier, lifecycle_stage, profile_completeness"
)


def quiet(_: str) -> None:
    pass


def ask(file: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def leaks(settings: Settings, strings: list[str]) -> list:
    return scan(settings.home, dict.fromkeys(strings, "theirs"))


def marks(file: Path, person: Person) -> list[str]:
    """What is known of the person and stands in nobody else's name: `Juan Li` is the beginning of `Juan Liu`."""
    others = ask(
        file,
        "select lower(concat_ws(' ', full_name, name_normalised, name_key)) from identity.source_records "
        "inner join identity.record_assignments using (record_key) "
        f"where valid_to is null and customer_id <> '{person.customer_id}'",
    )
    names = "\n".join(name for (name,) in others)
    return [string for string in person.strings if len(string) >= 6 and string.lower() not in names]


def plant(settings: Settings, person: Person, bystander: str) -> None:
    """Where pipelines leave what they met: logs, Airflow's database, quarantine, a review, an export, a backup."""
    said = f"could not read {person.strings} beside {bystander}"
    for folder in ("logs", "dbt/logs", "airflow/logs", "identity", "landing/orders-dead"):
        (settings.home / folder).mkdir(parents=True, exist_ok=True)
    (settings.home / "logs" / "pull.log").write_text(said)
    (settings.home / "dbt" / "logs" / "dbt.log").write_text(said.upper())
    (settings.home / "airflow" / "logs" / "task.log").write_bytes(said.encode("utf-16-le"))
    (settings.home / "landing" / "orders-dead" / "orders.jsonl").write_text(json.dumps({"said": said}))
    (settings.home / "identity" / "review.csv").write_text(f"decision,name\nlink,{bystander}\n,{person.strings[-1]}\n")
    with sqlite3.connect(settings.home / "airflow" / "airflow.db") as database:
        database.execute("create table dag_run (conf text)")
        database.execute("insert into dag_run values (?)", [json.dumps({"said": said})])
    email = next(form for kind, form in person.forms if kind == "email")
    with writing(settings, "test") as connection:
        for number, record in enumerate((json.dumps({"member_id": "Q1", "email": email}), f"{{broken, {email}")):
            connection.execute(
                "insert into ops.quarantine values "
                "('load_x', now(), 'membership', 'members', null, $number, null, null, 'broken', $record, null, null)",
                {"number": number, "record": record},
            )
        connection.execute(
            "insert into ops.pipeline_runs values ('x', 'pull', now(), now(), 'failed', $said)", {"said": said}
        )
    export.export(settings, person.customer_id, settings.home / "exports" / "one")
    backup.make(settings)


@pytest.fixture(scope="module")
def story(sample, made_once):
    """(settings, the person, somebody else's e-mail, what was before)."""
    home = made_once("erased_company", lambda home: None)
    settings = replace(sample, home=home)
    shutil.copy(sample.warehouse, settings.warehouse)
    shutil.copytree(sample.home / "dbt", home / "dbt", dirs_exist_ok=True)
    chosen = """
        select customer_id from identity.record_assignments where valid_to is null group by 1
        having count(distinct source_system || source_table) >= 3 order by count(*) desc, 1 limit 1
    """
    ((customer_id,),) = ask(settings.warehouse, chosen)
    (person,) = steps.find(settings, [customer_id])
    bystander = "select email from raw.membership_members where email is not null order by hash(email) limit 1"
    ((bystander,),) = ask(settings.warehouse, bystander)
    for stage in ("raw", "publication"):
        pipeline.check(settings, run_id="before", stage=stage, progress=quiet)
    pipeline.publish(settings, run_id="before", progress=quiet)
    plant(settings, person, bystander)
    before = {
        "figures": ask(settings.warehouse, f"select customer_id, {FIGURES} from marts.customer_360 order by 1"),
        "publication": current_id(settings),
        "marks": marks(settings.warehouse, person),
        "leaks": leaks(settings, marks(settings.warehouse, person)),
    }
    (certificate,) = steps.erase(
        settings, [customer_id], who="a test", why=f"asked by {person.strings[-1]}", progress=quiet
    )
    return settings, person, bystander, before, certificate


def test_nothing_of_the_person_is_in_any_file(story):
    settings, _, _, before, _ = story
    places = {leak.file.split("/")[0] for leak in before["leaks"]}
    assert {
        "warehouse.duckdb",
        "published",
        "logs",
        "dbt",
        "airflow",
        "identity",
        "landing",
        "exports",
        "backups",
    } <= places
    assert len(before["marks"]) > 10
    assert leaks(settings, before["marks"]) == []


def test_nobody_else_changes_but_for_what_they_were_averaged_with(story):
    settings, person, bystander, before, _ = story
    published = settings.published / "customer_360.duckdb"
    after = {row[0]: row for row in ask(published, f"select customer_id, {FIGURES} from marts.customer_360")}
    others = [row for row in before["figures"] if row[0] != person.customer_id]
    assert [after.get(row[0]) for row in others] == others
    assert person.customer_id not in after
    assert sum(row[7] for row in after.values()) == sum(row[7] for row in before["figures"])
    assert leaks(settings, [bystander])
    assert bystander in (settings.home / "logs" / "pull.log").read_text()


def test_the_certificate_tells_what_was_done_and_of_nobody(story):
    settings, _, _, _, certificate = story
    said = json.loads(certificate.read_text())
    assert said["people"] == 1
    assert all(re.fullmatch("erased-[0-9a-f]{16}", alias) for alias in said["pseudonyms"])
    assert said["books_before"] == said["books_after"]
    assert {"raw.shop_orders (redacted)", "earlier publications", "backups", "exports of the person"} <= set(
        said["places"]
    )
    assert certificate.stat().st_mode & 0o777 == 0o600
    assert not list(settings.key_file.parent.glob("erasing-*"))


def test_there_is_no_way_back_and_a_fresh_backup(story):
    settings, _, _, before, _ = story
    assert kept_ids(settings) == [current_id(settings)] != [before["publication"]]
    with pytest.raises(PublicationError):
        pipeline.publish(settings, run_id="back", rollback=True, progress=quiet)
    assert len(backup.kept(settings)) == 1
    ((alias,),) = ask(
        settings.warehouse,
        "select distinct customer_id from raw.shop_orders where starts_with(customer_id, 'erased-')",
    )
    with pytest.raises(ErasureError, match="nothing left to erase"):
        steps.find(settings, [alias])


def test_sources_that_still_have_the_person_do_not_bring_them_back(story, sample):
    settings, _, bystander, made, _ = story
    count = "select (select count(*) from raw.shop_orders), (select sum(total_amount) from raw.shop_orders)"
    before = ask(settings.warehouse, count)
    with HelpdeskServer(sample.home / "sample" / "helpdesk", token="a-token-for-tests") as helpdesk:
        again = replace(settings, helpdesk_url=helpdesk.url)
        with writing(again, "test") as connection:
            connection.execute("delete from ops.source_files")  # every file is new
        loads = [
            load
            for source in (orders, tickets, members)
            for load in source.pull(
                again, run_id="again", since=None if source is members else datetime(2020, 1, 1), progress=quiet
            )
        ]
    assert sum(load.rows_withheld for load in loads) > 0
    assert ask(settings.warehouse, count) == before
    assert leaks(settings, made["marks"]) == []
    assert leaks(settings, [bystander])
