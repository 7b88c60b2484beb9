"""Settings: read in one place, and a wrong one is one clear sentence."""

import ast
from datetime import date
from pathlib import Path

import pytest

from customer360.config import load_settings
from customer360.errors import SettingError

PACKAGE = Path(__file__).parents[2] / "src" / "customer360"


def test_defaults_need_no_setting():
    settings = load_settings({})
    assert settings.home == Path("data").absolute()
    assert settings.as_of is None
    assert settings.keep_publications == 5


def test_values_are_read():
    settings = load_settings({"CUSTOMER360_HOME": "/h", "CUSTOMER360_AS_OF": "2026-01-31"})
    assert settings.warehouse == Path("/h/warehouse.duckdb")
    assert settings.as_of == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("name", "value"),
    [("AS_OF", "31.01.2026"), ("AS_OF", "2026-02-30"), ("KEEP_PUBLICATIONS", "0"), ("KEEP_PUBLICATIONS", "many")],
)
def test_a_value_that_cannot_be_used_names_the_variable(name, value):
    with pytest.raises(SettingError, match=f"CUSTOMER360_{name}"):
        load_settings({f"CUSTOMER360_{name}": value})


def test_a_missing_source_names_the_variable():
    with pytest.raises(SettingError, match="CUSTOMER360_SHOP_URL is not set"):
        load_settings({}).required("shop_url")


def test_secrets_are_not_shown():
    settings = load_settings({"CUSTOMER360_SHOP_URL": "postgresql://u:hush@h/d", "CUSTOMER360_HELPDESK_TOKEN": "hush"})
    assert "hush" not in repr(settings)


def test_only_config_reads_the_environment():
    """os.environ and os.getenv appear in config.py alone (child processes may be handed an environment)."""
    readers = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                readers.add(file.name)
    assert readers <= {"config.py"}


def test_the_package_never_imports_airflow():
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "airflow" for name in names), file
