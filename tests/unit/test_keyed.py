"""Keyed hashes: the same under one key, different under another, and a key file that is the owner's alone."""

from __future__ import annotations

import stat

import pytest

from customer360.config import Settings
from customer360.errors import SettingError
from customer360.keyed import hash_key, keyed_hash


def test_a_hash_is_the_same_under_the_same_key_only():
    assert keyed_hash(b"a" * 32, "email", "li@example.com") == keyed_hash(b"a" * 32, "email", "li@example.com")
    assert keyed_hash(b"a" * 32, "email", "li@example.com") != keyed_hash(b"b" * 32, "email", "li@example.com")


def test_where_one_part_ends_matters():
    assert keyed_hash(b"a" * 32, "ab", "c") != keyed_hash(b"a" * 32, "a", "bc")


def test_the_key_file_is_made_once_and_is_its_owners_alone(tmp_path):
    settings = Settings(home=tmp_path)
    key = hash_key(settings)
    assert hash_key(settings) == key
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.key_file.parent.stat().st_mode) == 0o700
    assert [path.name for path in settings.key_file.parent.iterdir()] == ["hash.key"]


def test_the_environments_key_comes_first(tmp_path):
    assert hash_key(Settings(home=tmp_path, hash_key="a secret of the company")) == b"a secret of the company"
    assert not (tmp_path / "secrets").exists()


def test_a_short_or_empty_key_is_refused_without_showing_it(tmp_path):
    with pytest.raises(SettingError, match="CUSTOMER360_HASH_KEY is too short") as refused:
        hash_key(Settings(home=tmp_path, hash_key="abc123"))
    assert "abc123" not in str(refused.value)
    settings = Settings(home=tmp_path)
    settings.key_file.parent.mkdir(mode=0o700)
    settings.key_file.touch()
    with pytest.raises(SettingError, match="holds no key"):
        hash_key(settings)
