with

named as (
    select * from {{ ref('int_organisation_contacts_named') }}
),

evidence as (
    select * from {{ ref('int_contact_evidence_listed') }}
),

-- a record of the contact's name that shares something with the organisation; of several things the strongest
recognised as (
    select
        named.record_key,
        persons.record_key as contact_record_key,
        persons.customer_id as contact_customer_id,
        min_by(persons.evidence, persons.evidence_rank) as evidence
    from named
    inner join evidence as organisations on named.record_key = organisations.record_key
    inner join evidence as persons
        on named.contact_name_key = persons.name_key
        and organisations.evidence = persons.evidence
        and organisations.value = persons.value
        and named.record_key <> persons.record_key
    group by named.record_key, persons.record_key, persons.customer_id
),

contacts as (
    select
        named.customer_id,
        named.record_key,
        named.contact_person,
        recognised.contact_record_key,
        recognised.contact_customer_id,
        recognised.evidence
    from named
    left join recognised on named.record_key = recognised.record_key
)

select * from contacts
