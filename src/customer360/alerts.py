"""Alerts to a webhook (CUSTOMER360_ALERT_URL): one message when something breaks, one when it is over.

The body is JSON with a plain `text`, which Slack, Mattermost and their like show as it is, and beside it `customer360`:
the same as facts, for who wants to route on them. `KINDS` says what there is to be told and what to do; each kind has a
section in docs/runbook.md.

An alert never fails the job it reports on: a receiver that is slow, broken or gone is logged, and asked again with the
next alert. The same alert is not sent twice within REPEAT_AFTER; what was sent is remembered in
`$CUSTOMER360_HOME/alerts/sent.json`. Nothing personal and no secret goes out (see `redaction`), and the webhook's own
address, which is its password, is never logged.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from customer360.bounded import within
from customer360.config import Settings
from customer360.redaction import redacted
from customer360.warehouse import utc_now

# Kind of alert, and the first thing to do. The runbook has a section of each name.
KINDS = {
    "task_failed": "Read the message, mend the cause, clear the task in Airflow.",
    "run_timed_out": "See which task of the run hung, end it, clear it in Airflow.",
    "source_stale": "See whether its DAG is paused, failing or never scheduled; pull it by hand.",
    "publication_stale": "See whether build_customer_360 is paused, failing or waiting for a source.",
    "warehouse_held": "End the process the message names, or wait if it is a long build.",
    "warehouse_damaged": "Stop the DAGs, restore the newest backup, pull and build.",
    "run_killed": "Start the command again: it goes on from what was committed.",
    "gate_failing": "Open the quality report: the same gate fails run after run.",
    "quarantine_growing": "Look into ops.quarantine for the column and reason, and tell the source.",
    "disk_low": "Free space or give more: a build needs room for another copy of the warehouse.",
    "test": "Nothing: somebody tried whether alerts arrive.",
}
RUNBOOK = "docs/runbook.md"
REPEAT_AFTER = timedelta(hours=24)
FORGET_AFTER = timedelta(days=30)
ATTEMPTS, PAUSE_SECONDS = 3, 1.0
ANSWER_SECONDS = 5.0  # for one attempt to be answered
DELIVERY_SECONDS = 20.0  # for all of them, whatever a receiver does

log = logging.getLogger("customer360.alerts")


def send(settings: Settings, kind: str, title: str, message: str = "", *, subject: str = "", **facts: object) -> bool:
    """Tell about something that broke; returns whether a message was delivered. Never raises.

    `subject` is what it is about (a task, a source): together with the kind and the error in `facts` it tells a new
    alert from one that was sent already, and `over` ends it.
    """
    todo = KINDS[kind]
    with _never_failing():
        title = _plain(title, settings)
        lines = [f"[customer360] {title}", message, f"What to do: {todo} See {RUNBOOK}#{kind}."]
        told = {name: _plain(value, settings) for name, value in facts.items() if value is not None}
        body = {"kind": kind, "subject": subject, "state": "open", "title": title, **told}
        body |= {"do": todo, "runbook": f"{RUNBOOK}#{kind}", "at": _text(utc_now())}
        if not settings.alert_url or kind == "test":
            return _deliver(settings, lines, body)
        key = "|".join((kind, subject, str(facts.get("error") or "")))
        with _memory(settings) as sent:
            known = sent.setdefault(
                key, {"kind": kind, "subject": subject, "title": title, "sent_at": None, "count": 0}
            )
            known["count"] += 1
            known["seen_at"] = _text(utc_now())
            if _is_recent(known["sent_at"]):
                log.info("not sent again: %s (%s times since %s)", title, known["count"], known["sent_at"])
                return False
            if known["count"] > 1:
                lines[0] += f" (still; {known['count']} times)"
            if _deliver(settings, lines, body):
                known["sent_at"] = _text(utc_now())
                return True
    return False


def over(settings: Settings, kind: str, subject: str) -> bool:
    """Tell that what was told about `subject` is over, if it was; returns whether a message was delivered."""
    with _never_failing(), _memory(settings, only_if_there=True) as sent:
        mine = [key for key, known in sent.items() if (known["kind"], known["subject"]) == (kind, subject)]
        told = [sent[key] for key in mine if sent[key]["sent_at"]]
        if told:
            title = f"Over: {told[-1]['title']}"
            body = {"kind": kind, "subject": subject, "state": "over", "title": title, "at": _text(utc_now())}
            if not _deliver(settings, [f"[customer360] {title}"], body):
                return False  # the next success tries again
        for key in mine:
            del sent[key]
        return bool(told)
    return False


def open_alerts(settings: Settings) -> set[tuple[str, str]]:
    """Kind and subject of what was noticed and is not over."""
    with _never_failing(), _memory(settings, only_if_there=True) as sent:
        return {(known["kind"], known["subject"]) for known in sent.values()}
    return set()


def _deliver(settings: Settings, lines: list[str], facts: dict) -> bool:
    """Post one message within DELIVERY_SECONDS; False, and a line in the log, when it could not be."""
    text = "\n".join(filter(None, (_plain(line, settings) for line in lines)))
    log.warning("%s", text)
    if not settings.alert_url:
        return False
    body = json.dumps({"text": text, "customer360": facts}, ensure_ascii=False).encode()
    problem = within(DELIVERY_SECONDS, lambda: _post(settings.alert_url, body))
    if problem is None:
        problem = f"no answer within {DELIVERY_SECONDS:.0f} seconds"
    if problem:
        log.error("the alert could not be delivered to %s: %s", urlsplit(settings.alert_url).hostname, problem)
    return not problem


def _post(url: str, body: bytes) -> str:
    """Empty when the receiver took it, else what went wrong, in words without its address."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "customer360"}
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
        try:
            request = urllib.request.Request(url, body, headers)  # noqa: S310 - the setting must be http or https
            with _OPENER.open(request, timeout=ANSWER_SECONDS):
                return ""
        except urllib.error.HTTPError as error:
            problem = f"HTTP {error.code}"
            error.close()
            if error.code < 500 and error.code not in (408, 429):
                return problem  # it will not take this one later either
        except Exception as error:  # a report must not do harm, whatever a receiver does
            reason = getattr(error, "reason", error)
            problem = type(reason).__name__
    return f"{problem}, {ATTEMPTS} times"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the POST into a GET and look like success."""

    def redirect_request(self, *_args, **_more):
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


@contextlib.contextmanager
def _memory(settings: Settings, *, only_if_there: bool = False) -> Iterator[dict]:
    """What was sent, under a lock, written back at the end; an unwritable home loses the memory, not the alert."""
    folder = settings.home / "alerts"
    if only_if_there and not (folder / "sent.json").exists():
        yield {}
        return
    with contextlib.ExitStack() as open_files:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = open_files.enter_context(open(folder / "sent.lock", "w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            sent = _read(folder / "sent.json")
        except OSError:
            yield {}
            return
        try:
            yield sent
        finally:
            with contextlib.suppress(OSError):
                _write(folder / "sent.json", sent)


def _read(file: Path) -> dict:
    try:
        sent = json.loads(file.read_text(encoding="utf-8"))
        oldest = _text(utc_now() - FORGET_AFTER)
        return {key: known for key, known in sent.items() if known["seen_at"] >= oldest}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(file: Path, sent: dict) -> None:
    aside = file.with_name(".sent.json.new")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
        json.dump(sent, target, indent=1)
    os.replace(aside, file)


@contextlib.contextmanager
def _never_failing() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        log.error("an alert could not be made: %s", type(error).__name__)


def _is_recent(moment: str | None) -> bool:
    """Sent so short a while ago that it is not sent again; not so when the clock went back behind it."""
    return bool(moment) and timedelta(0) <= utc_now() - datetime.fromisoformat(moment) < REPEAT_AFTER


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _plain(value: object, settings: Settings) -> object:
    """Without secrets, what looks like a person's, and what a chat would take for a mention or a link."""
    if isinstance(value, bool | int | float):
        return value
    return redacted(str(value), settings).replace("<", "‹").replace(">", "›").replace("@", "(at)")
