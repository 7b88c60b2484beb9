{% macro growth_entry_in_words() -%}
    {#- A row of int_growth_entries_ranked, e.g. "320.00 by purchase SO00000042 on 2026-03-01". -#}
    concat(growth_value, ' by ', rule_id, ' ', earned_with, ' on ', counts_from)
{%- endmacro %}
