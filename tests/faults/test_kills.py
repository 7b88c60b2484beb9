"""A dozen kills of the real commands; `make faults` does hundreds, builds and checks among them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_killed_pulls_and_publications_end_as_undisturbed_ones():
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent), "--short", "--kills", "16", "--workers", "1"],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "chains that differ from the undisturbed run: 0" in done.stdout
