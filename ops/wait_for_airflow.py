"""Wait until Airflow's API server answers and says that the parts named are healthy; exit 1 after two minutes.

python ops/wait_for_airflow.py http://127.0.0.1:8080 scheduler dag_processor
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request

url, *parts = sys.argv[1:]
deadline = time.monotonic() + 120
while time.monotonic() < deadline:
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as response:  # noqa: S310
            health = json.load(response)
        if all(health[part]["status"] == "healthy" for part in parts):
            sys.exit(0)
    except OSError:
        pass
    time.sleep(0.5)
sys.exit(f"Not healthy within two minutes: Airflow's {' and '.join(parts)}.")
