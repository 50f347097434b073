"""One test a claim."""

import pytest

from reproduce.ledger.claim_tests import ALL_CLAIMS, STUDIED, TESTS

pytestmark = pytest.mark.fast


def test_every_claim_has_one_test_and_every_test_a_claim():
    assert [test.claim for test in TESTS] == list(ALL_CLAIMS)


def test_every_test_has_rows_or_says_what_brings_them():
    for test in TESTS:
        assert (test.values is None) == (not test.places)
        assert test.values or test.needs


def test_claims_followed_through_the_study_are_tested_on_moving5():
    results = {test.claim: test.places[0].results for test in TESTS if test.claim in STUDIED}
    assert results.keys() == set(STUDIED)
    assert set(results.values()) == {("table2_moving5",)}
