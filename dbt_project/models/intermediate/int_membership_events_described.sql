{% set did = "concat('Member activity: ', replace(activity_type, '_', ' '), '.')" -%}
{% set used = "concat('Used a member benefit: ', replace(benefit, '_', ' '), '.')" -%}
{% set answered -%}
    concat('Answered a survey', coalesce(': expected ' || expectation || ', found ' || performance, ''), '.')
{%- endset %}
{% set was_sent -%}
    concat(
        'Was sent a campaign', coalesce(' by ' || channel, ''),
        case
            when clicked_at is not null then ' and followed it.'
            when opened_at is not null then ' and opened it.'
            else '.'
        end
    )
{%- endset %}
{% set looked -%}
    concat('Looked at ', product_count, case when product_count = 1 then ' product.' else ' products.' end)
{%- endset %}

with

records as (
    select source_record_id as member_id, customer_id from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

members as (
    select * from {{ ref('stg_membership__members') }}
),

-- purchases are orders, surveys have their own table, and nobody wants to read every sign-in
activities as (
    select * from {{ ref('stg_membership__activities') }}
    where activity_type not in ('purchase', 'survey', 'sign_in')
),

benefit_uses as (
    select * from {{ ref('stg_membership__benefit_uses') }}
),

surveys as (
    select * from {{ ref('stg_membership__surveys') }}
),

campaign_contacts as (
    select * from {{ ref('stg_membership__campaign_contacts') }}
),

product_views as (
    select * from {{ ref('int_product_views_aggregated_to_visits') }}
),

events as (
    {{ timeline_events('membership', whose='member_id', events=[
        ('members', 'member_id', 'member_joined', 'cast(joined_on as timestamp)', "'Became a member.'"),
        ('members', 'member_id', 'member_cancelled', 'cast(cancelled_on as timestamp)', "'Gave up the member card.'"),
        ('activities', 'activity_id', 'member_activity', 'occurred_at', did),
        ('benefit_uses', 'benefit_use_id', 'benefit_used', 'used_at', used),
        ('surveys', 'response_id', 'survey_answered', 'occurred_at', answered),
        ('campaign_contacts', 'contact_id', 'campaign_sent', 'sent_at', was_sent),
        ('product_views', 'view_id', 'products_viewed', 'viewed_at', looked),
    ]) | indent(4) }}
),

described as (
    select
        records.customer_id,
        events.occurred_at,
        events.event_type,
        events.source_system,
        events.source_table,
        events.source_record_id,
        events.summary
    from events
    inner join records on events.member_id = records.member_id
)

select * from described
