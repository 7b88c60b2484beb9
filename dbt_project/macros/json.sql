{#- Reading JSON, on which DuckDB and Spark SQL differ. A value that is not what is asked for is null, never an error.
    Values come out as text: numbers and booleans as they are written, nested ones as JSON. -#}

{% macro json_map(json) -%}{{ return(adapter.dispatch('json_map')(json)) }}{%- endmacro %}
{#- A JSON object as a map of text to text: `fields['status']` is null where the object has no such key. -#}
{% macro default__json_map(json) -%}try_cast(try_cast({{ json }} as json) as map(varchar, varchar)){%- endmacro %}
{% macro spark__json_map(json) -%}from_json({{ json }}, 'map<string,string>'){%- endmacro %}

{% macro json_maps(json) -%}{{ return(adapter.dispatch('json_maps')(json)) }}{%- endmacro %}
{#- A JSON array of objects as an array of such maps. -#}
{% macro default__json_maps(json) -%}try_cast(try_cast({{ json }} as json) as map(varchar, varchar)[]){%- endmacro %}
{% macro spark__json_maps(json) -%}from_json({{ json }}, 'array<map<string,string>>'){%- endmacro %}

{% macro try_timestamp(text) -%}{{ return(adapter.dispatch('try_timestamp')(text)) }}{%- endmacro %}
{#- A time written in ISO 8601, with or without an offset, as UTC without a zone. -#}
{% macro default__try_timestamp(text) -%}
    case
        when regexp_matches({{ text }}, '(Z|[+-][0-9][0-9]:?[0-9][0-9])$')
            then cast(epoch_ms(cast(1000 * epoch(try_cast({{ text }} as timestamp with time zone)) as bigint)) as timestamp)
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}
{#- The session's time zone is UTC, as every time of the warehouse is. -#}
{% macro spark__try_timestamp(text) -%}cast(try_cast({{ text }} as timestamp) as timestamp_ntz){%- endmacro %}

{% macro json_texts(json) -%}{{ return(adapter.dispatch('json_texts')(json)) }}{%- endmacro %}
{#- A JSON array of plain values as an array of text. -#}
{% macro default__json_texts(json) -%}try_cast(try_cast({{ json }} as json) as varchar[]){%- endmacro %}
{% macro spark__json_texts(json) -%}from_json({{ json }}, 'array<string>'){%- endmacro %}
