"""Run the main job on the real data sets and print every known figure beside what the warehouse says.

    python -m real_data --data ../shared/data [--home data/real] [--company wholesaler]

Ends with 1 when the main job fails or a figure differs without the reason for it written down.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

from customer360.config import load_settings
from real_data import figures
from real_data.companies import COMPANIES, CUSTOMER360, Company, settings_for, sources


def play(company: Company, data: Path, home: Path) -> list[figures.Figure]:
    """Run `customer360 run` for one company in a fresh home and compare its figures. Raises CalledProcessError."""
    print(f"\n{'=' * 100}\n{company.name}: {company.about}\n{'=' * 100}", flush=True)
    shutil.rmtree(home / company.name, ignore_errors=True)
    started = time.monotonic()
    with sources(company, data, home / f"{company.name}_sources") as reached:
        print(f"The source systems are ready after {time.monotonic() - started:.0f} s.", flush=True)
        environment, started = settings_for(company, home, reached), time.monotonic()
        subprocess.run([CUSTOMER360, "run"], env=environment, check=True)
    print(f"customer360 run took {time.monotonic() - started:.0f} s.")
    settings = load_settings(environment)
    return [figure for data_set in company.data_sets for figure in figures.compare(settings, data_set)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m real_data", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--home", type=Path, default=Path("data/real"), help="where the warehouses go (made anew)")
    parser.add_argument("--company", choices=[each.name for each in COMPANIES], help="only this one")
    options = parser.parse_args()
    data, home = options.data.resolve(), options.home.resolve()
    chosen = [each for each in COMPANIES if options.company in (None, each.name)]
    missing = [name for each in chosen for name in each.data_sets if not (data / name).is_dir()]
    if missing:
        parser.error(f"{data} has no {', '.join(missing)}")
    try:
        answers = [figure for company in chosen for figure in play(company, data, home)]
    except subprocess.CalledProcessError as error:
        print(f"\nThe main job failed with exit code {error.returncode}; its message is above.", file=sys.stderr)
        return 1
    agreeing, explained = (sum(getattr(each, what) for each in answers) for what in ("agrees", "is_explained"))
    wrong = [each.name for each in answers if not each.passes]
    counts = f"{agreeing} agree, {explained} differ for a reason given, {len(wrong)} are wrong"
    print(f"\nOf {len(answers)} figures {counts}.")
    if wrong:
        print(f"Wrong: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
