{% set answered_en -%}
    concat(
        'Answered a survey', coalesce(' about ' || topic_en, ''),
        coalesce(': expected ' || expectation || ', found ' || performance, ': found ' || performance, ''), '.'
    )
{%- endset %}
{% set answered_zh -%}
    concat(
        '回答问卷', coalesce('（' || topic_zh || '）', ''),
        coalesce('：期望' || expectation || '，实际' || performance, '：实际' || performance, ''), '。'
    )
{%- endset %}

with

members as (
    select * from {{ ref('stg_membership__members') }}
),

changes as (
    select * from {{ ref('int_member_consents_changed') }}
),

consents as (
    {{ with_words('changes', 'consent', 'consent') | indent(4) }}
),

-- purchases are orders, surveys have their own table, and nobody wants to read every sign-in
done as (
    select * from {{ ref('stg_membership__activities') }}
    where activity_type not in ('purchase', 'survey', 'sign_in')
),

activities as (
    {{ with_words('done', 'activity', 'activity_type') | indent(4) }}
),

benefit_uses as (
    select
        uses.*,
        coalesce(benefits.name_en, replace(uses.benefit, '_', ' ')) as benefit_en,
        coalesce(benefits.name_zh, uses.benefit) as benefit_zh
    from {{ ref('stg_membership__benefit_uses') }} as uses
    left join {{ ref('benefits') }} as benefits
        on uses.benefit = benefits.benefit and {{ is_in_force('cast(uses.used_at as date)', 'benefits') }}
),

answers as (
    select * from {{ ref('stg_membership__surveys') }}
),

surveys as (
    {{ with_words('answers', 'topic', 'topic') | indent(4) }}
),

events as (
    {{ timeline_events('membership', whose='member_id', events=[
        dict(rows='members', key='member_id', type='member_joined', at='cast(joined_on as timestamp)',
            en="'Became a member.'", zh="'成为会员。'"),
        dict(rows='members', key='member_id', type='member_cancelled', at='cast(cancelled_on as timestamp)',
            en="'Gave up the member card.'", zh="'注销会员卡。'"),
        dict(rows='consents', table='members', key='change_id', type='consent_given', at='changed_at', if='is_given',
            en="concat('Agreed to ', consent_en, '.')", zh="concat('同意', consent_zh, '。')"),
        dict(rows='consents', table='members', key='change_id', type='consent_withdrawn', at='changed_at', if='not is_given',
            en="concat('No longer agrees to ', consent_en, '.')", zh="concat('撤回对', consent_zh, '的同意。')"),
        dict(rows='activities', key='activity_id', type='member_activity', at='occurred_at',
            en="concat('Member activity: ', activity_en, '.')", zh="concat('会员活动：', activity_zh, '。')"),
        dict(rows='benefit_uses', key='benefit_use_id', type='benefit_used', at='used_at',
            en="concat('Used a member benefit: ', benefit_en, '.')", zh="concat('使用会员权益：', benefit_zh, '。')"),
        dict(rows='surveys', key='response_id', type='survey_answered', at='occurred_at', order='order_id',
            en=answered_en, zh=answered_zh),
    ]) | indent(4) }}
),

described as (
    {{ told_of_members('events') | indent(4) }}
)

select * from described
