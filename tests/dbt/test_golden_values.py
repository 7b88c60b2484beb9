"""The golden values of the sample company against the truth its generator kept."""

import pytest

# Of customers whose records are all of one person. `right`: whether a value is that person's; an e-mail or a number may
# be any of theirs. Least shares: of all golden values, and of those where some record did give the true one.
FIELDS = {
    "full_name": ("value = full_name", 0.80, 0.94),
    "organisation_name": ("value = full_name", 0.80, 0.94),
    "email": ("list_contains(emails, value_normalised)", 0.97, 0.99),
    "phone": ("list_contains(phones, value_normalised)", 0.97, 0.99),
    "birth_date": ("value = birth_date::varchar", 0.99, 0.99),
}


@pytest.fixture(scope="module")
def judged(warehouse):
    """How many golden values a field has, how many could be right, and how many are."""
    rights = " ".join(f"when '{field}' then {right}" for field, (right, _, _) in FIELDS.items())
    rows = warehouse.execute(
        f"""
        with
        persons as (
            select customer_id, any_value(person_id) as person_id
            from intermediate.int_source_records_identified
            inner join memory.truth.identities using (source_system, source_table, source_record_id)
            group by customer_id
            having count(distinct person_id) = 1
        ),
        judged as (
            select customer_id, field, is_golden, coalesce(case field {rights} end, false) as is_right
            from intermediate.int_field_values_survived
            inner join persons using (customer_id)
            inner join memory.truth.persons using (person_id)
            where (field <> 'full_name' or kind = 'individual')
        ),
        fields as (
            select
                field,
                bool_or(is_golden) as has_golden,
                bool_or(is_golden and is_right) as is_right,
                bool_or(is_right) as could_be_right
            from judged
            group by customer_id, field
        )
        select
            field,
            count(*) filter (has_golden) as golden,
            count(*) filter (has_golden and could_be_right) as could_be_right,
            count(*) filter (is_right) as are_right
        from fields group by field
        """
    ).fetchall()
    return {field: counts for field, *counts in rows}


@pytest.mark.parametrize("field", FIELDS)
def test_the_golden_value_is_the_persons_own(judged, field):
    golden, could_be_right, are_right = judged[field]
    _, least, least_of_possible = FIELDS[field]
    assert golden > 40
    assert are_right / golden >= least
    assert are_right / could_be_right >= least_of_possible


def test_every_golden_value_says_where_it_comes_from_and_why(warehouse):
    """Its rule is one of the seed's for that field, and its record gives that very value."""
    unexplained = warehouse.execute(
        """
        select count(*)
        from intermediate.int_field_values_survived as survived
        left join intermediate.int_field_values_written as written using (record_key, field, value)
        where is_golden and (
            written.record_key is null
            or (rule not in ('only_value', 'no_difference') and (field, rule) not in (
                select (field, rule) from intermediate.survivorship_rules
            ))
        )
        """
    ).fetchone()
    assert unexplained == (0,)


def test_no_value_is_lost_and_each_field_has_one_golden_value_at_most(warehouse):
    survived, written = warehouse.execute(
        """
        select
            (select sum(record_count) from intermediate.int_field_values_survived),
            (select count(*) from intermediate.int_field_values_written)
        """
    ).fetchone()
    assert survived == written
    doubled = warehouse.execute(
        """
        select count(*) from (
            select customer_id, field from intermediate.int_field_values_survived
            where is_golden group by all having count(*) > 1
        )
        """
    ).fetchone()
    assert doubled == (0,)


def test_placeholders_are_nobodys_golden_value(warehouse):
    alternatives, golden = warehouse.execute(
        """
        select count(*) filter (not is_golden), count(*) filter (is_golden)
        from intermediate.int_field_values_survived
        where value_normalised in ('noreply@example.com', '+8613800000000')
        """
    ).fetchone()
    assert alternatives > 50
    assert golden == 0
