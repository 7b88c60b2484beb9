{% macro calling_codes() -%}
    {#- ISO country -> calling code and trunk prefix (dialled before a national number at home, dropped from abroad). -#}
    {{ return({
        'CN': ['86', '0'], 'HK': ['852', ''], 'MO': ['853', ''], 'TW': ['886', '0'], 'JP': ['81', '0'], 'KR': ['82', '0'],
        'SG': ['65', ''], 'MY': ['60', '0'], 'IN': ['91', '0'], 'AU': ['61', '0'], 'NZ': ['64', '0'],
        'US': ['1', '1'], 'CA': ['1', '1'], 'BR': ['55', '0'], 'MX': ['52', ''],
        'GB': ['44', '0'], 'IE': ['353', '0'], 'DE': ['49', '0'], 'FR': ['33', '0'], 'NL': ['31', '0'], 'BE': ['32', '0'],
        'AT': ['43', '0'], 'CH': ['41', '0'], 'SE': ['46', '0'], 'DK': ['45', ''], 'NO': ['47', ''], 'FI': ['358', '0'],
        'PL': ['48', ''], 'CZ': ['420', ''], 'ES': ['34', ''], 'PT': ['351', ''], 'IT': ['39', ''],
    }) }}
{%- endmacro %}

{% macro normalise_phone(column) -%}
    {#- A telephone number as a join key, in E.164 ("+8613912345678"); null where it is not a number one can dial.
        A number without a country is read as one of the variable `default_country`, except that an 11-digit mainland China
        mobile is one everywhere but where 1 is the country's own code. Extensions are dropped. -#}
    {%- set country = var('default_country') -%}
    {%- if country not in calling_codes() -%}
        {{ exceptions.raise_compiler_error("default_country is '" ~ country ~ "'; normalise_phone knows " ~ calling_codes().keys() | join(', ') ~ ". Add it to the macro calling_codes.") }}
    {%- endif -%}
    {%- set code, trunk = calling_codes()[country] -%}
    {#- 1. one alphabet, no extension, no "(0)"; 2. "00" is "+"; 3. digits only -#}
    {%- set one_number = replace_matches('lower(' ~ half_width(column) ~ ')', ' *(ext|x|#|转|转接|分机).*$|[(]0[)]', '') -%}
    {%- set dialled = replace_matches(replace_matches(one_number, '[^0-9+]', ''), '^00', '+') -%}
    {%- set digits = "replace(" ~ dialled ~ ", '+', '')" -%}
    {%- set e164 -%}
        case
            when {{ dialled }} like '+%' then concat('+', {{ digits }})
            {%- if code != '1' %}
            when {{ matches(digits, '^1[3-9][0-9]{9}$') }} then concat('+86', {{ digits }})
            {%- endif %}
            when {{ matches(digits, '^861[3-9][0-9]{9}$') }} then concat('+', {{ digits }})
            when {{ matches(digits, '^1[0-9]{10}$' if code == '1' else '^' ~ code ~ '[0-9]{9,12}$') }} then concat('+', {{ digits }})
            {%- if trunk == '0' %}
            when {{ digits }} like '0%' then concat('+{{ code }}', substr({{ digits }}, 2))
            when length({{ digits }}) < 9 then null -- a local number without its area
            {%- endif %}
            else concat('+{{ code }}', {{ digits }})
        end
    {%- endset -%}
    case
        when length({{ digits }}) between 7 and 15
            and length(replace({{ digits }}, substr({{ digits }}, 1, 1), '')) > 0
            and {{ matches(e164, '^[+][1-9][0-9]{7,14}$') }}
            then {{ e164 }}
    end
{%- endmacro %}
