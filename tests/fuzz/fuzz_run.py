"""Throw malformed files and API pages at the real pulls, and judge what comes of it.

    python tests/fuzz/fuzz_run.py --inputs 1000 --seed 1     # make fuzz
    python tests/fuzz/fuzz_run.py --only files:17 --seed 1   # one input again, with its traceback

The rule: a pull ends well or with a Customer360Error; never with a traceback, a hang or a dead process. The good rows
around the bad are loaded, every table's loads add up, nothing that came is left unmentioned, memory and disk stay
within bounds, and no message holds personal data or the token. Inputs run in child processes, so that one that kills
its process is found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import duckdb
import fuzz_files
import fuzz_pages

from customer360.config import Settings
from customer360.errors import Customer360Error
from customer360.sources import folders, http, members, tickets

FILES_PER_PULL = 8
SECONDS = 120  # one pull may take this long, on a busy machine too
MEMORY = 2 << 30  # growth of the process over one input
DISK = 300 << 20
ADDRESS_SPACE = 8 << 30
GOOD = "member_id,updated_at,full_name,email,joined_on\nGOOD{0},2026-01-01 10:00:00,{1},{2},2024-01-01\n"


@dataclass(frozen=True)
class Verdict:
    what: str
    outcome: str  # loaded, refused
    faults: tuple[str, ...] = ()


class _TooSlowError(BaseException):
    pass


@contextlib.contextmanager
def _watched():
    def stop(*_):
        raise _TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _pulled(source, settings: Settings, said: list[str], faults: list[str]) -> str:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with _watched():
            source.pull(settings, run_id="fuzz", progress=said.append)
        outcome = "loaded"
    except Customer360Error as error:
        said.append(str(error))
        outcome = "refused"
        if len(str(error)) > 20_000 or not str(error).strip():
            faults.append("the error is not a clear sentence")
    except _TooSlowError:
        faults.append(f"took more than {SECONDS} s")
        outcome = "hung"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = next(
            (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "customer360" in f.filename), last
        )
        faults.append(f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {str(error)[:150]!r}")
        outcome = "crashed"
        if os.environ.get("FUZZ_TRACEBACK"):
            traceback.print_exc()
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory > MEMORY >> 10:
        faults.append("took more than 2 GB of memory")
    if any(canary in line for line in said for canary in (*fuzz_files.CANARIES, fuzz_pages.TOKEN)):
        faults.append("a message holds personal data or the token")
    if any(settings.landing.glob("*/*")):
        faults.append("left something in the landing folder")
    if sum(file.stat().st_size for file in settings.home.rglob("*") if file.is_file()) > DISK:
        faults.append("took more than 300 MB of disk")
    return outcome


@contextlib.contextmanager
def _asking(settings: Settings):
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


def _loads_add_up(ask, faults: list[str]) -> None:
    if ask("""
        select 1 from ops.loads where rows_read <> rows_loaded + rows_unchanged + rows_quarantined + rows_withheld
            or least(rows_loaded, rows_unchanged, rows_quarantined, rows_withheld) < 0
    """):  # fmt: skip
        faults.append("the rows of a load do not add up")


def try_files(home: Path, seed: str, *, heavy: bool) -> Verdict:
    """A few malformed files between two good ones, in one pull."""
    rng = random.Random(seed)
    cases = [fuzz_files.delivery(rng, heavy=heavy) for _ in range(FILES_PER_PULL)]
    what = " / ".join(case.what for case in cases)
    folder = home / "delivered"
    folder.mkdir()
    for number, name in ((1, "members_0_good.csv"), (2, "members_9_good.csv")):
        (folder / name).write_text(GOOD.format(number, *fuzz_files.CANARIES))
    for case in cases:
        (folder / case.name).write_bytes(case.content)
    settings = Settings(home=home / "home", members_url=str(folder), max_file_bytes=fuzz_files.LIMIT)
    said, faults = [], []
    outcome = _pulled(members, settings, said, faults)
    if outcome in ("crashed", "hung"):
        return Verdict(what, outcome, tuple(faults))
    with _asking(settings) as ask:
        _loads_add_up(ask, faults)
        good = "select count(distinct member_id) from raw.membership_members where member_id in ('GOOD1', 'GOOD2')"
        if ask(good) != [(2,)]:
            faults.append("the good files around them are not loaded")
        known = {row[0] for row in ask("select path from ops.source_files")}
        for case in cases:
            name = folders._printable(case.name)
            if name not in known and not any(name in line for line in said):
                faults.append(f"a file is neither loaded nor mentioned ({case.what})")
        counted = ask("""
            with files as (select source_table, sum(rows) as rows from ops.source_files group by all),
            loads as (select source_table, sum(rows_read) as rows from ops.loads group by all),
            unreadable as (
                select source_table, count(*) as rows from ops.quarantine where column_name is null group by all
            )
            select source_table, loads.rows, files.rows, unreadable.rows
            from loads left join files using (source_table) left join unreadable using (source_table)
            where loads.rows <> coalesce(files.rows, 0) + coalesce(unreadable.rows, 0)
        """)
        if counted:
            faults.append(f"the rows read are not those of the files: {counted}")
        before = ask("select sum(rows_loaded) from ops.loads")
    if rng.random() < 0.25:
        again = _pulled(members, settings, said, faults)
        with _asking(settings) as ask:
            if again != outcome or ask("select sum(rows_loaded) from ops.loads") != before:
                faults.append("pulling again is not the same")
    return Verdict(what, outcome, tuple(faults))


def try_pages(home: Path, seed: str, *, heavy: bool) -> Verdict:
    """A helpdesk that answers wrongly somewhere; then the same helpdesk, mended."""
    rng = random.Random(seed)
    http.BACKOFF_SECONDS, http.LONGEST_WAIT_SECONDS = 0.001, 0.01
    http.LARGEST_ANSWER, http.LONGEST_ANSWER_SECONDS = 8 << 20, 1.0
    with fuzz_pages.Server(rng, heavy=heavy) as server:
        settings = Settings(home=home / "home", helpdesk_url=server.url, helpdesk_token=fuzz_pages.TOKEN)
        said, faults = [], []
        outcome = _pulled(tickets, settings, said, faults)
        if outcome not in ("crashed", "hung"):
            with _asking(settings) as ask:
                _loads_add_up(ask, faults)
                for name, count in server.good_before().items():
                    if ask(f"select count(distinct id) from raw.helpdesk_{name}")[0][0] < count:
                        faults.append(f"good {name} are not loaded")
                if len(ask("select distinct source_table from ops.loads")) != 5:
                    faults.append("a table has neither a load nor a failure")
        if server.token_went_elsewhere:
            faults.append("the token went to another host")
    return Verdict(server.what, outcome, tuple(faults))


KINDS = {"files": try_files, "pages": try_pages}


def try_one(template: Path, kind: str, number: int, seed: int, *, heavy: bool = True) -> Verdict:
    """One input in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="customer360-fuzz-") as folder:
        home = Path(folder)
        shutil.copytree(template, home / "home")
        return KINDS[kind](home, f"{kind}-{seed}-{number}", heavy=heavy)


def make_template(folder: Path) -> Path:
    """A home with an empty warehouse, to be copied: making one takes longer than most inputs."""
    from customer360.warehouse import writing

    with writing(Settings(home=folder / "template"), "make the fuzzer's warehouse"):
        pass
    return folder / "template"


def _child(template: Path, seed: int, jobs: list[tuple[str, int]]) -> None:
    folders.SETTLE_SECONDS = 0.0
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))  # the machine is not to suffer
    for kind, number in jobs:
        print(json.dumps({"begin": [kind, number]}), flush=True)
        verdict = try_one(template, kind, number, seed)
        print(json.dumps({"end": [kind, number], **vars(verdict)}), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one input, such as files:17")
    parser.add_argument("--jobs", help=argparse.SUPPRESS)
    parser.add_argument("--template", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.jobs:
        _child(options.template, options.seed, json.loads(options.jobs))
        return 0
    started = time.monotonic()
    inputs = options.inputs
    jobs = [("files", n) for n in range(inputs * 3 // 4 // FILES_PER_PULL)]
    jobs += [("pages", n) for n in range(inputs - len(jobs) * FILES_PER_PULL)]
    random.Random(options.seed).shuffle(jobs)
    if options.only:
        kind, _, number = options.only.partition(":")
        jobs = [(kind, int(number))]
        os.environ["FUZZ_TRACEBACK"] = "1"
    outcomes, faulty, died = {}, [], []
    with tempfile.TemporaryDirectory(prefix="customer360-fuzz-") as folder:
        template = make_template(Path(folder))
        while jobs:
            batch, current = jobs[:50], None
            command = [sys.executable, __file__, "--seed", str(options.seed), "--template", str(template)]
            child = subprocess.Popen([*command, "--jobs", json.dumps(batch)], stdout=subprocess.PIPE, text=True)
            for line in child.stdout:
                told = json.loads(line)
                current = told.get("begin")
                if "end" in told:
                    key = (told["end"][0], told["outcome"])
                    outcomes[key] = outcomes.get(key, 0) + 1
                    jobs.pop(0)
                    if told["faults"]:
                        faulty.append(told)
                        print(
                            f"{told['end']} ({told['what']}): {told['outcome']}; {'; '.join(told['faults'])}",
                            flush=True,
                        )
            if child.wait() and current:
                died.append(current)
                print(f"{current}: the process ended with {child.returncode}", flush=True)
                jobs.pop(0)
            elif child.returncode:
                return child.returncode
    told = ", ".join(f"{n} pulls of {kind} {outcome}" for (kind, outcome), n in sorted(outcomes.items()))
    print(f"seed {options.seed}, {inputs} inputs: {told}")
    print(f"{len(faulty)} against the rule, {len(died)} killed their process, {time.monotonic() - started:.0f} s")
    return 1 if faulty or died else 0


if __name__ == "__main__":
    sys.exit(main())
