{% macro growth_entry_in_words(language='en') -%}
    {#- A row of int_growth_entries_ranked, e.g. "320.00 by purchase SO00000042 on 2026-03-01". -#}
    {%- if language == 'en' -%}
    concat(growth_value, ' by ', rule_id, ' ', earned_with, ' on ', counts_from)
    {%- else -%}
    concat(counts_from, ' ', rule_id, ' ', earned_with, ' +', growth_value)
    {%- endif -%}
{%- endmacro %}
