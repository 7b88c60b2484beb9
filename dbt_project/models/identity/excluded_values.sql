with

identifiers as (
    select * from {{ ref('record_identifiers') }}
),

records as (
    select * from {{ ref('source_records') }}
),

listed as (
    select * from {{ ref('excluded_identifiers') }}
),

-- only values that people share can be shared too widely; an order or a member id has one owner
uses as (
    select
        identifiers.identifier_type,
        identifiers.identifier,
        count(*) as record_count,
        count(distinct records.name_normalised) as name_count
    from identifiers
    inner join records on identifiers.record_key = records.record_key
    group by identifiers.identifier_type, identifiers.identifier
    having count(*) > 1
        or (identifiers.identifier_type, identifiers.identifier) in (select (identifier_type, identifier) from listed)
),

judged as (
    select
        uses.identifier_type,
        uses.identifier,
        case
            when listed.identifier is not null then concat('listed: ', listed.reason)
            when uses.name_count >= {{ var('shared_identifier_names') }} then concat('used under ', uses.name_count, ' different names')
        end as reason,
        uses.record_count,
        uses.name_count
    from uses
    left join listed
        on uses.identifier_type = listed.identifier_type
        and uses.identifier = listed.identifier
),

excluded as (
    select * from judged
    where reason is not null
)

select * from excluded
