{#- Money is decimal, and exact: a quotient of two amounts goes through share_of or divided_up, never through `/`,
    which is a double on DuckDB. Both count in ten-thousandths, as whole numbers, and divide last; they are exact
    for every decimal(18, 4). -#}

{% macro cents(amount) -%}
    {#- Money as people write it. -#}
    cast(round({{ amount }}, 2) as decimal(18, 2))
{%- endmacro %}

{% macro share_of(amount, part, whole) -%}
    {#- What falls on a part of a whole, amount * part / whole, to the cent; half a cent goes away from zero.
        Null where the whole is not above zero. -#}
    {%- set shared = ten_thousandths(amount) ~ ' * ' ~ ten_thousandths(part) -%}
    {%- set half_a_cent = 'case when (' ~ amount ~ ' < 0) <> (' ~ part ~ ' < 0) then -50 else 50 end' -%}
    case
        when {{ whole }} > 0 then cast(0.01 * cast(
            {{ whole_quotient(
                shared ~ ' + ' ~ half_a_cent ~ ' * ' ~ ten_thousandths(whole),
                '100 * ' ~ ten_thousandths(whole)
            ) }} as decimal(18, 0)
        ) as decimal(18, 4))
    end
{%- endmacro %}

{% macro divided_up(amount, divisor) -%}
    {#- The least money, to the cent, that times the divisor is not below the amount (which is not negative).
        Null where the divisor is not above zero. -#}
    case
        when {{ divisor }} > 0 then cast(0.01 * cast(
            {{ whole_quotient(
                '100 * ' ~ ten_thousandths(amount) ~ ' + ' ~ ten_thousandths(divisor) ~ ' - 1',
                ten_thousandths(divisor)
            ) }} as decimal(18, 0)
        ) as decimal(18, 4))
    end
{%- endmacro %}

{% macro ten_thousandths(amount) -%}{{ return(adapter.dispatch('ten_thousandths')(amount)) }}{%- endmacro %}
{#- A decimal(18, 4) as a whole number that is wide enough to be multiplied by another. -#}
{% macro default__ten_thousandths(amount) -%}cast(10000 * cast({{ amount }} as decimal(38, 4)) as hugeint){%- endmacro %}
{% macro spark__ten_thousandths(amount) -%}cast(10000 * cast({{ amount }} as decimal(38, 4)) as decimal(38, 0)){%- endmacro %}

{% macro whole_quotient(dividend, divisor) -%}{{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}{%- endmacro %}
{#- Division of whole numbers, cut towards zero. -#}
{% macro default__whole_quotient(dividend, divisor) -%}({{ dividend }}) // ({{ divisor }}){%- endmacro %}
{% macro spark__whole_quotient(dividend, divisor) -%}({{ dividend }}) div ({{ divisor }}){%- endmacro %}
