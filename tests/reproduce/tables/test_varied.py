"""Studies of one setting at a time."""

import pytest

from reproduce import study_batches, study_initialisation, study_network, study_transport
from reproduce.base.labels import INITIAL, LEARNED
from reproduce.tables import varied

pytestmark = pytest.mark.fast


def test_a_method_a_value_with_the_columns_of_its_rows():
    made = varied.methods(study_network.FACTORS, {"epochs": 7})
    assert [tuple(method.columns.values()) for method in made] == [
        (factor, value) for factor, values in study_network.FACTORS.items() for value in values
    ]
    assert {method.label for method in made} == {LEARNED}
    assert made[0].settings == {"epochs": 7}
    assert made[1].settings == {"epochs": 7, "depth": 2}
    labels = {method.label for method in varied.methods(study_initialisation.FACTORS, {})}
    assert labels == {LEARNED, INITIAL}


def test_functions_of_a_study_have_ids_of_their_own():
    assert {m.id for m in varied.methods(study_transport.FACTORS, {})} == {"dkva", "sinkhorn"}
    assert {m.id for m in varied.methods(study_batches.FACTORS, {})} == {"dkva", "segment_in_equal_steps"}
