"""One number per record, computed alike from what a source delivers and from what raw holds.

Values are cast as a load casts them and hashed in DuckDB, so money of three decimals and of four, a timestamp with a
zone and one without, are equal when raw would hold the same. Columns that the contract does not know are left out:
no model reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from customer360.errors import SourceError
from customer360.sources import casting, raw
from customer360.sources.casting import quoted
from customer360.sources.contract import Column, Table


@dataclass(frozen=True)
class Shape:
    """The contract's columns that a source delivers, each with the source's name and DuckDB type for it."""

    table: Table
    present: tuple[tuple[Column, str, str], ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column, _, _ in self.present]


def shape_of(table: Table, delivered: dict[str, str]) -> Shape:
    """The shape of a relation with the columns {name: DuckDB type}. Raises SourceError as a load would."""
    types = {name.lower(): (name, type_) for name, type_ in delivered.items()}
    raw.check_columns(table, {name: type_ for name, (_, type_) in types.items()})
    present = tuple((column, *types[column.name]) for column in table.columns if column.name in types)
    if not present:
        raise SourceError(f"{table.source}.{table.name}: none of its columns is there.")
    return Shape(table, present)


def converted(shape: Shape, relation: str, now: datetime, *, more: str = "") -> str:
    """A query of the source's rows as a load casts them, with `_reject` where a load would not take them."""
    casts = ", ".join(
        f"{casting.cast_expression(column, native, name, is_key=column.name == shape.table.key)} as _c_{column.name}"
        for column, name, native in shape.present
    )
    reject, _ = raw.conditions(shape.table, list(shape.present), now)
    columns = ", ".join(f"_c_{name} as {quoted(name)}" for name in shape.names)
    return (
        f"with converted as (select *, {casts} from {relation}) "
        f"select {columns}, coalesce({reject}, false) as _reject{more} from converted"
    )


def digest(shape: Shape) -> str:
    """SQL of the digest over rows whose columns have the contract's names and types."""
    return f"hash({', '.join(map(quoted, shape.names))})"


def of_source(shape: Shape, relation: str, now: datetime) -> str:
    """A query of key, source_key (as the source writes it), updated_at, digest, is_refused."""
    _, name, _ = shape.present[0]
    source_key = f", cast({quoted(name)} as varchar) as source_key"
    return (
        f"select {quoted(shape.table.key)} as key, source_key, updated_at, {digest(shape)} as digest, "
        f"_reject as is_refused from ({converted(shape, relation, now, more=source_key)})"
    )


def of_raw(shape: Shape, relation: str) -> str:
    """A query of key, updated_at, digest of versions in raw."""
    return f"select {quoted(shape.table.key)} as key, updated_at, {digest(shape)} as digest from {relation}"
