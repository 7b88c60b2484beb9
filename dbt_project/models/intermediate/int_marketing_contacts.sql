with

consents as (
    select * from {{ ref('int_customer_consents') }}
),

contacts as (
    select
        customer_id,
        case field when 'email' then 'email' when 'phone' then 'sms' end as channel,
        value as contact,
        value_normalised
    from {{ ref('int_field_values_survived') }}
    where is_golden and field in ('email', 'phone')
),

answered as (
    select
        contacts.*,
        case contacts.channel
            when 'email' then consents.consent_email
            when 'sms' then consents.consent_sms
        end as is_given
    from contacts
    left join consents on contacts.customer_id = consents.customer_id
),

-- an address that a family shares is not written to once one of them said no
refused as (
    select distinct channel, value_normalised from answered where not is_given
),

allowed as (
    select
        answered.customer_id,
        answered.channel,
        answered.contact
    from answered
    left join refused
        on answered.channel = refused.channel and answered.value_normalised = refused.value_normalised
    where answered.is_given and refused.channel is null
)

select * from allowed
