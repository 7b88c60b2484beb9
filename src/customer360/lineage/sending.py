"""Where lineage events go: appended to a file, one JSON object a line, or posted to an OpenLineage server.

`file:///var/log/lineage.jsonl` or a path; `https://lineage.example.com`, whose endpoint is api/v1/lineage unless the
address names another. A password in the address (`https://:KEY@lineage.example.com`) is sent as the server's API key.
"""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openlineage.client.event_v2 import RunEvent
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport, TokenProvider
from openlineage.client.transport.transport import Transport

from customer360.bounded import within
from customer360.errors import SettingError

ANSWER_SECONDS = 5.0
ENDPOINT = "api/v1/lineage"

log = logging.getLogger("customer360.lineage")


def send(url: str, events: list[RunEvent], seconds: float) -> None:
    """Send events in order; at the first that cannot be sent the rest is given up, with a word in the log."""
    to = transport(url)

    def work() -> str:
        for number, event in enumerate(events):
            try:
                to.emit(event)
            except Exception as error:  # whatever a server does; its text may hold the address
                return f"{len(events) - number} of {len(events)} events could not be sent: {type(error).__name__}"
        return ""

    problem = within(seconds, work)
    if problem is None:
        problem = f"the events took longer than {seconds:.0f} seconds"
    if problem:
        log.error("lineage: %s", problem)


def transport(url: str) -> Transport:
    """The OpenLineage client's own transport; the environment and files it may look at have no say."""
    if "://" in url and not url.startswith(("http://", "https://", "file://")):
        raise SettingError("CUSTOMER360_LINEAGE_URL must be a path, or begin with file://, http:// or https://.")
    if not url.startswith(("http://", "https://")):
        file = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url).expanduser()
        file.parent.mkdir(parents=True, exist_ok=True)
        return FileTransport(FileConfig(str(file), append=True))
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    key = unquote(parts.password or parts.username or "")
    return HttpTransport(
        HttpConfig(
            f"{parts.scheme}://{host}",
            endpoint=parts.path.strip("/") or ENDPOINT,
            timeout=ANSWER_SECONDS,
            auth=ApiKeyTokenProvider({"api_key": key}) if key else TokenProvider({}),
            retry={"total": 2, "connect": 1, "read": 1, "backoff_factor": 0.3, "status_forcelist": [429, 502, 503]},
        )
    )
