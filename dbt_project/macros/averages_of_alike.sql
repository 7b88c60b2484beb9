{% macro averages_of_alike(cells, steps, kept, within, nobodys, pull) -%}
    {#- CTEs `after_0` to `after_<number of steps>` over cells of cases that are alike in everything (`cases`, their number,
        and `total`, the sum of their values): of each its `expected` value, which is the average of all, then at each step
        what is left over on average in the cells that agree on the step's columns. An average of few is pulled towards 0:
        where there are `pull` cases, half of it counts. What is left over in the steps `nobodys` is taken out as well, and
        not expected of others. Decimals, so that sums do not depend on the order of rows. -#}
    after_0 as {{ worked_out_first() }} (
        select
            {{ kept | join(', ') }}, cases, {{ pull }},
            expected,
            cast(coalesce(total, 0) - cases * coalesce(expected, 0) as decimal(18, 6)) as rest
        from (
            select
                *,
                cast(
                    sum(total) over (partition by {{ within }}) / nullif(sum(cases) over (partition by {{ within }}), 0)
                    as decimal(18, 6)
                ) as expected
            from {{ cells }}
        ) as averaged
    )
    {%- for columns in steps %},

    after_{{ loop.index }} as {{ worked_out_first() }} (
        select
            {{ kept | join(', ') }}, cases, {{ pull }},
            cast(expected{{ ' + effect' if columns not in nobodys }} as decimal(18, 6)) as expected,
            cast(rest - cases * effect as decimal(18, 6)) as rest
        from (
            select
                *,
                cast(coalesce(
                    sum(rest) over alike / nullif(sum(cases) over alike + {{ pull }}, 0), 0
                ) as decimal(18, 6)) as effect
            from after_{{ loop.index0 }}
            window alike as (partition by {{ within }}, {{ columns }})
        ) as compared
    )
    {%- endfor %}
{%- endmacro %}

{% macro worked_out_first() -%}{{ return(adapter.dispatch('worked_out_first')()) }}{%- endmacro %}
{#- A CTE that is not planned together with what reads it: DuckDB plans a long chain of windows for seconds. -#}
{% macro default__worked_out_first() -%}materialized{%- endmacro %}
{% macro spark__worked_out_first() -%}{%- endmacro %}
