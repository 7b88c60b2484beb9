with

versions as (
    select
        member_id,
        updated_at,
        _loaded_at,
        consent_email,
        consent_sms,
        consent_profiling
    from {{ source('membership', 'members') }}
),

consents as (
    {%- for consent in ['consent_email', 'consent_sms', 'consent_profiling'] %}
        select member_id, updated_at, _loaded_at, '{{ consent }}' as consent, {{ consent }} as is_given from versions
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- what the first version says was so when the card was first seen; who knows since when
compared as (
    select
        *,
        lag(is_given) over (partition by member_id, consent order by updated_at, _loaded_at) as was_given
    from consents
    where is_given is not null
),

changed as (
    select
        member_id,
        consent,
        is_given,
        updated_at as changed_at,
        concat(member_id, '-', consent, '-', updated_at) as change_id
    from compared
    where was_given <> is_given
)

select * from changed
