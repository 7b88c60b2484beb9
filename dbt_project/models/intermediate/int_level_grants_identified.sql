with

grants as (
    select * from {{ ref('level_grants') }}
),

identified as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

ranks as (
    select level, max(level_rank) as level_rank from {{ ref('member_levels') }} group by level
),

granted as (
    select
        grants.grant_id,
        identified.customer_id,
        grants.valid_from,
        grants.valid_to,
        grants.level,
        ranks.level_rank
    from grants
    inner join identified on grants.member_id = identified.member_id
    inner join ranks on grants.level = ranks.level
)

select * from granted
