{% macro normalise_email(column) -%}
    {#- An e-mail address as a join key: half-width, lower case, no spaces, no "mailto:"; null where it is not an address.
        A function of customer360.identity.functions, as are the other two of this name; Spark needs them registered. -#}
    normalise_email({{ column }})
{%- endmacro %}
