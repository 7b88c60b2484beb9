{#- The words of the seed survivorship_rules as SQL. -#}

{% macro survivorship_score(rule) -%}
    {#- How well a value of a field does by a rule: the higher, the better. A rule that is not there finds all equal. -#}
    case {{ rule }}
        when 'verified' then case when is_verified then 1 else 0 end
        when 'own' then case when is_own then 1 else 0 end
        when 'most_complete' then completeness
        when 'main_script' then script_record_count
        when 'most_frequent' then record_count
        when 'most_recent' then record_order
        else 0
    end
{%- endmacro %}

{% macro is_written_in_chinese(text) -%}{{ matches(text, '[一-龥]') }}{%- endmacro %}

{% macro name_completeness(name) -%}
    {#- Words that are written out, up to three: "R. Smith" is one. Chinese characters say more than any romanisation. -#}
    case
        when {{ is_written_in_chinese(name) }} then 4
        else least(3, 1 + length({{ name }}) - length(replace({{ name }}, ' ', '')))
            - case when {{ matches(name, '(^|[ .])[^ .]([ .,]|$)') }} then 1 else 0 end
    end
{%- endmacro %}

{% macro address_completeness(address_line, city, postcode) -%}
    {#- 2 for an address that a parcel can be sent to: a street, and a city or a postcode. 1 for a street alone, else 0. -#}
    case
        when {{ address_line }} is null then 0
        when coalesce({{ city }}, {{ postcode }}) is null then 1
        else 2
    end
{%- endmacro %}

{% macro role_address() -%}
    {#- The reason for which normalisation rejects info@… as evidence of a person. One can still write to it. -#}
    the address of a role, not of a person
{%- endmacro %}
