"""Identity resolution measured: how accurate on families of records, how fast on a million.

    python -m bench.identity accuracy [--family thin …] [--home data/bench/identity]
    python -m bench.identity speed [--records 1000000]

Beside each figure of ours stand plain Splink, with the threshold that suits the truth best, and exact rules, on the
same records and columns in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from bench import measure
from bench.identity_families import FAMILIES, write
from bench.report import machine

CUSTOMER360 = str(Path(sys.executable).with_name("customer360"))
ALTERNATIVES = (sys.executable, "-m", "bench.identity_alternatives")
RESOLVE = (sys.executable, "-m", "bench.identity_resolve")
SPEED_FAMILY = "commerce"


def accuracy(home: Path, families: list[str], seed: int) -> list[dict]:
    """Precision, recall and F1 of ours, plain Splink and exact rules on each family."""
    results = []
    for name in families:
        file = home / f"{name}.parquet"
        records = write(FAMILIES[name], file, seed=seed)
        print(f"  {name}: {records:,} records", flush=True)
        ours = _answer(CUSTOMER360, "identity", "evaluate", str(file), "--truth", "person", "--json", "-")
        results.append(
            {
                "family": name,
                "records": records,
                "ours": {**ours["pairs"], "seconds": ours["seconds"]},
                "plain_splink": _answer(*ALTERNATIVES, str(file)),
                "exact_rules": _answer(*ALTERNATIVES, str(file), "--rules"),
            }
        )
    return results


def accuracy_table(results: list[dict]) -> str:
    """A Markdown table: F1, with precision and recall behind it, a row per family."""
    rows = [["family", "records", "customer360", "plain Splink, best threshold", "exact rules"]]
    rows.append(["---", "---:", "---:", "---:", "---:"])
    rows += [
        [r["family"], f"{r['records']:,}", *(_scores(r[each]) for each in ("ours", "plain_splink", "exact_rules"))]
        for r in results
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _scores(score: dict | None) -> str:
    if not score:
        return "no answer"
    f1, precision, recall = (
        "–" if score[each] is None else f"{score[each]:.3f}" for each in ("f1", "precision", "recall")
    )
    return f"**{f1}** ({precision} / {recall})"


def _answer(*command: str) -> dict | None:
    """The JSON that a command prints last; None when it printed none."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTOMER360_")}
    output = measure.run(command, environment).output.strip()
    start = output.rfind("\n{") + 1 if "\n{" in output else 0
    return json.loads(output[start:]) if output[start:].startswith("{") else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.identity", description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["accuracy", "speed"])
    parser.add_argument("--home", type=Path, default=Path("data/bench/identity"))
    parser.add_argument("--family", nargs="+", choices=[*FAMILIES], default=[*FAMILIES])
    parser.add_argument("--records", type=int, default=1_000_000, help="for speed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    home = options.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    if options.what == "accuracy":
        results = accuracy(home, options.family, options.seed)
        table = accuracy_table(results)
    else:
        from bench.identity_speed import speed, speed_table

        results = speed(home, options.records, options.seed)
        table = speed_table(results)
    (home / f"{options.what}.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"\n{machine()}\n\n{table}\n")


if __name__ == "__main__":
    main()
