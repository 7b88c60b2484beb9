{% macro level_in_words(language) -%}
    {#- The level of a row of int_member_standings and what gives it: the growth value, what was earned before, or a person. -#}
    {%- if language == 'en' -%}
    concat(
        standings.level, ' from ', standings.growth_from, ' with ', standings.growth_value,
        case
            when standings.growth_value >= standings.growth_from then ''
            when standings.granted_level = standings.level then concat(' (given until ', standings.grant_ends_on, ')')
            else concat(' (kept until ', coalesce(cast(standings.expires_on as {{ dbt.type_string() }}), 'further notice'), ')')
        end
    )
    {%- else -%}
    concat(
        standings.name_zh, '（', standings.growth_from, '成长值起），现有', standings.growth_value,
        case
            when standings.growth_value >= standings.growth_from then ''
            when standings.granted_level = standings.level then concat('（特别授予，至', standings.grant_ends_on, '）')
            else concat('（保级至', coalesce(cast(standings.expires_on as {{ dbt.type_string() }}), '另行通知'), '）')
        end
    )
    {%- endif -%}
{%- endmacro %}
