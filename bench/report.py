"""The results as a table: ratios first, what they come from below."""

from __future__ import annotations

import platform

import psutil

from bench.measure import GIB

STEPS = ("pull_orders", "pull_tickets", "pull_members", "check_raw", "build", "check_publication", "publish")


def whole_run(r: dict) -> float:
    """Seconds of all steps of the main job, each started by hand."""
    return sum(r[f"{step}_seconds"] for step in STEPS)


def peak(r: dict) -> float:
    """GiB of the step that took most."""
    return max(r[f"{step}_gib"] for step in (*STEPS, "day_pull", "day_build"))


LINES = {
    "rows in the shop's tables": lambda r: f"{r['rows']:,}",
    "**pull orders ÷ COPY TO STDOUT**": lambda r: f"**{r['pull_orders_seconds'] / r['copy_out_seconds']:.2f}**",
    "— COPY TO STDOUT, s": lambda r: f"{r['copy_out_seconds']:.1f}",
    "— pull orders, s": lambda r: f"{r['pull_orders_seconds']:.1f}",
    "**build ÷ plain script**": lambda r: f"**{r['build_seconds'] / r['plain_seconds']:.2f}**",
    "— plain script, s": lambda r: f"{r['plain_seconds']:.1f}",
    "— build, s": lambda r: f"{r['build_seconds']:.1f}",
    "**whole run ÷ plain script**": lambda r: f"**{whole_run(r) / r['plain_seconds']:.2f}**",
    "— whole run, s": lambda r: f"{whole_run(r):.1f}",
    "— pull tickets, s": lambda r: f"{r['pull_tickets_seconds']:.1f}",
    "— pull members, s": lambda r: f"{r['pull_members_seconds']:.1f}",
    "— check raw, s": lambda r: f"{r['check_raw_seconds']:.1f}",
    "— check publication, s": lambda r: f"{r['check_publication_seconds']:.1f}",
    "— publish, s": lambda r: f"{r['publish_seconds']:.1f}",
    "**day of 0.1 % ÷ full build**": lambda r: f"**{r['day_build_seconds'] / r['build_seconds']:.0%}**",
    "— pull of the day, s": lambda r: f"{r['day_pull_seconds']:.1f}",
    "— build of the day, s": lambda r: f"{r['day_build_seconds']:.1f}",
    "**peak memory, GiB**": lambda r: f"**{peak(r):.2f}**",
    "— pull orders / build / publish, GiB": lambda r: " / ".join(
        f"{r[f'{step}_gib']:.2f}" for step in ("pull_orders", "build", "publish")
    ),
    "— plain script, GiB": lambda r: f"{r['plain_gib']:.2f}",
    "**errors of 50 readers**": lambda r: f"**{r['reader_errors']}** in {r['reader_queries']:,} queries",
    "— publications they saw": lambda r: f"{r['reader_publications']}",
    "— publish under them, s": lambda r: f"{r['publish_under_readers_seconds']:.1f}",
    "**look-up of one customer, ms**": lambda r: f"**{r['lookup_ms']:.1f}**",
    "— opening the file as well, ms": lambda r: f"{r['open_and_lookup_ms']:.1f}",
}


def table_of(results: list[dict]) -> str:
    """A Markdown table with a column per size."""
    rows = [["", *(f"{r['orders']:,} orders" for r in results)], ["---", *("---:" for _ in results)]]
    rows += [[name, *(value(r) for r in results)] for name, value in LINES.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine() -> str:
    memory = psutil.virtual_memory().total / GIB
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
