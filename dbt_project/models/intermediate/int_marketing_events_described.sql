{% set sent_en = "concat('Was sent a campaign', coalesce(' ' || channel_en, ''), '.')" -%}
{% set sent_zh = "concat('收到营销信息', coalesce('（' || channel_zh || '）', ''), '。')" -%}
{% set looked_en -%}
    concat('Looked at ', product_count, case when product_count = 1 then ' product.' else ' products.' end)
{%- endset %}

with

contacts as (
    select * from {{ ref('stg_membership__campaign_contacts') }}
),

campaign_contacts as (
    {{ with_words('contacts', 'channel', 'channel') | indent(4) }}
),

product_views as (
    select * from {{ ref('int_product_views_aggregated_to_visits') }}
),

events as (
    {{ timeline_events('membership', whose='member_id', events=[
        dict(rows='campaign_contacts', key='contact_id', type='campaign_sent', at='sent_at', en=sent_en, zh=sent_zh),
        dict(rows='campaign_contacts', key='contact_id', type='campaign_opened', at='opened_at',
            en="'Opened the campaign.'", zh="'打开营销信息。'"),
        dict(rows='campaign_contacts', key='contact_id', type='campaign_clicked', at='clicked_at',
            en="'Followed a link of the campaign.'", zh="'点击营销信息中的链接。'"),
        dict(rows='product_views', key='view_id', type='products_viewed', at='viewed_at',
            en=looked_en, zh="concat('浏览', product_count, '件商品。')"),
    ]) | indent(4) }}
),

described as (
    {{ told_of_members('events') | indent(4) }}
)

select * from described
