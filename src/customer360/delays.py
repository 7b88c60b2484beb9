"""How long it takes from something happening in a source to its being loaded, and to its being published.

Something happens when a source changes a record (`updated_at`), and each version of a record in raw counts once. What
the first run to load a table brought is left out: it happened before anybody asked.
"""

from __future__ import annotations

from datetime import datetime

from customer360.sources.casting import constant
from customer360.sources.contract import TABLES, Table

DAYS = 30  # delays are those of the loads of the last days, so that they tell how it is now

_PUBLICATIONS = """
    publications as (
        select published_at, (
            select max(finished_at) from ops.model_runs
            where resource_type = 'build' and status = 'running' and finished_at <= published_at
        ) as built_at
        from (
            select published_at from ops.publications where status in ('published', 'rolled back')
            union all select {published_at}
        )
    )
"""

# A version is in the first publication whose build began after it was loaded.
_DELAYS = """
    select '{source}' as source_system, '{table}' as source_table, count(*) as version_count,
        max(updated_at) as newest_event_at, max(_loaded_at) as newest_load_at,
        count(minutes_to_load) as measured_count,
        round(median(minutes_to_load), 1) as median_minutes_to_load,
        round(quantile_cont(minutes_to_load, 0.95), 1) as p95_minutes_to_load,
        round(max(minutes_to_load), 1) as longest_minutes_to_load,
        count(minutes_to_load) - count(minutes_to_publish) as unpublished_count,
        round(median(minutes_to_publish), 1) as median_minutes_to_publish,
        round(quantile_cont(minutes_to_publish, 0.95), 1) as p95_minutes_to_publish,
        round(max(minutes_to_publish), 1) as longest_minutes_to_publish
    from (
        select updated_at, _loaded_at,
            case when is_measured then greatest(epoch(_loaded_at - updated_at) / 60, 0) end as minutes_to_load,
            case when is_measured and published_at is not null
                then greatest(epoch(published_at - updated_at) / 60, 0) end as minutes_to_publish
        from raw.{raw} left join (
            select _load_id, _loaded_at, run <> first_value(run) over (order by _loaded_at, run)
                    and _loaded_at >= max(_loaded_at) over () - interval {days} day as is_measured,
                (select min(published_at) from publications where _loaded_at <= built_at) as published_at
            from (
                select distinct _load_id, _loaded_at, coalesce(loads.run_id, _load_id) as run
                from raw.{raw} left join ops.loads
                    on _load_id = load_id and source_system = '{source}' and source_table = '{table}'
            )
        ) using (_load_id, _loaded_at)
    )
"""


def query(published_at: datetime) -> str:
    """One row per table of the sources; what a publication made at `published_at` (UTC) says about itself included.

    Minutes are null for a table that one run alone has loaded, or none.
    """
    publications = _PUBLICATIONS.format(published_at=constant(published_at))
    return f"with {publications} {' union all '.join(map(_of_table, TABLES.values()))} order by 1, 2"


def _of_table(table: Table) -> str:
    return _DELAYS.format(source=table.source, table=table.name, raw=table.raw_name, days=DAYS)
