"""The sample company's systems, kept running: start, stop, and what is up.

State is in the sample folder: `helpdesk.json` (pid and port), `helpdesk.log`, `helpdesk.token` and `sources.env`. The
token and the
environment file are readable by their owner only; the token goes to the server through its file, never through a
command line.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from customer360.demo.server import HelpdeskServer
from customer360.errors import SourceError

START_SECONDS = 30


@dataclass(frozen=True)
class Status:
    generated: bool
    pid: int | None  # of the helpdesk, when it runs
    url: str | None
    answers: bool


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def token_of(folder: Path) -> str:
    """The helpdesk's token of a sample folder; made up when there is none yet."""
    path = folder / "helpdesk.token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32) + "\n")
    return path.read_text(encoding="utf-8").strip()


def make(
    folder: Path, *, shop_url: str | None = None, say: Callable[[str], None] = lambda _: None, **options: object
) -> None:
    """Generate the company into `folder` with a new token, and remember where its shop is."""
    from customer360.demo.company import generate  # imported here: the generator's libraries are slow to start

    (folder / "helpdesk.token").unlink(missing_ok=True)
    generate(folder, shop_url=shop_url, say=say, **options)
    token_of(folder)
    write_private(folder / "shop.url", (shop_url or f"sqlite:///{(folder / 'shop.sqlite').absolute()}") + "\n")


def start(folder: Path, *, say: Callable[[str], None] = lambda _: None, **options: object) -> str:
    """Have the sample company up: generate it when absent, start its helpdesk when it is not running, write
    `sources.env`.

    Returns the helpdesk's URL. Safe to repeat, and from two processes at once. Raises SourceError when the helpdesk
    does not come up.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "company.json").exists() or not (folder / "shop.url").exists():
            make(folder, say=say, **options)
        state = status(folder)
        url = state.url if state.answers else _launch(folder)
        write_private(folder / "sources.env", _environment(folder, url))
    return url


def stop(folder: Path) -> bool:
    """End the helpdesk of `folder`; False when none was running."""
    state = _read_state(folder)
    pid = state.get("pid")
    if not pid or not _is_helpdesk(pid, folder):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while _is_helpdesk(pid, folder):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline += 10
        time.sleep(0.05)
    return True


def status(folder: Path) -> Status:
    state = _read_state(folder)
    pid, port = state.get("pid"), state.get("port")
    alive = bool(pid) and _is_helpdesk(pid, folder)
    url = f"http://127.0.0.1:{port}" if alive and port else None
    generated = (folder / "company.json").exists()
    return Status(generated, pid if alive else None, url, bool(url) and _answers(url, token_of(folder)))


def serve(
    data: Path, *, port: int, token: str, state_file: Path | None, say: Callable[[str], None], **options: object
) -> None:
    """Serve `data` until the process is told to end. The file of state is written once the port is open."""
    try:
        server = HelpdeskServer(data, token=token, port=port, **options)
    except OSError:
        if state_file is None:
            raise
        server = HelpdeskServer(data, token=token, port=0, **options)  # the port of last time is somebody else's now

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    if state_file:
        write_private(state_file, json.dumps({"pid": os.getpid(), "port": server.server_port}) + "\n")
    say(f"Helpdesk on {server.url}, serving {data}. Ctrl-C ends it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("Helpdesk ended.")
    finally:
        server.server_close()


def _launch(folder: Path) -> str:
    """Start the helpdesk in a process of its own, on the port of last time when that is free, and wait until it
    answers."""
    token = token_of(folder)
    state_file, log = folder / "helpdesk.json", folder / "helpdesk.log"
    port = _read_state(folder).get("port", 0)
    command = [
        sys.executable,
        "-m",
        "customer360.demo",
        "serve-helpdesk",
        "--data",
        str(folder / "helpdesk"),
        "--port",
        str(port),
        "--token-file",
        str(folder / "helpdesk.token"),
        "--state-file",
        str(state_file),
        "--refuse-every",
        "10",
        "--repeat-records",
    ]
    state_file.unlink(missing_ok=True)
    with open(log, "ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=folder
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        port = _read_state(folder).get("port")
        if port and _answers(f"http://127.0.0.1:{port}", token):
            return f"http://127.0.0.1:{port}"
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SourceError(f"The sample company's helpdesk did not start; {log} says why.")


def _answers(url: str, token: str) -> bool:
    request = urllib.request.Request(f"{url}/api/v2/groups/count.json", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 (loopback)
            return response.status == 200
    except urllib.error.HTTPError as error:
        return error.code == 429  # it is there, and knows us
    except OSError:
        return False


def _read_state(folder: Path) -> dict:
    try:
        return json.loads((folder / "helpdesk.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _is_helpdesk(pid: int, folder: Path) -> bool:
    """Whether the process is the helpdesk of this folder, and not a later one that was given the same number."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return "serve-helpdesk" in listed and str(folder.absolute()) in listed and not listed.lstrip().startswith("Z")


def _environment(folder: Path, url: str) -> str:
    settings = {
        "SHOP_URL": (folder / "shop.url").read_text(encoding="utf-8").strip(),
        "HELPDESK_URL": url,
        "HELPDESK_TOKEN": token_of(folder),
        "MEMBERS_URL": str(folder / "members"),
    }
    return "".join(f"export CUSTOMER360_{name}={shlex.quote(value)}\n" for name, value in settings.items())
