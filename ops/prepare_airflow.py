"""Before Airflow's servers start: its tables, the writer's pool, the admin's password. Safe to repeat.

The password is AIRFLOW_ADMIN_PASSWORD, or else one made up the first time. It is written to the file that
AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE names; left to itself, Airflow prints it into a log.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

POOLS = Path(__file__).with_name("pools.json")


def airflow(*arguments: str) -> None:
    """Run one command of the airflow command line in this process: starting Airflow takes seconds each time."""
    from airflow.__main__ import main

    sys.argv = ["airflow", *arguments]
    main()


def prepare_tables_and_pool() -> None:
    airflow("db", "migrate")
    airflow("pools", "import", str(POOLS))


def write_password(file: Path, password: str | None) -> None:
    """Write the admin's password, readable by its owner only; without one, keep what is there or make one up."""
    if password is None and file.exists():
        return
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        json.dump({"admin": password or secrets.token_urlsafe(16)}, target)


if __name__ == "__main__":
    prepare_tables_and_pool()
    write_password(
        Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]), os.environ.get("AIRFLOW_ADMIN_PASSWORD")
    )
