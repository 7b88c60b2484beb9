{#- The few text functions on which DuckDB and Spark SQL differ, under one name each. Patterns avoid backslashes: Spark reads them as escapes. -#}

{% macro matches(text, pattern) -%}{{ return(adapter.dispatch('matches')(text, pattern)) }}{%- endmacro %}
{% macro default__matches(text, pattern) -%}regexp_matches({{ text }}, '{{ pattern }}'){%- endmacro %}
{% macro spark__matches(text, pattern) -%}regexp_like({{ text }}, '{{ pattern }}'){%- endmacro %}

{% macro replace_matches(text, pattern, replacement) -%}{{ return(adapter.dispatch('replace_matches')(text, pattern, replacement)) }}{%- endmacro %}
{% macro default__replace_matches(text, pattern, replacement) -%}regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g'){%- endmacro %}
{% macro spark__replace_matches(text, pattern, replacement) -%}regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}'){%- endmacro %}

{% macro half_width(text) -%}
    {#- Full-width letters, digits and signs (typed with a Chinese or Japanese keyboard) as the ASCII they stand for.
        Only text that holds more bytes than characters is touched: translate() is slow on millions of rows. -#}
    case
        when bit_length({{ text }}) > 8 * length({{ text }}) then translate(
            {{ text }},
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．。，：；－—–＿＋＃（）／　',
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@..,:;---_+#()/ '
        )
        else {{ text }}
    end
{%- endmacro %}

{% macro cleaned_text(column) -%}
    {#- Trimmed, and null where nothing is left. -#}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{% macro code(column) -%}
    {#- A code such as a status or a channel: trimmed, lower case, words joined with an underscore, null where nothing is left. -#}
    nullif({{ replace_matches('lower(trim(' ~ column ~ '))', '[ -]+', '_') }}, '')
{%- endmacro %}

{% macro normalise_card(column) -%}
    {#- A member card number as a join key: half-width, upper case, letters and digits only. -#}
    nullif({{ replace_matches('upper(' ~ half_width(column) ~ ')', '[^0-9A-Z]', '') }}, '')
{%- endmacro %}
