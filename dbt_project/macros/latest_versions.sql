{% macro latest_versions(relation, key) -%}
    {#- The newest version of each record of a raw table: by the source's own updated_at, then by when it was loaded.
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
    )

    select * from candidates
    where {{ key }} not in (select {{ key }} from repeated)
    union all
    select * from candidates
    where {{ key }} in (select {{ key }} from repeated)
    qualify row_number() over (partition by {{ key }} order by updated_at desc, _loaded_at desc, _row_hash desc) = 1
{%- endmacro %}
