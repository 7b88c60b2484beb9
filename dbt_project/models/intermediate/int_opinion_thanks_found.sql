with

opinions as (
    select * from {{ ref('int_feedback_listed') }} where kind = 'opinion'
),

words as (
    select * from {{ ref('courtesy_words') }} where kind in ('campaign', 'growth_rule')
),

replies as (
    select * from {{ ref('int_feedback_replies_found') }} where kind = 'opinion' and is_thanks
),

members as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

campaigns as (
    select
        members.customer_id,
        contacts.sent_at
    from {{ ref('stg_membership__campaign_contacts') }} as contacts
    inner join members on contacts.member_id = members.member_id
    inner join words
        on words.kind = 'campaign'
        and instr(lower(contacts.campaign), words.words) > 0
        and {{ is_in_force('cast(contacts.sent_at as date)', 'words') }}
),

growth as (
    select
        ledger.customer_id,
        ledger.rule_id,
        ledger.occurred_at
    from {{ ref('growth_ledger') }} as ledger
    inner join words
        on words.kind = 'growth_rule'
        and ledger.rule_id = words.words
        and {{ is_in_force('cast(ledger.occurred_at as date)', 'words') }}
    where ledger.growth_value > 0 and ledger.reverses_entry_id is null
),

-- growth for a survey thanks for a survey, growth for a review for a review, any other for whatever was said
thanked as (
    select feedback_id, replied_at as thanked_at, 'words' as way from replies
    union all
    select opinions.feedback_id, campaigns.sent_at as thanked_at, 'campaign' as way
    from opinions
    inner join campaigns
        on opinions.customer_id = campaigns.customer_id
        and campaigns.sent_at >= opinions.occurred_at
        and campaigns.sent_at <= opinions.until_at
    union all
    select opinions.feedback_id, growth.occurred_at as thanked_at, 'growth' as way
    from opinions
    inner join growth
        on opinions.customer_id = growth.customer_id
        and growth.occurred_at >= opinions.occurred_at
        and growth.occurred_at <= opinions.until_at
        and (growth.rule_id not in ('survey', 'review') or growth.rule_id = opinions.opinion_kind)
)

select * from thanked
