"""A real Superset that reads along while publications go on: its own server, asked through its API by several users.

VENV is an environment as docs/bi/superset.md makes it. The first start makes Superset's own database, which takes a
minute or two.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from bench import swap_readers, swaps
from customer360.config import Settings

USERS = 6  # of the readers, as many ask through Superset
CONFIG = """
import os
from datetime import timedelta
JWT_ACCESS_TOKEN_EXPIRES = timedelta(days=1)
SECRET_KEY = os.environ["READERS_SECRET"]
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(os.environ["SUPERSET_HOME"], "superset.db") + "?timeout=60"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
"""


class Superset:
    """One user's session at the server."""

    def __init__(self, url: str, password: str):
        self.url, self.session = url, requests.Session()
        login = {"username": "reader", "password": password, "provider": "db", "refresh": False}
        token = self._post("security/login", login)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def _post(self, path: str, body: dict) -> dict:
        answer = self.session.post(f"{self.url}/api/v1/{path}", json=body, timeout=120)
        if not answer.ok:
            raise RuntimeError(f"Superset says {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def add_database(self, file: Path) -> int:
        extra = json.dumps({"engine_params": {"connect_args": {"read_only": True}}})
        body = {"database_name": "customer_360", "sqlalchemy_uri": f"duckdb:///{file}", "extra": extra}
        return self._post("database/", body | {"expose_in_sqllab": True})["id"]

    def ask(self, database: int, sql: str) -> list[dict]:
        body = {"database_id": database, "sql": sql, "runAsync": False, "client_id": secrets.token_hex(5)}
        return self._post("sqllab/execute/", body)["data"]


@contextlib.contextmanager
def running(venv: Path, home: Path) -> Iterator[tuple[str, str]]:
    """The server on a free port of this machine, with one user; yields its address and the user's password."""
    home.mkdir(parents=True)
    (home / "superset_config.py").write_text(CONFIG, encoding="utf-8")
    password = secrets.token_urlsafe(12)
    environment = os.environ | {
        "READERS_SECRET": secrets.token_hex(32),
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(home / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
    }
    command = str(venv / "bin" / "superset")
    user = ["--username", "reader", "--firstname", "R", "--lastname", "R", "--email", "r@example.org"]
    with open(home / "superset.log", "wb") as log:

        def call(*arguments: str) -> None:
            subprocess.run([command, *arguments], env=environment, stdout=log, stderr=log, check=True)

        call("db", "upgrade")
        call("fab", "create-admin", *user, "--password", password)
        call("init")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [command, "run", "--host", "127.0.0.1", "--port", str(port), "--with-threads"],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/health", server)
            yield url, password
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(240):
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, timeout=5).ok:
                return
        if server.poll() is not None:
            break
        time.sleep(0.5)
    raise RuntimeError("Superset did not start")


def measured_with(venv: Path, home: Path, *, count: int, publications: int, pause: float) -> swaps.Outcome:
    """The measurement of bench/swaps.py, with Superset's users in place of some of its readers."""
    swaps.publish_first(Settings(home=home))
    with running(venv, home / "superset") as (url, password):
        first = Superset(url, password)
        database = first.add_database(home / "published" / "customer_360.duckdb")
        # A server just started finishes Celery's task at its first query; two first ones at once fail there, before
        # anything is read ("'NoneType' object has no attribute 'push'").
        first.ask(database, swap_readers.WHOLE)
        sessions: dict[int, Superset] = {}

        def superset(_published: Path, _pause: float) -> str:
            """A query in SQL Lab; each reader's process logs in once."""
            user = sessions.setdefault(os.getpid(), None) or Superset(url, password)
            sessions[os.getpid()] = user
            (row,) = user.ask(database, swap_readers.WHOLE)
            return swap_readers.tied(tuple(row.values()))[0]

        own = [superset] * USERS
        others = [swap_readers.KINDS[n % len(swap_readers.KINDS)] for n in range(count - USERS)]
        return swaps.measure(home, count=count, publications=publications, pause=pause, kinds=own + others)
