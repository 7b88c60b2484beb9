{% macro normalise_email(column) -%}
    {#- An e-mail address as a join key: half-width, lower case, no spaces, no "mailto:"; null where it is not an address.
        Aliases of one mailbox (dots, plus tags) stay apart here: only some providers ignore them. -#}
    {%- set tidy = replace_matches('lower(' ~ half_width(column) ~ ')', '^ *mailto:| ', '') -%}
    case when {{ matches(tidy, '^[^@,;<>()]+@[a-z0-9-]+([.][a-z0-9-]+)*[.][a-z]{2,}$') }} then {{ tidy }} end
{%- endmacro %}
