"""The unit tests of the models, which dbt runs: each rule on rows made for it."""

from customer360.build import run_unit_tests


def test_every_rule_does_what_its_unit_test_says(copy_of_sample):
    results = run_unit_tests(copy_of_sample())
    assert len(results) > 20
    failed = {result.name: result.message for result in results if result.status != "pass"}
    assert not failed
