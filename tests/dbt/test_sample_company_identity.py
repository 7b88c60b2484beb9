"""Who is one customer in the sample company, against the truth its generator kept: what the pipeline itself decides."""

from customer360.identity import metrics


def score(warehouse, condition: str) -> metrics.Score:
    """Of the pairs among the records that meet the condition."""
    judged = warehouse.execute(
        f"""
        select
            dense_rank() over (order by person_id) as person,
            dense_rank() over (order by customer_id) as customer
        from memory.truth.identities
        inner join identity.record_assignments using (source_system, source_table, source_record_id)
        inner join identity.source_records using (record_key)
        where valid_to is null and {condition}
        """
    ).fetchnumpy()
    assert len(judged["person"]) > 1_000
    return metrics.pair_score(metrics.contingency(judged["person"], judged["customer"]))


def test_no_strangers_are_one_customer(warehouse):
    """Of all records, whatever they carry."""
    assert score(warehouse, "true").precision >= 0.999


def test_what_shares_an_identifier_is_found(warehouse):
    """Of the records that some identifier, or a chain of them, joins with another of their person."""
    assert score(warehouse, "is_linkable").f1 >= 0.99


def test_little_is_lost_where_no_identifier_is_shared(warehouse):
    """The rest of the same persons' records: here a name with a place or a birth date is all there is to go by.

    Orders without name, e-mail and phone are left out, for nobody could know whose they are.
    """
    carries_something = "coalesce(full_name, organisation_name, email_normalised, phone_normalised) is not null"
    assert score(warehouse, carries_something).f1 >= 0.96
    assert score(warehouse, "true").f1 >= 0.94
