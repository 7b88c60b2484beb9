"""Files and answers that are too large, lead elsewhere or have odd names: refused or harmless, and the rest loads."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import io
import ipaddress
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customer360.config import Settings, load_settings
from customer360.demo.server import HelpdeskServer
from customer360.errors import SettingError, SourceError
from customer360.sources import http, landed, members, orders, tickets

QUIET = {"run_id": "run_test", "progress": lambda line: None}
HEADER = "member_id,updated_at,full_name,joined_on\n"
GOOD = HEADER + "M1,2026-01-01,Ada,2024-01-01\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "members"
    path.mkdir()
    (path / "members_0.csv").write_text(GOOD)
    return path


@pytest.fixture
def of(settings, folder):
    return replace(settings, members_url=str(folder), max_file_bytes=1 << 20)


def refused(settings) -> str:
    with pytest.raises(SourceError) as caught:
        members.pull(settings, **QUIET)
    return str(caught.value)


def a_billion(column: str) -> bytes:
    """Few bytes of Parquet that unpack to very many values."""
    file = io.BytesIO()
    pq.write_table(pa.table({"member_id": pa.array(["M"] * 3_000_000), column: pa.array(["x"] * 3_000_000)}), file)
    assert len(file.getvalue()) < 100_000
    return file.getvalue()


# Size

TOO_LARGE = {
    "members_1.csv": (GOOD.encode() + b"x" * (2 << 20), "is larger than 1,048,576 bytes"),
    "members_1.csv.gz": (gzip.compress(bytes(200 << 20), 1), "is larger than 1,048,576 bytes when unpacked"),
    "members_1.parquet": (a_billion("full_name"), "is larger than 1,048,576 bytes when unpacked"),
    "members_2.csv": (
        (HEADER[:-1] + "".join(f",c{n}" for n in range(1200)) + "\n" + "x\n").encode(),
        "has 1,204 columns",
    ),
    "members_1.jsonl": (json.dumps({f"c{n}": 1 for n in range(1200)}).encode() + b"\n", "has 501 columns"),
    "members_3.csv": (GOOD.encode() + b'"x\n' * 11_000, "has more than 10,000 rows that cannot be read"),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_file_that_is_more_than_it_may_be_is_refused_and_leaves_nothing_behind(of, folder, raw_rows, name):
    content, reason = TOO_LARGE[name]
    (folder / name).write_bytes(content)
    assert f"membership.members: {name} {reason}" in refused(of)
    assert raw_rows("select member_id from raw.membership_members") == [("M1",)]
    assert not any(of.landing.glob("*/*"))


def test_unpacking_stops_before_the_disk_is_full(of, folder):
    """In a process that may write no file of over 8 MB, a bomb of 200 MB is refused by its size, not by the disk."""
    (folder / "members_1.csv.gz").write_bytes(gzip.compress(bytes(200 << 20), 1))
    code = f"""if True:
        import resource, signal
        from dataclasses import replace
        from pathlib import Path
        from customer360.config import Settings
        from customer360.errors import SourceError
        from customer360.sources import members
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
        settings = Settings(home=Path({str(of.home)!r}), members_url={of.members_url!r}, max_file_bytes=1 << 20)
        try:
            members.pull(settings, run_id=None, progress=lambda line: None)
        except SourceError as error:
            print(error)
    """
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "is larger than 1,048,576 bytes when unpacked (CUSTOMER360_MAX_FILE_BYTES)" in child.stdout, child.stderr


def test_a_line_without_end_costs_itself_only(of, folder, raw_rows, monkeypatch):
    monkeypatch.setattr(landed, "LONGEST_LINE", 1000)
    (folder / "members_1.csv").write_text(HEADER + f"M2,2026-01-01,{'x' * 5000},2024-01-01\nM3,2026-01-01,a,2024-01-01")
    row = json.dumps({"member_id": "M4", "updated_at": "2026-01-01", "joined_on": "2024-01-01"})
    (folder / "members_2.jsonl").write_text(f'{{"member_id": "{"y" * 5000}"}}\n{row}\n')
    members.pull(of, **QUIET)
    assert raw_rows("select member_id from raw.membership_members order by 1") == [("M1",), ("M3",), ("M4",)]
    assert raw_rows("select distinct split_part(reason, ';', 2) from ops.quarantine") == [(" the beginning is kept",)]


# Paths and names


def test_links_out_of_the_folder_and_what_is_no_file_are_not_read(of, folder, tmp_path, raw_rows):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(GOOD.replace("M1", "SECRET"))
    (folder / "members_1.csv").symlink_to(outside / "secret.csv")
    (folder / "members_2.csv").symlink_to("../outside/secret.csv")
    (folder / "activities").symlink_to(outside)
    (folder / "members_3.csv").symlink_to("nowhere")
    os.mkfifo(folder / "members_4.csv")  # reading it would wait for ever
    (folder / "members_5.csv").symlink_to("inside.txt")
    (folder / "inside.txt").write_text(GOOD.replace("M1", "M5"))
    said = []
    members.pull(of, run_id=None, progress=said.append)
    assert raw_rows("select member_id from raw.membership_members order by 1") == [("M1",), ("M5",)]
    for name in ("members_1.csv", "members_2.csv", "activities"):
        assert (
            f"membership: {name} is not read: it is a link to outside of the folder. Put the file itself there" in said
        )
    assert [line for line in said if "members_4.csv" in line or "members_3.csv" in line] == [
        "membership: members_3.csv is not read: it is no file",
        "membership: members_4.csv is not read: it is no file",
    ]


ODD = ["'; drop table raw.membership_members;--", 'a"b', "*", "?", "[1]", "{a,b}", "$(touch x)", "..", "-rf",
    "%2e%2e%2f",
       "a\nb", "\x1b[2J", "王小明 😀", "x" * 200, "\udcff\udcfe", "\\", "a b", "~"]  # fmt: skip


def test_odd_names_of_files_neither_break_out_nor_in(of, folder, raw_rows):
    for number, odd in enumerate(ODD):
        (folder / f"members_{number}{odd}.csv").write_text(GOOD.replace("M1", f"N{number}"))
    said = []
    members.pull(of, run_id=None, progress=said.append)
    assert raw_rows("select count(*) from raw.membership_members") == [(len(ODD) + 1,)]
    assert all(line.isprintable() for line in said)
    assert ("members_10a\\nb.csv",) in raw_rows("select path from ops.source_files")
    assert sum(load.rows_read for load in members.pull(of, **QUIET)) == 0


def test_a_home_with_quotes_spaces_and_brackets_in_its_name_works(tmp_path, folder, sqlite_shop):
    home = tmp_path / 'it\'s a "home" [1] *;$(x) ü'
    settings = Settings(home=home, members_url=str(folder), shop_url=sqlite_shop[0])
    assert sum(load.rows_loaded for load in members.pull(settings, **QUIET)) == 1
    assert sum(load.rows_loaded for load in orders.pull(settings, **QUIET)) == 240


@pytest.mark.parametrize("value", ["1GB'; drop table x; --", "3GB\n", "lots", "-1GB", "1 GB 2", "9" * 20 + "GB"])
def test_a_memory_limit_is_an_amount_of_memory_and_nothing_else(value):
    if value.strip() == "3GB":
        assert load_settings({"CUSTOMER360_MEMORY_LIMIT": value}).memory_limit == "3GB"
        return
    with pytest.raises(SettingError, match="CUSTOMER360_MEMORY_LIMIT is"):
        load_settings({"CUSTOMER360_MEMORY_LIMIT": value})


def test_a_home_that_duckdb_cannot_open_is_a_wrong_setting():
    with pytest.raises(SettingError, match="question mark"):
        load_settings({"CUSTOMER360_HOME": "/tmp/what?"})


@pytest.mark.parametrize("name", ["';drop--", '"; drop', "a' or '1'='1"])
def test_odd_names_in_the_address_of_the_shop_are_names(settings, tmp_path, sqlite_shop, name):
    source = tmp_path / "shop.sqlite"
    odd = tmp_path / f"{name}.sqlite"
    odd.write_bytes(source.read_bytes())
    assert len(orders.pull(replace(settings, shop_url=f"sqlite:///{odd}"), **QUIET)) == 8
    for url in (f"postgresql://u{name}:p@127.0.0.1:1/{name}", f"postgresql://u:p@127.0.0.1:1/d?sslmode={name}"):
        with pytest.raises((SourceError, SettingError)) as caught:
            orders.pull(replace(settings, shop_url=url), **QUIET)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ['x"; drop table raw.shop_orders; --', "'; --", "{{ x }}", "select", "ünï"])
def test_odd_names_of_columns_are_names(settings, shop, raw_rows, column):
    url, run = shop
    run('alter table orders add column "' + column.replace('"', '""') + "\" text default 'v'")
    orders.pull(replace(settings, shop_url=url), **QUIET)
    assert raw_rows(f'select distinct "{column.replace(chr(34), chr(34) * 2)}" from raw.shop_orders') == [("v",)]


# The helpdesk's answers, and where they come from


class _Answers(BaseHTTPRequestHandler):
    """Answers everything with what its server has."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for part in [body] if isinstance(body, bytes) else body(self):
            with contextlib.suppress(OSError):  # whoever asked may have heard enough
                self.wfile.write(part)

    def log_message(self, *_):
        pass


@contextmanager
def answering(status: int, headers: dict, body):
    """`body` is bytes, or a function that gives them, one part after the other."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.answer, server.asked = (status, headers, body), []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def asked_of_helpdesk(settings, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        tickets.pull(replace(settings, helpdesk_url=url, helpdesk_token="secret-token"), **QUIET)
    assert "secret-token" not in str(caught.value)
    return str(caught.value)


def test_a_redirect_to_another_host_is_refused_and_the_token_stays(settings):
    page = json.dumps({"tickets": [], "end_of_stream": True}).encode()
    with answering(200, {}, page) as other, answering(302, {"Location": f"{other.url}/x"}, b"") as server:
        message = asked_of_helpdesk(settings, server.url)
        assert "127.0.0.1 redirects to another address, which is not followed" in message
        assert server.asked[0][1] == "Bearer secret-token"
        assert other.asked == []


def test_an_answer_that_unpacks_to_too_much_is_not_read(settings, monkeypatch):
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1 << 20)
    with answering(200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(50 << 20), 1)) as server:
        assert "answered more than 1 MB at once; not read" in asked_of_helpdesk(settings, server.url)


def test_an_answer_that_drips_without_end_is_left_in_time(settings, monkeypatch):
    def drip(_):
        for _ in range(200):
            time.sleep(0.05)
            yield b" "

    monkeypatch.setattr(http, "LONGEST_ANSWER_SECONDS", 0.3)
    before = time.monotonic()
    with answering(200, {}, drip) as server:
        assert "127.0.0.1 took more than 0 s for one answer" in asked_of_helpdesk(settings, server.url)
    assert time.monotonic() - before < 20


ENDLESS = {
    "the same place again and again": lambda number: (f"c{number % 2}", [{"id": number}]),
    "the same records in ever new places": lambda number: (f"c{number}", [{"id": 1}]),
    "ever new places with nothing": lambda number: (f"c{number}", []),
}


@pytest.mark.parametrize("endless", ENDLESS)
def test_pages_without_end_are_left(settings, endless):
    most, moment = 150, "2026-01-01T00:00:00Z"
    whole = {"created_at": moment, "updated_at": moment, "status": "new", "requester_id": 1, "role": "end-user"}

    def page(asked):
        number = len(asked.server.asked)
        cursor, found = ENDLESS[endless](number)
        records = [record | whole for record in found]
        said = {"after_cursor": cursor, "end_of_stream": number > most}
        yield json.dumps({"tickets": records, "users": records} | said).encode()

    with answering(200, {}, page) as server:
        assert "the pages of tickets do not move on" in asked_of_helpdesk(settings, server.url)


def self_signed(folder) -> str:
    """A certificate for 127.0.0.1 that no authority vouches for, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - datetime.timedelta(1))
    builder = builder.not_valid_after(now + datetime.timedelta(1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(file)


@pytest.fixture
def https_helpdesk(tmp_path):
    """(URL, certificate) of a helpdesk over HTTPS whose certificate nobody vouches for."""
    certificate = self_signed(tmp_path)
    data = tmp_path / "helpdesk"
    data.mkdir()
    group = {"id": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "name": "a"}
    (data / "groups.jsonl").write_text(json.dumps(group) + "\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HelpdeskServer(data, token="secret-token") as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server.url.replace("http://", "https://"), certificate


def test_a_helpdesk_is_trusted_only_with_a_certificate_that_somebody_vouches_for(
    settings, https_helpdesk, monkeypatch, raw_rows
):
    url, certificate = https_helpdesk
    assert "no secure connection to 127.0.0.1: its certificate" in asked_of_helpdesk(settings, url)
    assert raw_rows("select count(*) from raw.helpdesk_groups") == [(0,)]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)  # a company's own authority
    tickets.pull(replace(settings, helpdesk_url=url, helpdesk_token="secret-token"), **QUIET)
    assert raw_rows("select count(*) from raw.helpdesk_groups") == [(1,)]


def test_s3_is_trusted_only_with_a_certificate_that_somebody_vouches_for(settings, https_helpdesk, monkeypatch):
    for name, value in {"AWS_ENDPOINT_URL": https_helpdesk[0], "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
                        "AWS_DEFAULT_REGION": "eu-central-1", "AWS_MAX_ATTEMPTS": "1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError, match=r"cannot be listed: .*(?i:ssl|certificate)"):
        members.pull(replace(settings, members_url="s3://bucket/members"), **QUIET)


@contextmanager
def postgres_without_tls():
    """A server that says, as PostgreSQL does, that it speaks no TLS; yields what it was sent."""
    import socket

    received = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                caller, _ = server.accept()
                with caller:
                    received.append(caller.recv(8))
                    caller.sendall(b"N")
                    received.append(caller.recv(1000))

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], received


def test_sslmode_of_the_address_reaches_postgresql_and_no_password_goes_out_without_tls(settings):
    ask_for_tls = bytes.fromhex("0000000804d2162f")
    with postgres_without_tls() as (port, received):
        url = f"postgresql://user:pass-canary@127.0.0.1:{port}/shop?sslmode="
        with pytest.raises(SourceError, match=r"(?i)ssl") as caught:
            orders.pull(replace(settings, shop_url=f"{url}verify-full"), **QUIET)
        assert "pass-canary" not in str(caught.value)
        assert set(received) == {ask_for_tls, b""}
        received.clear()
        with pytest.raises(SourceError):
            orders.pull(replace(settings, shop_url=f"{url}disable"), **QUIET)
        assert ask_for_tls not in received
