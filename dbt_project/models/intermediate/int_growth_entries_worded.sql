{#- A rate as people write it: 1.2, not 1.2000. -#}
{% set applied = "cast(entries.units as decimal(18, 2)), ' × ', cast(entries.growth_per_unit as double)" -%}
{% set multiplied = "' × ', cast(entries.coefficient as double)" -%}

with

entries as (
    select * from {{ ref('int_growth_entries') }}
),

rules as (
    select * from {{ ref('growth_rules') }}
),

levels as (
    select *, min(valid_from) over () as first_from from {{ ref('member_levels') }}
),

worded as (
    select
        entries.customer_id, entries.entry_id, entries.occurred_at, entries.counts_from, entries.expires_on,
        entries.rule_id, entries.rule_version, entries.growth_value, entries.units, entries.growth_per_unit,
        entries.coefficient, entries.source_system, entries.source_table, entries.source_record_id, entries.order_id,
        entries.reverses_entry_id, entries.known_at, entries.known_until, entries.restated_because,
        levels.level,
        case
            when entries.reverses_entry_id is not null then 'Returned goods give back the growth they earned, no more'
            else concat(
                coalesce(rules.sentence_en, entries.rule_id),
                case when entries.units <> 1 then concat(': ', {{ applied }}) else '' end,
                case
                    when entries.coefficient <> 1 then concat({{ multiplied }}, ' (', levels.name_en, ')')
                    else ''
                end
            )
        end as sentence_en,
        case
            when entries.reverses_entry_id is not null then '退货时收回该商品所得的成长值，不多扣'
            else concat(
                coalesce(rules.sentence_zh, entries.rule_id),
                case when entries.units <> 1 then concat('：', {{ applied }}) else '' end,
                case
                    when entries.coefficient <> 1 then concat({{ multiplied }}, '（', levels.name_zh, '）')
                    else ''
                end
            )
        end as sentence_zh
    from entries
    left join rules on entries.rule_id = rules.rule_id and entries.rule_version = rules.rule_version
    left join levels
        on
        entries.level_rank = levels.level_rank
        and {{ is_in_force('greatest(entries.counts_from, levels.first_from)', 'levels') }}
)

select * from worded
