{#- Everything that a source record says of somebody, normalised in one call. The lists are those of
    customer360.identity.functions, which a test compares. -#}

{% macro record_inputs() -%}
    {{ return([
        'account_type', 'full_name', 'given_name', 'family_name', 'organisation_name', 'email', 'phone', 'birth_date',
        'gender', 'occupation', 'address_line', 'city', 'region', 'postcode', 'country', 'known_on',
    ]) }}
{%- endmacro %}

{% macro normalised_fields() -%}
    {{ return([
        'account_type', 'name_normalised', 'given_name', 'family_name', 'family_name_romanised', 'given_name_roots',
        'name_key', 'organisation_name', 'email_normalised', 'email_mailbox', 'phone_normalised', 'born_on', 'birth_digits',
        'gender', 'occupation', 'address_normalised', 'city_normalised', 'region_normalised', 'postcode_normalised',
        'country', 'rejected_values',
    ]) }}
{%- endmacro %}

{% macro normalise_record(columns) -%}
    {#- A struct of the normalised fields. `columns` maps inputs to SQL; what is not named is null. -#}
    {%- for name in columns if name not in record_inputs() -%}
        {{ exceptions.raise_compiler_error("normalise_record takes no " ~ name) }}
    {%- endfor -%}
    {{ return(adapter.dispatch('normalise_record')(columns)) }}
{%- endmacro %}

{% macro default__normalise_record(columns) -%}
    normalise_record(
        struct_pack(
            {%- for name in record_inputs() %}
            {{ name }} := cast({{ columns.get(name, 'null') }} as {{ 'date' if name == 'known_on' else 'varchar' }})
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ),
        '{{ var('default_country') }}'
    )
{%- endmacro %}

{% macro spark__normalise_record(columns) -%}
    normalise_record(
        named_struct(
            {%- for name in record_inputs() %}
            '{{ name }}', cast({{ columns.get(name, 'null') }} as {{ 'date' if name == 'known_on' else 'string' }})
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ),
        '{{ var('default_country') }}'
    )
{%- endmacro %}

{% macro normalised_columns(struct='normalised') -%}
    {#- In a select list: a column for each normalised field. -#}
    {%- for name in normalised_fields() %}
    {{ struct }}.{{ name }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{% macro normalised_with() -%}
    {#- Which rules normalised a row: the version of the code, its lists and libraries, and the default country. -#}
    normalised_with('{{ var('default_country') }}')
{%- endmacro %}

{% macro forget_what_other_rules_normalised() -%}
    {#- Before a whole build: tables that other rules normalised are dropped, and so made anew from raw. Join keys of two
        rules in one table would not meet, and nothing would say so. -#}
    {%- if execute and flags.WHICH in ['build', 'run'] and not invocation_args_dict.get('select') -%}
        {%- for schema, name in [
            ('staging', 'stg_shop__customers'), ('staging', 'stg_membership__members'), ('staging', 'stg_helpdesk__users'),
            ('intermediate', 'int_guest_orders_normalised'),
        ] -%}
            {%- set table = adapter.get_relation(target.database, schema, name) -%}
            {%- if table -%}
                {%- set columns = adapter.get_columns_in_relation(table) | map(attribute='name') -%}
                {%- if '_normalised_with' not in columns or run_query(
                    'select 1 from ' ~ table ~ ' where _normalised_with is distinct from ' ~ normalised_with() ~ ' limit 1'
                ).rows -%}
                    {%- do adapter.drop_relation(table) -%}
                    {%- do adapter.commit() -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
