"""Chains: from one prepared state to the next by real commands, killed several times on the way.

A state is a home after an undisturbed run. A chain begins with a copy of one, runs its commands until each has ended
well once, however often it is killed, and must then hold exactly what the undisturbed run gave.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import fault_company
import fault_homes
import fault_points
import fault_process

PULLS = ("pull orders", "pull tickets", "pull members")
BUILT = ("check raw", "build")
ERASE = f"erase {fault_company.ERASED} --why test --yes"

# State: the state it is made from, the day of the sources, and the commands.
STATES = {
    "empty": (None, 1, ()),
    "pulled": ("empty", 1, PULLS),
    "published": ("pulled", 1, (*BUILT, "check publication", "publish")),
    "pulled on day 2": ("published", 2, PULLS),
    "raw checked on day 2": ("pulled on day 2", 2, ("check raw",)),
    "built on day 2": ("raw checked on day 2", 2, ("build",)),
    "checked on day 2": ("built on day 2", 2, ("check publication",)),
    "published on day 2": ("checked on day 2", 2, ("publish",)),
    "published again": ("published on day 2", 2, ("publish",)),
    "rolled back": ("published on day 2", 2, ("publish --rollback",)),
    "erased": ("published on day 2", 2, (ERASE,)),
}

# For the short version: what needs no build. `small` is the warehouse of the tests of publication.
SHORT_STATES = {
    "empty": (None, 1, ()),
    "pulled": ("empty", 1, PULLS),
    "pulled later": ("pulled", 2, PULLS),
    "small": (None, 1, ()),
    "small published": ("small", 1, ("publish",)),
    "small published again": ("small published", 1, ("publish",)),
    "small rolled back": ("small published again", 1, ("publish --rollback",)),
}


@dataclass(frozen=True)
class Plan:
    """A kind of chain: where it leads, by which commands, and how many kills it shares out among them."""

    kind: str
    state: str
    kills: int
    share: float  # of all kills
    start: str | None = None
    commands: tuple[str, ...] = ()
    shuffled: bool = False


PLANS = (
    Plan("pull", "pulled", 10, 0.18, shuffled=True),
    Plan("pull", "pulled on day 2", 10, 0.19, shuffled=True),
    Plan("check", "raw checked on day 2", 4, 0.05),
    Plan("check", "checked on day 2", 4, 0.05),
    Plan("publish", "published on day 2", 6, 0.10),
    Plan("publish", "published again", 6, 0.08),
    Plan("publish", "rolled back", 5, 0.06),
    Plan("build", "built on day 2", 6, 0.10, commands=("build",)),
    Plan("build", "built on day 2", 6, 0.08, commands=("build --retry",)),
    Plan("erase", "erased", 6, 0.04),
    Plan("run", "published on day 2", 5, 0.07, start="published", commands=("run",)),
)
SHORT_PLANS = (
    Plan("pull", "pulled", 6, 0.36, shuffled=True),
    Plan("pull", "pulled later", 6, 0.36, shuffled=True),
    Plan("publish", "small published again", 5, 0.16),
    Plan("publish", "small rolled back", 4, 0.12),
)


@dataclass
class Result:
    """What a chain came to."""

    number: int
    kind: str
    state: str
    kills: list[dict] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    opened: int = 0


class Lab:
    """Prepared homes, their contents, and how often each command meets each point."""

    def __init__(self, folder: Path, sources: dict[int, dict[str, str]], states: dict[str, tuple] = STATES):
        self.folder, self.sources, self.states = folder, sources, states
        self.contents: dict[str, dict] = {}
        self.counts: dict[str, dict[str, int]] = {}
        self.seconds: dict[str, float] = {}

    def environment(self, home: Path, day: int) -> dict[str, str]:
        fixed = {"CUSTOMER360_KEEP_PUBLICATIONS": "2", "CUSTOMER360_HASH_KEY": "the same in every chain of a lab"}
        return {"CUSTOMER360_HOME": str(home), **fixed, **self.sources[day]}

    def prepare(self, *, runs: bool = False) -> None:
        """Make the states, each in turn, and look at what they hold; those that a kept folder has are taken from it.

        With `runs`, also see what `customer360 run` meets: all that its parts meet, and more often.
        """
        home, known = self.folder / "work" / "home", self.folder / "known.json"
        if known.exists():
            self.contents, self.counts, self.seconds = json.loads(known.read_text())
        for state, (before, day, commands) in self.states.items():
            if state in self.contents:
                continue
            self.put(self.folder / "states" / before if before else None, home)
            if state == "small":
                fault_process.apart(_make_small, str(home))
            for command in commands:
                self.expect(command, home, day)
            found = fault_process.apart(fault_homes.contents, str(home)) if commands else {}
            self.put(home, self.folder / "states" / state)
            if found.get("places of the erased"):
                raise AssertionError(f"undisturbed, an erasure left {found['places of the erased']}")
            self.contents[state] = found
            known.write_text(json.dumps([self.contents, self.counts, self.seconds]))
        if runs:
            self.put(self.folder / "states" / "published", home)
            self.expect("run", home, 2)

    def expect(self, command: str, home: Path, day: int) -> None:
        """Run a command undisturbed; it must end well."""
        outcome = fault_process.run(command, self.environment(home, day), home.parent)
        if outcome.code != 0:
            raise AssertionError(f"customer360 {command} ended with {outcome.code}:\n{outcome.said}")
        counts = json.loads((home.parent / "counts.json").read_text())
        key = f"{command} on day {day}"
        self.counts[key], self.seconds[key] = counts, outcome.seconds

    def put(self, home: Path | None, place: Path) -> None:
        """A copy of a home; dbt's parsed project stays the place's own, since it holds the warehouse's path."""
        parsed = place / "dbt" / "target" / "partial_parse.msgpack"
        kept = place.parent / "partial_parse.msgpack"
        if parsed.exists():
            shutil.copy(parsed, kept)
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        if home is None:
            place.mkdir()
        else:
            subprocess.run(["cp", "-r", "--reflink=auto", home, place], check=True)
        if kept.exists() and parsed.parent.exists():
            shutil.copy(kept, parsed)


def _make_small(home: str) -> None:
    """A warehouse that is pulled, built and checked, without the minute that a build takes."""
    sys.path.append(str(Path(__file__).parents[1] / "integration"))
    import small_warehouse

    from customer360.config import Settings

    settings = Settings(home=Path(home))
    small_warehouse.ready(settings)


class Chain:
    """One chain; the same number and seed kill at the same points and after the same shares of a command's time."""

    def __init__(self, lab: Lab, plan: Plan, number: int, seed: int, worker: int):
        self.lab, self.plan, self.random = lab, plan, Random(f"{seed}-{number}")
        self.before, self.day, commands = lab.states[plan.state]
        self.commands = list(plan.commands or commands)
        self.home = lab.folder / f"worker-{worker}" / "home"
        self.result = Result(number, plan.kind, plan.state)
        if plan.shuffled:
            self.random.shuffle(self.commands)

    def run(self) -> Result:
        """Go the way, kills and all."""
        self.lab.put(self.lab.folder / "states" / (self.plan.start or self.before), self.home)
        stop = self.home.parent / "stop"
        stop.unlink(missing_ok=True)
        reader = _Reader(str(self.home), str(stop))
        try:
            shares = self._shared_out()
            for command, kills in zip(self.commands, shares, strict=True):
                self._killed(command, kills)
        except Exception as error:
            self.result.wrong.append(f"{type(error).__name__}: {error}")
        seen = reader.end()
        self.result.opened = seen["opened"]
        self.result.wrong += [f"a reader saw {error}" for error in seen["errors"]]
        if not self.result.wrong:
            found = fault_process.apart(fault_homes.contents, str(self.home))
            self.result.wrong += fault_homes.differences(found, self.lab.contents[self.plan.state])
        return self.result

    def _shared_out(self) -> list[int]:
        shares = [0] * len(self.commands)
        for number in range(self.plan.kills):
            shares[number % len(shares)] += 1
        return shares

    def _killed(self, command: str, kills: int) -> None:
        """Run a command, killed `kills` times, then until it has ended well; a retry is of a build that was killed."""
        for number in range(kills):
            typed = "build" if command == "build --retry" and number == 0 else command
            if self._attempt(typed, *self._when(command)) and command in ("build --retry", "publish --rollback"):
                return  # through before it could be killed, and to be done only once
            if command == ERASE and fault_homes.is_erased(self.home):
                return  # killed after its last step: nobody is known by that name any more
        self._attempt(command, None, None)

    def _when(self, command: str) -> tuple[str | None, float | None]:
        """A named point, or a moment; half and half."""
        key = f"{command.removesuffix(' --retry')} on day {self.day}"
        met = self.lab.counts[key]
        if self.random.random() < 0.4 or not met:
            return None, self.random.random() * self.lab.seconds[key]
        point = self.random.choice(sorted(met))
        number = self.random.choice((1, met[point], self.random.randint(1, met[point])))
        return f"{point}:{self.random.choice(('before', 'after'))}:{number}", None

    def _attempt(self, command: str, strike: str | None, after: float | None) -> bool:
        """One try; True when the command has ended well."""
        environment, folder = self.lab.environment(self.home, self.day), self.home.parent
        outcome = fault_process.run(command, environment, folder, strike=strike, after=after)
        if command == "build --retry" and "no failed build to resume" in outcome.said:  # killed before it had begun
            outcome = fault_process.run("build", environment, folder, strike=strike, after=after)
        if outcome.killed:
            where = strike or f"{after:.2f} s"
            self.result.kills.append({"command": command, "where": where, "named": strike is not None})
            if wrong := fault_process.apart(fault_homes.broken, str(self.home)):
                raise AssertionError(f"half a publication after {command} killed at {where}: {wrong}")
            return False
        if outcome.code != 0:
            last = [kill["where"] for kill in self.result.kills[-4:]]
            raise AssertionError(f"{command} ended with {outcome.code} after kills at {last}:\n{outcome.said[-1500:]}")
        return True


class _Reader:
    """A BI tool beside the chain, in a process of its own."""

    def __init__(self, home: str, stop: str):
        self.stop = stop
        reading, writing = os.pipe()
        self.child = os.fork()
        if not self.child:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump(fault_homes.read_on(home, stop), pipe)
            os._exit(0)
        os.close(writing)
        self.pipe = os.fdopen(reading)

    def end(self) -> dict:
        Path(self.stop).touch()
        with self.pipe:
            seen = json.loads(self.pipe.read())
        os.waitpid(self.child, 0)
        return seen


def chains(of: tuple[Plan, ...], kills: int) -> list[Plan]:
    """As many chains of each plan as give its share of `kills`, the quick ones first."""
    plans = [plan for plan in of for _ in range(max(1, round(kills * plan.share / plan.kills)))]
    return sorted(plans, key=lambda plan: ("pull", "publish", "check", "build", "erase", "run").index(plan.kind))


def unmet(lab: Lab) -> list[str]:
    """Named points that no undisturbed command met: the list is out of date."""
    met = {point for counts in lab.counts.values() for point in counts}
    return sorted({point for points in fault_points.OF_COMMAND.values() for point in points} - met)
