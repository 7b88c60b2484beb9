with

records as (
    select
        records.*,
        split_part(records.email_normalised, '@', 2) as domain,
        assignments.customer_id
    from {{ ref('source_records') }} as records
    inner join {{ ref('record_assignments') }} as assignments
        on records.record_key = assignments.record_key
        and assignments.valid_to is null
),

-- a domain that one organisation uses, and not everybody
own_domains as (
    select domain from records
    group by domain
    having
        count(distinct case when account_type = 'organisation' then customer_id end) = 1
        and count(distinct customer_id) <= {{ var('organisation_domain_customers') }}
),

placeholders as (
    select identifier from {{ ref('excluded_identifiers') }}
),

described as (
    select
        record_key,
        customer_id,
        name_key,
        email_normalised as email,
        phone_normalised as phone,
        case when domain in (select domain from own_domains) then domain end as domain,
        case when address_normalised is not null then concat_ws(' ', address_normalised, city_normalised) end as address
    from records
),

evidence as (
    {%- for evidence, value in [
        ('same e-mail address', 'email'), ('same telephone number', 'phone'), ('same e-mail domain', 'domain'),
        ('same postal address', 'address'),
    ] %}
        select
            record_key,
            customer_id,
            name_key,
            '{{ evidence }}' as evidence,
            {{ loop.index }} as evidence_rank,
            {{ value }} as value
        from described
        where {{ value }} not in (select identifier from placeholders)
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}
)

select * from evidence
