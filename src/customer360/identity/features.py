"""What two records are compared on: one row per source record, from `identity.source_records`, without shared values.

Records that say exactly the same about one reachable person (a guest who ordered two hundred times) are one profile:
only the profile's first record is compared, the others hang on it.
"""

from __future__ import annotations

import duckdb

# What is compared, hashed to see which records changed since they were last compared.
COMPARED = (
    "kind", "name_key", "name_compact", "given_name", "family_name", "given_name_roots", "one_name", "born_on", "email",
    "phone", "address", "city", "postcode", "gender", "occupation", "card",
)  # fmt: skip


def prepare_features(connection: duckdb.DuckDBPyConnection, *, records: str, excluded: str) -> None:
    """Make the table `features` (record_key, node, profile_key, feature_hash and what is compared; nodes are numbered from 0 in the order of
    record_key).

    records: a table expression with the columns of identity.source_records. excluded: identifier_type, identifier,
    reason of the values that are evidence for nobody.
    An e-mail or phone that several people use says nothing of a record without a name: there it is left out.
    """
    connection.execute(
        f"""
        create or replace temp table features as
        with
        records as (
            -- info@ is nobody's address, but an organisation's
            select *, coalesce(email_mailbox, case when account_type = 'organisation' then email_normalised end) as mailbox
            from {records}
        ),
        excluded_emails as (select identifier from {excluded} where identifier_type = 'email'),
        excluded_phones as (select identifier from {excluded} where identifier_type = 'phone'),
        people_of_emails as ({_people("mailbox")}),
        people_of_phones as ({_people("phone_normalised")}),
        usable as (
            select
                records.*,
                case
                    when mailbox in (select identifier from excluded_emails)
                        or email_normalised in (select identifier from excluded_emails)
                        or (name_key is null and people_of_emails.people > 1)
                        then null
                    else mailbox
                end as email,
                case
                    when phone_normalised in (select identifier from excluded_phones)
                        or (name_key is null and people_of_phones.people > 1)
                        then null
                    else phone_normalised
                end as phone
            from records
            left join people_of_emails on records.mailbox = people_of_emails.value
            left join people_of_phones on records.phone_normalised = people_of_phones.value
        ),
        described as (
            select
                record_key,
                _loaded_at,
                nullif(account_type, 'unknown') as kind,
                name_key,
                coalesce(replace(name_normalised, ' ', ''), name_key) as name_compact,
                given_name,
                family_name,
                given_name_roots,
                case when not contains(name_key, ' ') then name_key end as one_name,
                coalesce(birth_digits, strftime(born_on, '%Y%m%d')) as born_on,
                email,
                split_part(email, '@', 1) as email_name,
                phone,
                address_normalised as address,
                list_sort(str_split(address_normalised, ' ')) as address_words,
                array_to_string(list_sort(str_split(address_normalised, ' ')), ' ') as address_key,
                city_normalised as city,
                postcode_normalised as postcode,
                gender,
                occupation,
                card_number as card
            from usable
        ),
        hashed as (
            select *, md5(concat_ws('|', {", ".join(f"coalesce(cast({column} as varchar), '')" for column in COMPARED)}))
                as feature_hash
            from described
        )
        select
            *,
            cast(row_number() over (order by record_key) - 1 as bigint) as node,
            case when email is not null or phone is not null
                then min(record_key) over (partition by feature_hash)
                else record_key
            end as profile_key
        from hashed
        """
    )


def _people(value: str) -> str:
    return f"select {value} as value, {people_counted()} as people from records where {value} is not null group by all"


def people_counted() -> str:
    """SQL: how many people the names of a group of records are, at a careful guess: names of other initials.

    Spellings and slips of one name mostly keep its initials; the names of strangers mostly differ in them.
    """
    return "count(distinct array_to_string(list_transform(str_split(name_key, ' '), word -> left(word, 1)), ''))"
