"""Kill the real commands hundreds of times, and compare what they then say with an undisturbed run.

    python tests/faults --kills 300 --seed 1
    python tests/faults --kills 300 --seed 1 --chain 17      # one chain again

Ends with 1 when anything was lost, doubled or half published.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import fault_chains
import fault_company
import fault_process


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", action="append", help="only chains of this kind: pull, publish, check, build or run")
    parser.add_argument("--chain", type=int, action="append", help="only the chain of this number")
    parser.add_argument("--short", action="store_true", help="pulls and publications alone, without a build")
    parser.add_argument("--folder", type=Path, help="keep the homes here; default: a temporary folder, removed")
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="customer360-faults-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        fault_process.import_everything(heavy=not chosen.short)
        fault_process.apart(_make_company, str(folder))
        with fault_company.serving(folder / "company") as sources:
            states = fault_chains.SHORT_STATES if chosen.short else fault_chains.STATES
            lab = fault_chains.Lab(folder, sources, states)
            plans = fault_chains.SHORT_PLANS if chosen.short else fault_chains.PLANS
            plans = list(enumerate(fault_chains.chains(plans, chosen.kills)))
            if chosen.only:
                plans = [(number, plan) for number, plan in plans if plan.kind in chosen.only]
            if chosen.chain:
                plans = [(number, plan) for number, plan in plans if number in chosen.chain]
            lab.prepare(runs=any(plan.kind == "run" for _, plan in plans))
            print(f"prepared in {time.monotonic() - started:.0f} s; seed {chosen.seed}", flush=True)
            if not chosen.short:
                print("\n".join(f"never met: {point}" for point in fault_chains.unmet(lab)), flush=True)
            results = _shared(lab, plans, chosen.seed, min(chosen.workers, len(plans)))
    again = f"python tests/faults --seed {chosen.seed} " + f"--kills {chosen.kills}" + " --short" * chosen.short
    return _report(results, again, time.monotonic() - started)


def _make_company(folder: str) -> None:
    if not (Path(folder) / "company" / "day2").exists():
        fault_company.make(Path(folder) / "company")


def _shared(lab: fault_chains.Lab, plans: list, seed: int, workers: int) -> list[dict]:
    """Every chain, by `workers` processes that take the next one as they become free."""
    results, queue = lab.folder / "results.jsonl", lab.folder / "next"
    results.write_text("")
    queue.mkdir(exist_ok=True)
    for old in queue.iterdir():
        old.unlink()
    children = []
    for worker in range(workers):
        child = os.fork()
        if not child:
            for number, plan in plans:
                try:
                    (queue / str(number)).touch(exist_ok=False)  # whoever makes it has it
                except FileExistsError:
                    continue
                began = time.monotonic()
                result = asdict(fault_chains.Chain(lab, plan, number, seed, worker).run())
                line = f"chain {number}: {plan.kind} to {plan.state!r}, {len(result['kills'])} kills, "
                line += f"{time.monotonic() - began:.0f} s" + (f" WRONG {result['wrong']}" if result["wrong"] else "")
                print(line, flush=True)
                with results.open("a") as file:
                    file.write(json.dumps(result) + "\n")
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return [json.loads(line) for line in results.read_text().splitlines()]


def _report(results: list[dict], again: str, seconds: float) -> int:
    kills = [kill for result in results for kill in result["kills"]]
    named = Counter(kill["where"].rsplit(":", 2)[0] for kill in kills if kill["named"])
    print("\nkills by command")
    for command, count in sorted(Counter(kill["command"] for kill in kills).items()):
        print(f"  {count:>4}  {command}")
    print(f"kills at a named point: {sum(named.values())}, at a random moment: {len(kills) - sum(named.values())}")
    for point, count in sorted(named.items()):
        print(f"  {count:>4}  {point}")
    wrong = [result for result in results if result["wrong"]]
    opened = sum(result["opened"] for result in results)
    print(f"\n{len(kills)} kills in {len(results)} chains, {seconds:.0f} s")
    print(f"readers opened the published file {opened} times")
    print(f"chains that differ from the undisturbed run: {len(wrong)}")
    for result in wrong:
        print(f"  again: {again} --chain {result['number']}")
        for line in result["wrong"]:
            print(f"    {line}")
    return 1 if wrong or not kills else 0


if __name__ == "__main__":
    sys.exit(main())
