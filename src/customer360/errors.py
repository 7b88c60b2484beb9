"""What can go wrong, as one kind of error per thing the operator would do about it.

Each carries the exit code of the command that met it, so that a scheduler can tell them apart. Messages name the
source, table, row and column, never a value that could be personal data.
"""

from __future__ import annotations

from collections.abc import Sequence


class Customer360Error(Exception):
    """Anything this package reports as one clear message instead of a traceback."""

    exit_code = 1


class UnexpectedError(Customer360Error):
    """Something nobody foresaw, said without the values that the original message may quote (see foreign_errors)."""

    exit_code = 1


class SettingError(Customer360Error):
    """A setting is missing or cannot be used."""

    exit_code = 2


class SourceError(Customer360Error):
    """A source system cannot be reached, refuses us, or breaks the source contract."""

    exit_code = 3


class SourceUnreachableError(SourceError):
    """A source that is out of reach, overloaded or down now, and may be back without anybody doing anything."""


def one_source_error(problems: Sequence[SourceError], *, before: str = "") -> SourceError:
    """One error that says all of them, after the words `before`; it may pass by itself if one of them may."""
    kind = SourceUnreachableError if any(isinstance(p, SourceUnreachableError) for p in problems) else SourceError
    return kind(before + "\n".join(map(str, problems)))


class IncompleteError(Customer360Error):
    """A completeness gate failed: the data is not good enough to go on."""

    exit_code = 4


class CheckCrashedError(Customer360Error):
    """A completeness check could not be carried out: this says nothing about the data."""

    exit_code = 5


class WarehouseBusyError(Customer360Error):
    """Another process is writing to the warehouse."""

    exit_code = 6


class BuildError(Customer360Error):
    """dbt could not build or test the models."""

    exit_code = 7


class PublicationError(Customer360Error):
    """A publication could not be made or rolled back."""

    exit_code = 8


class IdentityError(Customer360Error):
    """A record or customer is not known, or a decision about who is one customer cannot be taken as it stands."""

    exit_code = 9


class RulesError(Customer360Error):
    """The rules (the dated seeds) contradict themselves or cannot be read."""

    exit_code = 10


class LevelsError(Customer360Error):
    """A member is not known, or growth and levels cannot be computed from what there is."""

    exit_code = 11


class WarehouseDamagedError(Customer360Error):
    """The warehouse's file is damaged, gone or not ours to open; the message names the command that helps."""

    exit_code = 12


class ReconciliationError(Customer360Error):
    """A source and raw differ in what a reconciliation did not repair, or was asked only to report."""

    exit_code = 14


class BackupError(Customer360Error):
    """A backup cannot be made, or is not one that may be restored here."""

    exit_code = 15


class DiskFullError(Customer360Error):
    """There is no room to write; what was committed before stays."""

    exit_code = 16


class WatchError(Customer360Error):
    """The watch found something that needs a person: a stale source or publication, little disk, a gate that fails."""

    exit_code = 17


class ErasureError(Customer360Error):
    """A person could not be erased, or not proved to be; what was done is kept, and repeating the command goes on."""

    exit_code = 13
