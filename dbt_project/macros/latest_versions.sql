{% macro latest_versions(relation, key) -%}
    {#- The newest version of each record of a raw table: by the source's own updated_at, then by when it was loaded.
        A record that a reconciliation found gone from its source (a version with _deleted_noticed_at) is left out, until
        it comes again: of such a record only what was loaded later counts.
        Raw holds one row per version and most records have one, so only the repeated keys are sorted.
        In an incremental run: the records that a load since the last run brought, judged by all their versions (a late
        correction of an old day must not push out a newer version). -#}
    with
    candidates as (
        select * from {{ relation }}
        {%- if model.config.materialized == 'incremental' and is_incremental() %}
        where {{ key }} in (
            select {{ key }} from {{ relation }}
            where _loaded_at > (select coalesce(max(_loaded_at), timestamp '1900-01-01') from {{ this }})
        )
        {%- endif %}
    ),

    repeated as (
        select {{ key }} from candidates group by {{ key }} having count(*) > 1
    ),

    deleted as (
        select {{ key }}, max(_deleted_noticed_at) as last_noticed_at from candidates
        where _deleted_noticed_at is not null
        group by {{ key }}
    ),

    newest as (
        select * from candidates
        where {{ key }} not in (select {{ key }} from repeated)
        union all
        select candidates.* from candidates
        left join deleted on candidates.{{ key }} = deleted.{{ key }}
        where candidates.{{ key }} in (select {{ key }} from repeated)
        qualify row_number() over (
            partition by candidates.{{ key }}
            order by
                case when candidates._loaded_at <= deleted.last_noticed_at then 1 else 0 end,
                candidates._deleted_noticed_at desc nulls last,
                candidates.updated_at desc,
                candidates._loaded_at desc,
                candidates._row_hash desc
        ) = 1
    )

    select * from newest where _deleted_noticed_at is null
{%- endmacro %}
