"""The sample company's systems: started once, found again, stopped for good, and their token kept to themselves."""

import json
import os
import shlex
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from customer360.demo import sample
from customer360.demo.cli import demo


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    yield home
    sample.stop(home / "sample")


@pytest.fixture
def run(home, monkeypatch):
    monkeypatch.setenv("CUSTOMER360_HOME", str(home))
    monkeypatch.delenv("CUSTOMER360_HELPDESK_TOKEN", raising=False)
    return lambda *arguments: CliRunner().invoke(demo, arguments)


@pytest.fixture
def started(run, home):
    result = run("start")
    assert result.exit_code == 0, result.output
    return result


def settings(home):
    lines = (home / "sample" / "sources.env").read_text(encoding="utf-8").splitlines()
    pairs = [shlex.split(line)[1].split("=", 1) for line in lines]
    assert all(line.startswith("export CUSTOMER360_") for line in lines)
    return {name.removeprefix("CUSTOMER360_"): value for name, value in pairs}


def groups(url, token):
    return requests.get(f"{url}/api/v2/groups.json", headers={"Authorization": f"Bearer {token}"}, timeout=10)


def test_start_makes_the_data_and_writes_the_four_settings(started, home):
    values = settings(home)
    assert set(values) == {"SHOP_URL", "HELPDESK_URL", "HELPDESK_TOKEN", "MEMBERS_URL"}
    assert Path(values["SHOP_URL"].removeprefix("sqlite:///")).exists()
    assert any(Path(values["MEMBERS_URL"]).iterdir())
    assert groups(values["HELPDESK_URL"], values["HELPDESK_TOKEN"]).status_code in (200, 429)
    assert groups(values["HELPDESK_URL"], "wrong").status_code == 401


def test_starting_again_changes_nothing(started, run, home):
    pid, before = sample.status(home / "sample").pid, settings(home)
    assert run("start").exit_code == 0
    assert sample.status(home / "sample").pid == pid
    assert settings(home) == before


def test_two_starts_at_once_give_one_helpdesk(run, home):
    run("stop")
    command = [sys.executable, "-m", "customer360.demo", "start"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    listed = subprocess.run(["ps", "-ww", "-eo", "command="], capture_output=True, text=True, check=True).stdout
    assert sum("serve-helpdesk" in line and str(home) in line for line in listed.splitlines()) == 1


def test_the_token_is_private(started, home):
    folder, token = home / "sample", settings(home)["HELPDESK_TOKEN"]
    for name in ("helpdesk.token", "sources.env", "helpdesk.json", "shop.url"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    assert token not in started.output
    assert token not in (folder / "helpdesk.log").read_text(encoding="utf-8")
    pid = sample.status(folder).pid
    line = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=True
    ).stdout
    assert "serve-helpdesk" in line
    assert token not in line


def test_after_stop_and_start_the_settings_still_hold(started, run, home):
    before = settings(home)
    assert run("stop").output == "Helpdesk ended.\n"
    with pytest.raises(requests.exceptions.ConnectionError):
        groups(before["HELPDESK_URL"], before["HELPDESK_TOKEN"])
    assert run("status").exit_code == 1
    assert run("stop").output == "The helpdesk was not running.\n"
    assert run("start").exit_code == 0
    assert settings(home) == before
    assert run("status").exit_code == 0


def test_a_helpdesk_that_died_is_started_again(started, run, home):
    pid = sample.status(home / "sample").pid
    os.kill(pid, 9)
    deadline = time.monotonic() + 5
    while sample.status(home / "sample").pid and time.monotonic() < deadline:
        time.sleep(0.05)
    assert run("start").exit_code == 0
    assert sample.status(home / "sample").pid not in (None, pid)


def test_stop_leaves_a_stranger_s_process_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / "helpdesk.json").write_text(json.dumps({"pid": stranger.pid, "port": 1}), encoding="utf-8")
        assert sample.stop(tmp_path) is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_new_company_has_a_new_token(run, home):
    first = sample.token_of(home / "sample")
    assert run("stop")
    assert run("generate", "--seed", "7").exit_code == 0
    assert sample.token_of(home / "sample") != first
    assert json.loads((home / "sample" / "company.json").read_text(encoding="utf-8"))["seed"] == 7


def test_serving_without_a_token_is_refused(run, home):
    result = run("serve-helpdesk", "--data", str(home / "sample" / "helpdesk"))
    assert result.exit_code != 0
    assert "token" in str(result.exception)
