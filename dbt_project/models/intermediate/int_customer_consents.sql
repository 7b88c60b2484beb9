with

versions as (
    select * from {{ source('membership', 'members') }}
),

members as (
    select
        members.member_id,
        members.cancelled_on,
        records.customer_id
    from {{ ref('stg_membership__members') }} as members
    inner join {{ ref('int_source_records_identified') }} as records
        on records.source_system = 'membership'
        and records.source_table = 'members'
        and members.member_id = records.source_record_id
),

-- whoever gives a card up withdraws what was agreed to with it
words as (
    {%- for consent in ['consent_email', 'consent_sms', 'consent_profiling'] %}
        select member_id, '{{ consent }}' as consent, {{ consent }} as is_given, updated_at as said_at from versions
        where {{ consent }} is not null
        union all
        select
            member_id,
            '{{ consent }}' as consent,
            false as is_given,
            cast(cancelled_on as {{ dbt.type_timestamp() }}) as said_at
        from members
        where cancelled_on <= {{ as_of_date() }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- the last word of a customer, on whichever card; of yes and no at one moment, no
last_words as (
    select
        members.customer_id,
        words.consent,
        words.is_given
    from words
    inner join members on words.member_id = members.member_id
    qualify row_number() over (
        partition by members.customer_id, words.consent order by words.said_at desc, words.is_given asc
    ) = 1
),

pivoted as (
    select
        customer_id,
        max(case when consent = 'consent_email' then is_given end) as consent_email,
        max(case when consent = 'consent_sms' then is_given end) as consent_sms,
        max(case when consent = 'consent_profiling' then is_given end) as consent_profiling
    from last_words
    group by customer_id
)

select * from pivoted
