{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='contact_id') }}

with

source as (
    {{ latest_versions(source('membership', 'campaign_contacts'), 'contact_id') | indent(4) }}
),

cleaned as (
    select
        contact_id,
        member_id,

        {{ cleaned_text('campaign') }} as campaign,
        {{ code('channel') }} as channel,

        sent_at,
        opened_at,
        clicked_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
