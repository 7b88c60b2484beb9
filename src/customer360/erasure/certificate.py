"""The certificate of an erasure: what was looked at, what was found and done there, and the books before and after.

`$CUSTOMER360_HOME/erasures/<id>.json`, and the same to read as `<id>.md`. Nothing in it tells who the person was.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from customer360.config import Settings
from customer360.durable import flush, rename
from customer360.erasure import files, tombstones
from customer360.erasure.plan import Plan
from customer360.warehouse import utc_now

NOT_REACHED = (
    "the source systems themselves",
    "copies that others made of published files, and files that a reader still holds open",
    "backups and exports outside the home folder",
    "an Airflow database outside the home folder",
)


def write(settings: Settings, plan: Plan, looked: dict[str, int]) -> Path:
    key, search = tombstones.key_of(settings), plan.search
    made = plan.tombstones(key)
    said = {
        "erasure_id": plan.erasure_id,
        "erased_at": plan.erased_at.isoformat(timespec="seconds"),
        "finished_at": utc_now().isoformat(timespec="seconds"),
        "who": plan.who,
        "why": search.blotted(plan.why.encode()).decode(),
        "people": len(plan.people),
        "pseudonyms": sorted({tombstone.pseudonym for tombstone in made}),
        "source_records": dict(
            sorted(sum((Counter({t: len(r) for t, r in p.records.items()}) for p in plan.people), Counter()).items())
        ),
        "tombstones": sorted(tombstone.fingerprint[:12] for tombstone in made),
        "places": dict(sorted(plan.places.items())),
        "left_because_others_have_it_too": dict(sum((Counter(person.left) for person in plan.people), Counter())),
        "books_before": plan.before,
        "books_after": plan.after,
        "proof": looked | {"found": 0},
        "sources_left_alone": [str(path.relative_to(settings.home)) for path in files.sources(settings)],
        "not_reached": list(NOT_REACHED),
    }
    folder = settings.home / "erasures"
    folder.mkdir(exist_ok=True, mode=0o700)
    _write(folder / f"{plan.erasure_id}.md", _readable(said))
    _write(folder / f"{plan.erasure_id}.json", json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    return folder / f"{plan.erasure_id}.json"


def _readable(said: dict) -> str:
    changed = [name for name, figure in said["books_before"].items() if said["books_after"].get(name, figure) != figure]
    people = f"{said['people']} {'person' if said['people'] == 1 else 'people'}"
    equal = "All figures are equal." if not changed else f"Changed by what was loaded meanwhile: {', '.join(changed)}"
    looked = f"{said['proof']['files']} files and {said['proof']['tables']} tables"
    lines = [
        f"# Erasure {said['erasure_id']}",
        "",
        f"- {people}, erased {said['erased_at']} UTC by {said['who']}, finished {said['finished_at']} UTC",
        f"- reason: {said['why']}",
        f"- in what is kept for the books: {', '.join(said['pseudonyms'])}",
        f"- {len(said['tombstones'])} tombstones keep them from coming back",
        f"- {looked} were searched afterwards, and nothing of them was found",
        "",
        "| place | removed, redacted or rewritten |",
        "| --- | ---: |",
        *(f"| {place} | {count} |" for place, count in said["places"].items()),
        "",
        "| the books | before | after |",
        "| --- | ---: | ---: |",
        *(f"| {name} | {sum_} | {said['books_after'].get(name, '-')} |" for name, sum_ in said["books_before"].items()),
        "",
        equal,
        "",
        "Not reached by this erasure:",
        "",
        *(f"- {place}" for place in said["not_reached"]),
        *(f"- {place}, a source under the home folder" for place in said["sources_left_alone"]),
    ]
    return "\n".join(lines) + "\n"


def _write(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}")
    aside.write_text(text, encoding="utf-8")
    aside.chmod(0o600)
    flush(aside)
    rename(aside, file)
