with

contacts as (
    select * from {{ ref('int_customer_contacts') }}
),

-- what is asked of an organisation, and what of a person
compared as (
    select
        customer_id,
        account_type,
        case
            when account_type = 'organisation'
                then concat_ws(
                    ', ',
                    case when organisation_name is null then 'organisation_name' end,
                    case when contact_person is null then 'contact_person' end,
                    case when email is null then 'email' end,
                    case when phone is null then 'phone' end,
                    case when address_line is null then 'address' end
                )
            else concat_ws(
                ', ',
                case when full_name is null then 'full_name' end,
                case when email is null then 'email' end,
                case when phone is null then 'phone' end,
                case when born_on is null then 'birth_date' end,
                case when gender is null then 'gender' end,
                case when occupation is null then 'occupation' end,
                case when marital_status is null then 'marital_status' end,
                case when interests is null then 'interests' end,
                case when address_line is null then 'address' end
            )
        end as missing_fields,
        case
            when account_type = 'organisation'
                then (
                    case when organisation_name is null then 0 else 1 end
                    + case when contact_person is null then 0 else 1 end
                    + case when email is null then 0 else 1 end
                    + case when phone is null then 0 else 1 end
                    + case when address_line is null then 0 else 1 end
                ) / 5.0
            else (
                case when full_name is null then 0 else 1 end
                + case when email is null then 0 else 1 end
                + case when phone is null then 0 else 1 end
                + case when born_on is null then 0 else 1 end
                + case when gender is null then 0 else 1 end
                + case when occupation is null then 0 else 1 end
                + case when marital_status is null then 0 else 1 end
                + case when interests is null then 0 else 1 end
                + case when address_line is null then 0 else 1 end
            ) / 9.0
        end as profile_completeness
    from contacts
),

completed as (
    select
        customer_id,
        account_type,
        nullif(missing_fields, '') as missing_fields,
        round(cast(profile_completeness as double), 4) as profile_completeness
    from compared
)

select * from completed
