"""A labelled file is read whatever wrote it, and what cannot be read is one clear sentence without the data."""

import gzip
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customer360.errors import SourceError
from customer360.identity import labelled_file


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def read(connection, tmp_path):
    def read(content: bytes, name: str = "records.csv"):
        file = tmp_path / name
        file.write_bytes(content)
        names, notes = labelled_file.read(connection, file)
        return names, connection.execute("from file_records order by record_number").fetchall(), notes

    return read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter):
    content = (
        f"name{delimiter}born\nAnn, really{delimiter}1970\n" if delimiter != "," else 'name,born\n"Ann, really",1970\n'
    )
    assert read(content.encode())[:2] == (["name", "born"], [(1, "Ann, really", "1970")])


def test_names_and_cells_lose_their_spaces(read):
    assert read(b"rec_id, given name , surname\n 1 ,  Ann,\xc2\xa0Lee\t\n")[:2] == (
        ["rec_id", "given name", "surname"],
        [(1, "1", "Ann", "Lee")],
    )


def test_only_the_exact_words_for_nothing_are_nothing(read):
    cells = ["NA", "NULL", "None", "nan", "\\N", "", " ", "Na", "Null", "none", "Nan", "N"]
    found = read(b"a,b\n" + "".join(f"{cell},x\n" for cell in cells).encode())[1]
    assert [row[1] for row in found] == [None] * 7 + ["Na", "Null", "none", "Nan", "N"]


def test_records_keep_the_order_of_the_file(read):
    found = read(b"a\n" + b"".join(b"%d\n" % number for number in range(300_000)))[1]
    assert [int(row[1]) for row in found] == [row[0] - 1 for row in found]


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("\ufeffname\nJosé\n".encode(), False),
        ("name\nJosé\n".encode("utf-16"), False),
        ("name\nJosé\n".encode("latin-1"), True),
        ("name\nJosé".encode("latin-1"), True),
    ],
    ids=["byte order mark", "utf-16", "latin-1", "latin-1 in the last byte"],
)
def test_encodings(read, content, note):
    names, rows, notes = read(content)
    assert (names, rows) == (["name"], [(1, "José")])
    assert [each for each in notes if "Latin-1" in each] == notes
    assert bool(notes) == note


def test_latin_1_far_into_a_file_is_noticed(read):
    content = b"name\n" + b"Ann\n" * 400_000 + "Zoë\n".encode("latin-1")
    _, rows, notes = read(content)
    assert rows[-1] == (400_001, "Zoë")
    assert notes


@pytest.mark.parametrize("name", ["records.csv.gz", "no-ending"])
def test_gzip_is_known_by_its_content(read, name):
    assert read(gzip.compress(b"a,b\n1,2\n"), name)[1] == [(1, "1", "2")]


def test_quotes_hold_delimiters_and_lines(read):
    assert read(b'a,b\r\n"x, y","1\n2"\r\n"say ""hi""",3\r\n')[1] == [(1, "x, y", "1\n2"), (2, 'say "hi"', "3")]


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress], ids=["plain", "gzipped"])
def test_parquet(read, tmp_path, pack):
    table = pa.table(
        {
            "person": pa.array([1.0, None, 3.0]),
            "share": pa.array([0.5, 2.0, None]),
            "born": pa.array([date(1970, 1, 2), None, None]),
            "made": pa.array([datetime(1970, 1, 2), datetime(1970, 1, 2, 3, 4), None]),
            "name": ["Ann", "NA", " "],
        }
    )
    pq.write_table(table, tmp_path / "made.parquet")
    names, rows, _ = read(pack((tmp_path / "made.parquet").read_bytes()), "records.parquet")
    assert names == ["person", "share", "born", "made", "name"]
    assert rows == [
        (1, "1", "0.5", "1970-01-02", "1970-01-02", "Ann"),
        (2, None, "2", None, "1970-01-02 03:04:00", None),
        (3, "3", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no header"),
        (b"\n\n", "no header"),
        (b"a,b,A\n1,2,3\n", "names a column twice: A, a"),
        (b"a,b\n1,2\nsecret,3,4\n", "line 3 has 3 columns, the header has 2"),
        (b"a,b\nsecret\n", "line 2 has 1 columns, the header has 2"),
        (b'a,b\n1,"secret\n', "line 2 has an unterminated quote"),
        (b"PAR1 secret", "cannot be read"),
        (b"\x1f\x8bsecret", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_without_the_data(read, content, message):
    with pytest.raises(SourceError, match=message) as error:
        read(content)
    assert "secret" not in str(error.value)


def test_a_missing_file_and_a_folder(connection, tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        labelled_file.read(connection, tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="directory"):
        labelled_file.read(connection, tmp_path)


def test_a_column_without_a_name_is_named_by_its_place(read):
    assert read(b",b\n1,2\n")[0] == ["column_1", "b"]
