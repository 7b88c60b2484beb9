"""What the sample company's customers are expected to buy, and how far off that would have been a year ago."""

import pytest

INDIVIDUALS = "select {} from marts.purchase_forecast_accuracy where customer_kind = 'individual' and method = '{}'"


def test_individuals_are_foretold_and_kinds_that_are_too_thin_left_out(warehouse):
    statuses = warehouse.execute(
        "select distinct customer_kind, status from intermediate.int_customer_purchases_expected"
    ).fetchall()
    assert set(statuses) == {
        ("individual", "estimated"),
        ("individual", "too few purchases"),
        ("organisation", "too few customers"),
        ("guest", "too few customers"),
        (None, "no purchases"),
    }


def test_what_is_expected_is_what_the_status_promises(warehouse):
    wrong = warehouse.execute(
        """
        select status, count(*) from intermediate.int_customer_purchases_expected
        where (expected_orders is not null) <> (status in ('estimated', 'too few purchases'))
            or (expected_net_sales is not null) <> (status in ('estimated', 'too few purchases'))
            or (probability_active is not null) <> (status = 'estimated')
            or (purchase_day_count > 1) <> (status = 'estimated') and customer_kind = 'individual'
        group by status
        """
    ).fetchall()
    assert wrong == []


def test_who_bought_lately_is_likelier_to_come_back_than_who_fell_silent(warehouse):
    lately, silent = warehouse.execute(
        """
        select avg(probability_active) filter (last_purchase_on >= date '2026-08-01'),
            avg(probability_active) filter (last_purchase_on < date '2026-01-01')
        from intermediate.int_customer_purchases_expected where purchase_day_count >= 4
        """
    ).fetchone()
    assert lately > 0.9 > silent


@pytest.mark.parametrize("measure", ["orders", "net sales"])
def test_the_back_test_is_within_a_third_and_nearer_than_naive(warehouse, measure):
    error, better, best_tenth = warehouse.execute(
        INDIVIDUALS.format("total_error_percent, is_better_than_naive, best_tenth_share", "model")
        + f" and measure = '{measure}'"
    ).fetchone()
    assert abs(error) < 33
    assert better
    assert best_tenth > 0.25


def test_every_sentence_tells_its_own_numbers(warehouse):
    told = warehouse.execute(
        "select sentence_en, sentence_zh, expected, actual from marts.purchase_forecast_accuracy "
        "where expected is not null"
    ).fetchall()
    assert told
    for english, chinese, expected, actual in told:
        for sentence in (english, chinese):
            assert f"{expected:.2f}" in sentence
            assert f"{actual:.2f}" in sentence
