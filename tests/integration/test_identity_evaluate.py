"""`customer360 identity evaluate` on small labelled files, through the real resolver."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from customer360.errors import Customer360Error
from customer360.identity.evaluate_cli import evaluate

# Two people, each twice and unmistakably, and one alone; `who` is the truth and `wrong` a false one.
RECORDS = """who,wrong,first_name,surname,dob,email
ann,x,Ann,Averell,1971-02-03,ann.averell@post.example
ann,y,Ann,Averell,1971-02-03,ann.averell@post.example
bob,z,Robert,Birtwhistle,1980-11-30,birtwhistle@post.example
bob,z,Robert,Birtwhistle,1980-11-30,birtwhistle@post.example
cat,z,Catherine,Culpepper,1990-07-14,
"""


@pytest.fixture
def records(tmp_path) -> Path:
    file = tmp_path / "records.csv"
    file.write_text(RECORDS, encoding="utf-8")
    return file


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(evaluate, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def answer(*arguments: str | Path) -> dict:
    return json.loads(run(*arguments, "--json", "-"))


def test_who_is_together_is_found_and_scored(records):
    found = answer(records, "--truth", "who")
    assert found["records"] == found["scored_records"] == 5
    assert found["pairs"] == {"precision": 1, "recall": 1, "f1": 1, "right": 2, "found": 2, "true": 2}
    assert found["clusters"]["right"] == 3
    assert found["b_cubed"] == {"precision": 1, "recall": 1, "f1": 1}
    assert found["worst_fused"] == found["worst_split"] == []


def test_the_worst_errors_name_records_rule_and_reason_and_no_values(records):
    found = answer(records, "--truth", "wrong")
    (fused,) = found["worst_fused"]
    assert fused["records"] == [1, 2]
    (link,) = fused["links"]
    assert {link["record"], link["other_record"]} == {1, 2}
    assert link["rule"]
    assert link["reason"]
    assert link["probability"] > 0.9
    (split,) = found["worst_split"]
    assert split["records"] == [3, 4, 5]
    assert (split["clusters"], split["missing_pairs"]) == (2, 2)
    assert "values" not in found
    said = run(records, "--truth", "wrong")
    assert "2 records of 2 persons, 1 wrong pairs: records 1, 2" in said
    assert "one person's 3 records in 2 clusters, 2 pairs missing: records 3, 4, 5" in said
    assert not re.search("Averell|Birtwhistle|Culpepper|post.example|1971", said)


def test_values_are_shown_on_demand(records):
    said = run(records, "--truth", "wrong", "--show-values")
    assert "full_name Ann Averell" in said
    assert "birth_date 1971-02-03" in said
    assert answer(records, "--truth", "wrong", "--show-values")["values"]["1"]["email"] == "ann.averell@post.example"


def test_the_table_on_the_screen(records):
    said = run(records, "--truth", "who")
    assert re.search(r"pairs +1\.0000 +1\.0000 +1\.0000 +2 right of 2 found, 2 true", said)
    assert "5 records of 3 persons, resolved into 3 clusters" in said
    assert "guessed from their names: first_name as given_name, surname as family_name, dob as birth_date" in said
    assert "not used: wrong" in said


def test_mappings_after_the_option_and_as_arguments(records):
    found = answer(records, "--truth", "who", "--map", "full_name=first_name+surname", "birth_date=dob", "--no-guess")
    assert set(found["columns"]) == {"full_name", "birth_date", "email"}


def test_the_label_is_what_the_expression_takes_of_it(tmp_path, records):
    text = RECORDS.replace("ann,x", "rec-1-org,x").replace("ann,y", "rec-1-dup-0,y")
    text = text.replace("bob,", "rec-2-org,").replace("cat,z", "nobody,z")
    records.write_text(text, encoding="utf-8")
    for expression in (r"rec-\d+", r"rec-(\d+)-"):
        found = answer(records, "--truth", "who", "--truth-match", expression)
        assert (found["records"], found["scored_records"]) == (5, 4)
        assert found["pairs"]["true"] == found["pairs"]["right"] == 2
        assert "1 records have no truth" in found["notes"][0]


def test_a_gzipped_file_and_a_result_in_a_file(tmp_path, records):
    packed = tmp_path / "records.csv.gz"
    packed.write_bytes(gzip.compress(records.read_bytes()))
    said = run(packed, "--truth", "who", "--json", tmp_path / "result.json")
    assert "pairs" in said
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["pairs"]["f1"] == 1


def test_a_card_tells_two_lists_apart(tmp_path):
    file = tmp_path / "lists.csv"
    file.write_text(
        "person,source,full_name,card_number\n1,Shop A,Ann Averell,\n1,Members,A. Averell,C77\n1,Help: desk,,C77\n",
        encoding="utf-8",
    )
    assert answer(file, "--truth", "person")["records"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--truth", "whom"], "--truth: the file has no column 'whom'. Did you mean who"),
        (["--truth", "who", "--map", "full_name=frist_name"], "Did you mean first_name"),
        (["--truth", "who", "--map", "full_name=who"], "cannot be evidence as well"),
        (["--truth", "who", "--truth-match", "(x"], "not a regular expression"),
        (["--truth", "who", "--truth-match", "xyz"], "matches none of the 5 values"),
        (["--truth", "who", "--json", "absent/result.json"], "cannot be written"),
    ],
)
def test_what_does_not_fit_is_one_clear_message(records, arguments, message):
    with pytest.raises(Customer360Error, match=re.escape(message)):
        run(records, *arguments)


def test_an_empty_truth_is_said(records):
    records.write_text("who,full_name\n,Ann\nNA,Bob\n", encoding="utf-8")
    with pytest.raises(Customer360Error, match="empty in all 2 records"):
        run(records, "--truth", "who")


def test_two_files_are_refused(records):
    result = CliRunner().invoke(evaluate, [str(records), "other.csv", "--truth", "who"])
    assert result.exit_code == 2
    assert "One file of records is needed, 2 are named" in result.output


def test_records_without_anything_and_none_at_all(tmp_path):
    file = tmp_path / "empty.csv"
    file.write_text("person,full_name,email\n1,,\n1,,\n2,NA,NULL\n", encoding="utf-8")
    found = answer(file, "--truth", "person")
    assert found["pairs"] == {"precision": None, "recall": 0, "f1": 0, "right": 0, "found": 0, "true": 1}
    file.write_text("person,full_name\n", encoding="utf-8")
    with pytest.raises(Customer360Error, match="empty in all 0 records"):
        run(file, "--truth", "person")


def test_the_command_itself_says_an_error_in_one_line(records):
    command = Path(sys.executable).with_name("customer360")
    done = subprocess.run(
        [command, "identity", "evaluate", records, "--truth", "absent"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: --truth: the file has no column 'absent'")
    assert len(done.stderr.splitlines()) == 1
