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

uses as (
    select
        identifiers.identifier_type,
        identifiers.identifier,
        count(*) as record_count,
        count(distinct records.name_normalised) as name_count,
        count(distinct records.born_on) as birth_date_count
    from identifiers
    inner join records on identifiers.record_key = records.record_key
    group by identifiers.identifier_type, identifiers.identifier
    having
        count(*) > 1
        or (identifiers.identifier_type, identifiers.identifier) in (select (identifier_type, identifier) from listed)
),

-- a card belongs to one person whatever is written beside it; an e-mail or a phone may be a family's or an office's
judged as (
    select
        uses.identifier_type,
        uses.identifier,
        case
            when listed.identifier is not null then concat('listed: ', listed.reason)
            when uses.identifier_type not in ('email', 'phone') then null
            when uses.name_count >= {{ var('shared_identifier_names') }}
                then concat('used under ', uses.name_count, ' different names')
            when uses.birth_date_count > 1
                then concat('used with ', uses.birth_date_count, ' different birth dates')
        end as reason,
        uses.record_count,
        uses.name_count,
        uses.birth_date_count
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
