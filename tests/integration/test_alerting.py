"""Alerts to a real receiver: what arrives, what is not sent twice, and that nothing a receiver does can do harm."""

from __future__ import annotations

import logging
import re
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from customer360 import alerts
from customer360.config import Settings, settings_for_reports
from customer360.errors import BuildError, SourceError
from customer360.redaction import told
from customer360.warehouse import utc_now
from tests.receiver import receiver

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(alerts, "PAUSE_SECONDS", 0.01)


def settings_of(home: Path, url: str | None) -> Settings:
    return Settings(home=home, alert_url=url)


def tell(settings: Settings, **facts) -> bool:
    return alerts.send(settings, "source_stale", "orders: not loaded", "Last loaded: never.", subject="orders", **facts)


def test_an_alert_says_what_where_and_what_to_do_in_text_and_as_facts(tmp_path):
    with receiver() as server:
        assert tell(settings_of(tmp_path, server.url), dag="ingest_orders", exit_code=3)
    (body,) = server.bodies
    assert body["text"].startswith("[customer360] orders: not loaded\nLast loaded: never.\nWhat to do: ")
    assert "docs/runbook.md#source_stale" in body["text"]
    facts = body["customer360"]
    assert (facts["kind"], facts["state"], facts["dag"], facts["exit_code"]) == (
        "source_stale",
        "open",
        "ingest_orders",
        3,
    )


def test_the_same_alert_is_sent_once_a_day_and_its_end_is_told_once(tmp_path, monkeypatch):
    with receiver() as server:
        settings = settings_of(tmp_path, server.url)
        assert [tell(settings) for _ in range(3)] == [True, False, False]
        later = utc_now() + timedelta(hours=25)
        monkeypatch.setattr(alerts, "utc_now", lambda: later)
        assert tell(settings)
        assert [alerts.over(settings, "source_stale", "orders") for _ in range(2)] == [True, False]
        assert tell(settings), "what comes back is news"
    assert [facts["state"] for facts in server.facts] == ["open", "open", "over", "open"]
    assert "(still; 4 times)" in server.texts[1]


def test_another_error_of_the_same_task_is_news(tmp_path):
    with receiver() as server:
        settings = settings_of(tmp_path, server.url)
        assert [tell(settings, error=error) for error in ("SourceError", "SettingError", "SourceError")] == [
            True,
            True,
            False,
        ]
        assert alerts.over(settings, "source_stale", "orders")
        assert alerts.open_alerts(settings) == set()


def test_a_clock_that_went_back_silences_nothing(tmp_path, monkeypatch):
    with receiver() as server:
        settings = settings_of(tmp_path, server.url)
        assert tell(settings)
        earlier = utc_now() - timedelta(days=2)
        monkeypatch.setattr(alerts, "utc_now", lambda: earlier)
        assert tell(settings)


@pytest.mark.parametrize(("answers", "calls"), [((500, 429, 200), 3), ((200,), 1)])
def test_a_receiver_that_fails_for_a_moment_is_asked_again(tmp_path, answers, calls):
    with receiver(answers=answers) as server:
        assert tell(settings_of(tmp_path, server.url))
    assert (server.calls, len(server.bodies)) == (calls, 1)


@pytest.mark.parametrize(("status", "calls"), [(500, 3), (404, 1), (302, 1)])
def test_a_receiver_that_refuses_is_logged_and_told_anew_next_time(tmp_path, caplog, status, calls):
    with receiver(answers=(status, *[status] * (calls - 1), 200)) as server:
        settings = settings_of(tmp_path, server.url)
        assert not tell(settings)
        assert server.calls == calls
        assert tell(settings), "what was not delivered is not taken for sent"
    assert f"HTTP {status}" in caplog.text
    assert "a-secret-path" not in caplog.text


def test_a_dead_receiver_is_logged_without_its_address(tmp_path, caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/hooks/a-secret-path"
    caplog.set_level(logging.DEBUG)
    assert not tell(settings_of(tmp_path, url))
    assert "could not be delivered to 127.0.0.1" in caplog.text
    assert "a-secret-path" not in caplog.text


def test_a_receiver_that_never_answers_is_left_in_time(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(alerts, "DELIVERY_SECONDS", 0.3)
    with receiver(delay=5) as server:
        before = time.monotonic()
        assert not tell(settings_of(tmp_path, server.url))
        assert time.monotonic() - before < 4  # far from the receiver's own five seconds
    assert "no answer within" in caplog.text


def test_a_home_that_cannot_be_written_loses_the_memory_not_the_alert(tmp_path):
    (tmp_path / "alerts").write_text("a file where the folder should be")
    with receiver() as server:
        assert [tell(settings_of(tmp_path, server.url)) for _ in range(2)] == [True, True]


def test_a_damaged_memory_is_begun_anew_and_only_its_owner_reads_it(tmp_path):
    with receiver() as server:
        settings = settings_of(tmp_path, server.url)
        tell(settings)
        memory = tmp_path / "alerts" / "sent.json"
        assert memory.stat().st_mode & 0o077 == 0
        assert memory.parent.stat().st_mode & 0o077 == 0
        memory.write_text('{"half": ')
        assert tell(settings)


def test_without_a_receiver_the_alert_is_in_the_log(tmp_path, caplog):
    assert not tell(settings_of(tmp_path, None))
    assert "orders: not loaded" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_what_goes_out_holds_no_secret_no_person_and_no_mention(tmp_path):
    settings = Settings(
        home=tmp_path,
        shop_url="postgresql://reader:pass%2Fword-1@db.example.org/shop?sslpassword=query-canary",
        helpdesk_token="token-canary",
        hash_key="hash-key-canary-0000",
        lineage_url="https://user:lineage-canary@lineage.example.org/",
    )
    words = (
        "asked with token-canary as reader:pass%2Fword-1@db, pass/word-1, query-canary, hash-key-canary-0000, "
        "lineage-canary; postgresql://someone:other@h/d; for jane.doe@example.org, +49 170 1234567, 4111111111111111; "
        "Could not convert string 'Jane Doe' to INT32 <!channel> @here; run of 2026-11-22 10:00:00 had 12345 rows"
    )
    with receiver() as server:
        settings = Settings(**{**vars(settings), "alert_url": server.url})
        assert alerts.send(settings, "task_failed", words, words, subject="a", note=words)
        sent = str(server.bodies)
    for canary in (
        "token-canary", "word-1", "query-canary", "hash-key", "lineage-canary", "other@", "jane.doe", "1234567",
        "411111", "Jane Doe", "<!channel>", "a-secret-path",
    ):  # fmt: skip
        assert canary not in sent
    assert not set("<>@") & set(server.texts[0])
    assert "run of 2026-11-22 10:00:00 had 12345 rows" in sent, "times and counts stay"


def test_of_an_error_that_is_not_ours_only_its_kind_is_told(tmp_path):
    settings = settings_of(tmp_path, None)
    assert "Jane" not in told(ValueError("Jane Doe"), settings)
    assert told(SourceError("shop.orders: a\nshop.returns: b"), settings).count("\n") == 1
    assert "Jane" not in told(BuildError("The build failed: 1 of 2 nodes.\n  database said Jane"), settings)


def test_a_wrong_setting_can_still_be_told(tmp_path):
    env = {"CUSTOMER360_AS_OF": "yesterday", "CUSTOMER360_ALERT_URL": "http://h/x", "CUSTOMER360_HOME": str(tmp_path)}
    assert settings_for_reports(env) == Settings(home=tmp_path, alert_url="http://h/x")
    assert settings_for_reports({**env, "CUSTOMER360_ALERT_URL": "ftp://h/x"}).alert_url is None


def test_the_runbook_has_a_section_for_every_kind_and_no_other():
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    section = page[page.index("\n## Alerts\n") :].split("\n## ")[1]
    assert set(re.findall(r"^### `(\w+)`$", section, flags=re.MULTILINE)) == set(alerts.KINDS)
