"""A person decides the doubtful pairs in a spreadsheet: what stands is recorded once, what cannot is named by line."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import identity_warehouse as warehouse
import pytest
from click.testing import CliRunner

from customer360.cli import cli
from customer360.config import Settings
from customer360.errors import IdentityError
from customer360.identity.review_file import pair_id

A, B, C, D, E, F = (f"shop.customers:{letter}" for letter in "ABCDEF")


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """Six customers of one record, and five questions: A–B, C–D, E–F, B–C, A–C, in this order."""
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "home"))
    settings = Settings(home=tmp_path / "home")
    warehouse.make(settings, {f"C{key[-1]}": [key] for key in (A, B, C, D, E, F)})
    for rank, (a, b) in enumerate(((A, B), (C, D), (E, F), (B, C), (A, C)), start=1):
        warehouse.change(
            settings,
            f"""
            insert into identity.review_queue by name
            select {rank} as review_rank, '{a}' as record_key_a, '{b}' as record_key_b, 'C{a[-1]}' as customer_id_a,
                'C{b[-1]}' as customer_id_b, 'review' as outcome, 'probabilistic' as match_rule,
                0.5 as match_probability, 'names alike' as reason, 1 as pair_count, 0 as orders_at_stake,
                '李伟' as full_name_a, '=cmd|canary' as full_name_b, '+8613912345678' as phone_a
            """,
        )
    return settings


def review(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["identity", "review", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    with pytest.raises(IdentityError) as raised:
        review(*arguments)
    return str(raised.value)


def queue(settings: Settings) -> Path:
    review()
    return settings.home / "identity" / "review.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def edit(path: Path, *changes: dict[str, str], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """Save the file as a person would, with these changes to its first lines."""
    lines = rows(path)
    for line, change in zip(lines, changes, strict=False):
        line.update(change)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return path


def recorded(settings: Settings) -> list[tuple]:
    return warehouse.query(
        settings,
        "select decision, record_key_a, record_key_b, decided_by, reason from identity.match_decisions "
        "order by decision_id",
    )


LINK, UNLINK = {"decision": "link", "why": "same person"}, {"decision": "unlink", "why": "two people"}


def test_the_queue_is_written_for_a_spreadsheet_and_for_its_owner_alone(settings):
    path = queue(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = rows(path)
    assert [(line["record_a"], line["record_b"]) for line in lines] == [(A, B), (C, D), (E, F), (B, C), (A, C)]
    assert lines[0] | {"decision": "", "why": "", "probability": "0.5", "name_a": "李伟"} == lines[0]
    assert lines[0]["name_b"] == "'=cmd|canary"  # a name is data, never a formula
    assert len(rows(path)) == 5
    assert "2 of 5 questions" in review("--limit", "2")


def test_nothing_of_the_file_is_printed(settings):
    assert "李伟" not in review()
    path = edit(settings.home / "identity" / "review.csv", LINK, {"decision": "canary.name@example.org"})
    assert "canary" not in refused("--apply", str(path)).lower()


def test_what_is_decided_is_recorded_and_applying_again_changes_nothing(settings):
    path = edit(queue(settings), LINK, {"decision": " Unlink ", "why": "两个人"}, {"decision": "skip"})
    said = review("--apply", str(path), "--who", "ann")
    assert "2 decisions recorded, 0 stood already, 3 lines left open, 0 not recorded" in said
    assert recorded(settings) == [("link", A, B, "ann", "same person"), ("unlink", C, D, "ann", "两个人")]
    assert "0 decisions recorded, 2 stood already" in review("--apply", str(path), "--who", "bob")
    assert len(recorded(settings)) == 2


def test_what_was_decided_or_follows_is_not_asked_again_before_the_next_build(settings):
    path = edit(queue(settings), LINK, UNLINK, {}, LINK)
    review("--apply", str(path))
    # A = B and B = C make A = C, and C ≠ D stands: only E and F are still a question
    assert "1 of 1 questions" in review()
    assert [line["record_a"] for line in rows(path)] == [E]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ","), ("utf-16", "\t"), ("utf-8-sig", ";")]
)
def test_however_the_spreadsheet_saved_it(settings, encoding, delimiter):
    path = edit(queue(settings), {"decision": "link", "why": "同一个人"}, encoding=encoding, delimiter=delimiter)
    review("--apply", str(path), "--who", "ann")
    assert recorded(settings) == [("link", A, B, "ann", "同一个人")]


def test_a_reason_for_all_lines_may_be_given_once(settings):
    path = edit(queue(settings), {"decision": "link"}, UNLINK)
    assert "line 2, column why: a decision needs a reason" in refused("--apply", str(path))
    review("--apply", str(path), "--why", "called them")
    assert [row[4] for row in recorded(settings)] == ["two people", "called them"]


def test_every_bad_line_is_named_and_the_good_ones_are_recorded(settings):
    warehouse.change(
        settings, f"update identity.record_assignments set valid_to = '2026-03-05' where record_key = '{F}'"
    )
    path = edit(
        queue(settings),
        LINK,
        {"decision": "lnik", "why": "w"},
        LINK,
        {"decision": "link", "why": "w", "record_b": "shop.customers:X"},
        {"decision": "link", "why": "w", "record_b": D},
    )
    result = CliRunner().invoke(cli, ["identity", "review", "--apply", str(path)])
    assert "1 decisions recorded, 0 stood already, 0 lines left open, 4 not recorded" in result.output
    assert isinstance(result.exception, IdentityError)
    assert str(result.exception).splitlines()[1:] == [
        "review.csv, line 3, column decision: must be link, unlink, skip or empty",
        "review.csv, line 4, column record_b: the record is no longer in its source",
        "review.csv, line 5, column record_b: no such record is known",
        "review.csv, line 6, column pair_id: does not belong to these two records: a key was changed",
    ]
    assert [row[:3] for row in recorded(settings)] == [("link", A, B)]


def test_a_pair_on_two_lines(settings):
    same = {"record_a": A, "record_b": B, "pair_id": pair_id(A, B)}
    path = edit(queue(settings), LINK, LINK | same)
    assert "line 3, column pair_id: the same pair stands on line 2 already" in refused("--apply", str(path))
    assert len(recorded(settings)) == 1
    other = {"record_a": E, "record_b": F, "pair_id": pair_id(E, F)}
    path = edit(path, LINK, UNLINK | other, LINK | other)
    said = refused("--apply", str(path))
    assert "line 3, column decision: the same pair is decided otherwise on line 4" in said
    assert "line 4, column decision: the same pair is decided otherwise on line 3" in said
    assert len(recorded(settings)) == 1


def test_lines_that_contradict_each_other_are_refused_with_the_chain(settings):
    path = edit(queue(settings), LINK, {}, {}, LINK, UNLINK)
    said = refused("--apply", str(path), "--who", "ann")
    assert "line 6, column decision: " in said
    assert f"{A} = {B}  (link by ann" in said
    assert f"{B} = {C}  (link by ann" in said
    assert [row[:3] for row in recorded(settings)] == [("link", A, B), ("link", B, C)]


def test_links_in_a_circle_are_fine(settings):
    path = edit(queue(settings), LINK, {}, {}, LINK, LINK)
    assert "3 decisions recorded" in review("--apply", str(path))


def test_a_decision_that_stands_is_not_replaced_by_a_file(settings):
    path = edit(queue(settings), LINK)
    warehouse.change(
        settings,
        f"insert into identity.match_decisions values ('d', '2026-03-02', 'bob', 'unlink', '{A}', '{B}', 'private')",
    )
    said = refused("--apply", str(path))
    assert "unlink by bob, 2026-03-02 00:00 stands already" in said
    assert "private" not in said
    assert len(recorded(settings)) == 1


def test_decisions_not_yet_applied_are_not_overwritten(settings):
    path = edit(queue(settings), LINK)
    assert "1 decisions that are not recorded" in refused()
    assert rows(path)[0]["decision"] == "link"
    review("--apply", str(path))
    assert "4 of 4 questions" in review()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "columns decision, why, record_a, record_b, pair_id must be there"),
        (b"decision,why,record_a,record_b\nlink,w,a,b\n", "column pair_id must be there"),
        (b"PK\x03\x04 a workbook", "a spreadsheet's own format"),
        (b"decision,why\n\xff\xff\xff", "cannot be read as a CSV file"),
    ],
)
def test_a_file_that_is_no_review_file_is_refused_whole(settings, tmp_path, content, said):
    path = tmp_path / "edited.csv"
    path.write_bytes(content)
    assert said in refused("--apply", str(path))
    assert recorded(settings) == []


def test_columns_may_be_moved_and_removed_and_empty_lines_left(settings, tmp_path):
    path = tmp_path / "edited.csv"
    path.write_text(
        f'pair_id,record_b,Record_A,why,decision\n\n,,,,\n{pair_id(A, B)},{B},{A},"one\nperson",link\n'
        f"{pair_id(C, D)},{D},{C},,link\n"
    )
    assert "edited.csv, line 6, column why" in refused("--apply", str(path))
    assert recorded(settings)[0][4] == "one\nperson"


def test_before_the_first_build_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "new"))
    assert "customer360 build" in refused()
    assert not (tmp_path / "new" / "identity").exists()
