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


NODE = "cast(row_number() over (order by record_key) - 1 as bigint)"


def prepare_features(connection: duckdb.DuckDBPyConnection, *, records: str, excluded: str) -> None:
    """Make the temp table `features`: record_key, node (from 0, in the order of record_key), profile_key, feature_hash
    and what is compared.

    records: a table expression with the columns of identity.source_records. excluded: identifier_type, identifier,
    reason of the values that are evidence for nobody.
    """
    connection.execute(
        f"""
        create or replace temp table features as
        with
        records as (
            -- info@ is nobody's address, but an organisation's
            select
                *,
                account_type = 'organisation' and organisation_name is not null as is_organisation,
                coalesce(email_mailbox, case when account_type = 'organisation' then email_normalised end) as mailbox
            from {records}
        ),
        excluded_emails as (select identifier from {excluded} where identifier_type = 'email'),
        excluded_phones as (select identifier from {excluded} where identifier_type = 'phone'),
        usable as (
            select
                records.*,
                case
                    when mailbox in (select identifier from excluded_emails)
                        or email_normalised in (select identifier from excluded_emails)
                        then null
                    else mailbox
                end as email,
                case
                    when phone_normalised in (select identifier from excluded_phones)
                        then null
                    else phone_normalised
                end as phone
            from records
        ),
        described as (
            select
                record_key,
                _loaded_at,
                nullif(account_type, 'unknown') as kind,
                case when is_organisation then array_to_string(list_sort(str_split(organisation_name, ' ')), ' ')
                    else name_key end as name_key,
                replace(
                    case when is_organisation then organisation_name else coalesce(name_normalised, name_key) end,
                    ' ', ''
                ) as name_compact,
                case when not is_organisation then given_name end as given_name,
                case when not is_organisation then family_name end as family_name,
                case when not is_organisation then given_name_roots end as given_name_roots,
                case when not is_organisation and not contains(name_key, ' ') then name_key end as one_name,
                coalesce(birth_digits, strftime(born_on, '%Y%m%d')) as born_on,
                email,
                split_part(email, '@', 1) as email_name,
                regexp_replace(split_part(email, '@', 1), '[^0-9]', '', 'g') as email_number,
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
            select
                *,
                array_to_string(list_sort(str_split(replace(name_key, ' ', ''), '')), '') as name_letters,
                md5(concat_ws('|', {_hashed_columns()})) as details
            from described
        ),
        profiled as (
            select
                *,
                case when email is not null or phone is not null
                    then min(record_key) over (partition by details)
                    else record_key
                end as profile_key
            from hashed
        )
        select
            * exclude (details),
            {NODE} as node,
            -- a record that becomes the first of its profile has to be compared, though it says what it said before
            concat(details, case when record_key = profile_key then '*' end) as feature_hash
        from profiled
        """
    )


def number_features(connection: duckdb.DuckDBPyConnection, stored: str) -> None:
    """Make the temp table `features` of those that were stored without their nodes, which hold for one run."""
    connection.execute(f"create or replace temp table features as select *, {NODE} as node from {stored}")


def _hashed_columns() -> str:
    return ", ".join(f"coalesce(cast({column} as varchar), '')" for column in COMPARED)


def people_counted() -> str:
    """SQL: how many people the names of a group of records are, at a careful guess: names of other initials.

    Spellings and slips of one name mostly keep its initials; the names of strangers mostly differ in them.
    """
    return "count(distinct array_to_string(list_transform(str_split(name_key, ' '), word -> left(word, 1)), ''))"
