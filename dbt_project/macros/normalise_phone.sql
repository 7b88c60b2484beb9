{% macro normalise_phone(column) -%}
    {#- A telephone number as a join key, in E.164 ("+8613912345678"); null where it is not a number one can dial.
        A number without a country is read as one of the variable `default_country`. -#}
    normalise_phone({{ column }}, '{{ var('default_country') }}')
{%- endmacro %}
