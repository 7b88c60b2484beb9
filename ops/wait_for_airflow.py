"""Wait until Airflow's scheduler and DAG processor report a heartbeat to its API server; exit 1 after two minutes."""

from __future__ import annotations

import json
import sys
import time
import urllib.request

deadline = time.monotonic() + 120
while time.monotonic() < deadline:
    try:
        with urllib.request.urlopen(f"{sys.argv[1]}/api/v2/monitor/health", timeout=5) as response:  # noqa: S310
            health = json.load(response)
        if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
            sys.exit(0)
    except OSError:
        pass
    time.sleep(0.5)
sys.exit("Airflow did not come up within two minutes.")
