"""Which versions of raw count: SQL shared by the checks and the reconciliation.

The same rule as the macro `latest_versions` of the models: the newest version of a record is the source's latest, then
the last loaded; of a record that was found deleted at its source only what was loaded later counts.
"""

from __future__ import annotations

from customer360.sources.casting import literal, quoted
from customer360.sources.contract import TABLES, Table


def superseded(table: Table, relation: str, where: str = "true", *, also_deleted: bool = True) -> str:
    """A query of `row_number`: the rowids of `relation` that do not count.

    With also_deleted, a record that is deleted at its source has no version that counts; without, its last one is the
    mark of the deletion.
    """
    key = quoted(table.key)
    versions = f"""
        select version.rowid as row_number
        from {relation} as version
        left join (
            select {key}, max(_deleted_noticed_at) as noticed_at from {relation}
            where {where} and _deleted_noticed_at is not null group by all
        ) as gone on version.{key} = gone.{key}
        where {where} and version.{key} in (select {key} from {relation} where {where} group by 1 having count(*) > 1)
        qualify row_number() over (
            partition by version.{key}
            order by coalesce(_loaded_at <= noticed_at, false), _deleted_noticed_at desc nulls last,
                updated_at desc, _loaded_at desc, _row_hash desc
        ) > 1
    """
    if not also_deleted:
        return versions
    return f"{versions} union select rowid from {relation} where _deleted_noticed_at is not null"


def deletions() -> str:
    """A query of the records that were found deleted at their source and did not come again."""
    parts = []
    for table in TABLES.values():
        key, relation = quoted(table.key), f"raw.{table.raw_name}"
        parts.append(f"""
            select {literal(table.source)} as source_system, {literal(table.name)} as source_table,
                {key} as source_record_id, max(_deleted_noticed_at) as noticed_at
            from {relation}
            where {key} in (select {key} from {relation} where _deleted_noticed_at is not null)
            group by {key} having max(_deleted_noticed_at) >= max(_loaded_at)
        """)
    return " union all ".join(parts)
