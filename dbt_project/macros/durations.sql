{#- Durations, where engines differ. dbt's own datediff says the same in three lines of casts. -#}

{% macro days_between(first_on, last_on) -%}{{ return(adapter.dispatch('days_between')(first_on, last_on)) }}{%- endmacro %}
{#- Calendar days from one date to another, as an integer. -#}
{% macro default__days_between(first_on, last_on) -%}cast({{ last_on }} - {{ first_on }} as integer){%- endmacro %}
{% macro spark__days_between(first_on, last_on) -%}datediff({{ last_on }}, {{ first_on }}){%- endmacro %}

{% macro seconds_between(first_at, last_at) -%}{{ return(adapter.dispatch('seconds_between')(first_at, last_at)) }}{%- endmacro %}
{#- Whole seconds from one timestamp to another. -#}
{% macro default__seconds_between(first_at, last_at) -%}date_diff('second', {{ first_at }}, {{ last_at }}){%- endmacro %}
{% macro spark__seconds_between(first_at, last_at) -%}timestampdiff(second, {{ first_at }}, {{ last_at }}){%- endmacro %}
