{#- Arrays and structs, on which DuckDB and Spark SQL differ. In `transformed` and `filtered` the element is named by `name`,
    and the expression may use it. -#}

{% macro transformed(array, name, expression) -%}{{ return(adapter.dispatch('transformed')(array, name, expression)) }}{%- endmacro %}
{#- The expression for each element. -#}
{% macro default__transformed(array, name, expression) -%}list_transform({{ array }}, lambda {{ name }}: {{ expression }}){%- endmacro %}
{% macro spark__transformed(array, name, expression) -%}transform({{ array }}, {{ name }} -> {{ expression }}){%- endmacro %}

{% macro filtered(array, name, condition) -%}{{ return(adapter.dispatch('filtered')(array, name, condition)) }}{%- endmacro %}
{#- The elements for which the condition holds. -#}
{% macro default__filtered(array, name, condition) -%}list_filter({{ array }}, lambda {{ name }}: {{ condition }}){%- endmacro %}
{% macro spark__filtered(array, name, condition) -%}filter({{ array }}, {{ name }} -> {{ condition }}){%- endmacro %}

{% macro array_less(array, other) -%}{{ return(adapter.dispatch('array_less')(array, other)) }}{%- endmacro %}
{#- The elements of one array that another lacks; a null one lacks them all. -#}
{% macro default__array_less(array, other) -%}list_filter({{ array }}, lambda element: not list_contains(coalesce({{ other }}, []), element)){%- endmacro %}
{% macro spark__array_less(array, other) -%}array_except({{ array }}, coalesce({{ other }}, array())){%- endmacro %}

{% macro array_of(elements) -%}{{ return(adapter.dispatch('array_of')(elements)) }}{%- endmacro %}
{% macro default__array_of(elements) -%}[{{ elements | join(', ') }}]{%- endmacro %}
{% macro spark__array_of(elements) -%}array({{ elements | join(', ') }}){%- endmacro %}

{% macro struct_of(fields) -%}{{ return(adapter.dispatch('struct_of')(fields)) }}{%- endmacro %}
{#- `fields` maps names to expressions. -#}
{% macro default__struct_of(fields) -%}
    struct_pack({% for name, value in fields.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
{% macro spark__struct_of(fields) -%}
    named_struct({% for name, value in fields.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro rows_of(array) -%}{{ return(adapter.dispatch('rows_of')(array)) }}{%- endmacro %}
{#- In a select list: one row per element. An empty or null array gives no row. -#}
{% macro default__rows_of(array) -%}unnest({{ array }}){%- endmacro %}
{% macro spark__rows_of(array) -%}explode({{ array }}){%- endmacro %}

{% macro numbered_rows_of(array, element, number) -%}{{ return(adapter.dispatch('numbered_rows_of')(array, element, number)) }}{%- endmacro %}
{#- In a select list: one row per element, and its place in the array, from 1. -#}
{% macro default__numbered_rows_of(array, element, number) -%}unnest({{ array }}) as {{ element }}, generate_subscripts({{ array }}, 1) as {{ number }}{%- endmacro %}
{% macro spark__numbered_rows_of(array, element, number) -%}inline(transform({{ array }}, (e, i) -> struct(e as {{ element }}, i + 1 as {{ number }}))){%- endmacro %}

{% macro last_of(array) -%}{{ return(adapter.dispatch('last_of')(array)) }}{%- endmacro %}
{#- The last element; null where there is none. -#}
{% macro default__last_of(array) -%}list_extract({{ array }}, -1){%- endmacro %}
{% macro spark__last_of(array) -%}try_element_at({{ array }}, -1){%- endmacro %}
