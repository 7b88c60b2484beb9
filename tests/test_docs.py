"""The documentation is true: every command, setting, DAG, mart and source column stands in it, and no other."""

import re
from pathlib import Path

import click
import pytest

from customer360.cli import cli
from customer360.sources.contract import TABLES

ROOT = Path(__file__).parents[1]
MARTS = {file.stem for file in (ROOT / "dbt_project" / "models" / "marts").glob("*.sql")}
DAGS = {file.stem for file in (ROOT / "dags").glob("*.py")} - {"shared"}
READMES = ("README.md", "README.zh-CN.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Group) -> set[str]:
    return set(group.commands)


def settings() -> set[str]:
    names = re.findall(r'(?:text|_positive)\("([A-Z_]+)"', text("src/customer360/config.py"))
    return {f"CUSTOMER360_{name}" for name in names}


@pytest.mark.parametrize("readme", READMES)
def test_readme_names_every_mart_and_no_other(readme):
    assert MARTS, "no marts found: this test would prove nothing"
    listed = set(re.findall(r"^\| `(\w+)` \|", text(readme), flags=re.MULTILINE))
    assert listed - DAGS - settings() == MARTS


@pytest.mark.parametrize("readme", READMES)
def test_readme_names_every_dag(readme):
    assert DAGS, "no DAGs found: this test would prove nothing"
    assert {dag for dag in DAGS if f"| `{dag}` |" in text(readme)} == DAGS


@pytest.mark.parametrize("readme", READMES)
def test_readme_names_every_command_and_no_other(readme):
    listed = set(re.findall(r"`customer360 ([a-z-]+)", text(readme)))
    assert listed == commands(cli)
    for name in commands(cli.commands["demo"]):
        assert f"`{name}`" in text(readme)
    described = re.findall(r"^\| `customer360 identity ([a-z-]+)", text(readme), flags=re.MULTILINE)
    assert set(described) == commands(cli.commands["identity"])


@pytest.mark.parametrize("readme", READMES)
def test_readme_names_every_setting(readme):
    assert {"CUSTOMER360_HOME", "CUSTOMER360_AS_OF"} <= settings()
    assert {name for name in settings() if f"| `{name}` |" in text(readme)} == settings()


def test_env_example_names_only_real_settings():
    named = set(re.findall(r"CUSTOMER360_[A-Z_]+", text(".env.example")))
    assert named <= settings()
    assert {"CUSTOMER360_SHOP_URL", "CUSTOMER360_HELPDESK_URL", "CUSTOMER360_MEMBERS_URL"} <= named


def test_source_contract_page_is_the_contract():
    page, documented, source, table = text("docs/source_contract.md"), {}, None, None
    sources = {source.title(): source for source in ("shop", "helpdesk", "membership")}
    for line in page.splitlines():
        if line.startswith("## "):
            source, table = sources.get(line.split()[1]), None
        elif line.startswith("### "):
            table = f"{source}_{line[4:]}"
            documented[table] = []
        elif table and (match := re.match(r"\| (\*\*)?(\w+)(?:\*\*)? \| (\w+) \|$", line)):
            required, name, type_ = match.groups()
            if name != "column":
                documented[table].append((name, type_, bool(required)))
    expected = {name: [(c.name, c.type, c.required) for c in table.columns] for name, table in TABLES.items()}
    assert documented == expected


@pytest.mark.parametrize(
    "page", sorted(file.relative_to(ROOT).as_posix() for file in ROOT.glob("docs/**/*.md")) + list(READMES)
)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(page)):
        assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_make_help_lists_the_fixed_targets():
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):.*##", text("Makefile"), flags=re.MULTILINE))
    assert {"run", "test", "lint", "up", "real-data", "bench", "docs", "clean"} <= targets
