"""Methods by id, and those that --methods names."""

import pytest

from dkva.approximation.segmenting import segment_video
from dkva.experiments.experiment import Method
from dkva.experiments.registry import SEGMENTER, listed
from reproduce.base.labels import LABELS, LEARNED
from reproduce.base.methods import method, select_methods
from reproduce.study_batches import segment_in_equal_steps
from reproduce.table4_benchmarks import methods as table4_methods

pytestmark = pytest.mark.fast


def test_a_method_is_named_by_its_id_or_by_a_function_of_ones_own():
    made = method("dkva", {"epochs": 1}, seeded=False, columns={"value": "1"})
    assert made == Method(LEARNED, segment_video, {"epochs": 1}, False, "dkva", {"value": "1"})
    assert method("dkva", label="another").label == "another"
    own = method(segment_in_equal_steps)
    assert (own.id, own.label) == ("segment_in_equal_steps", "segment_in_equal_steps")
    assert LABELS.keys() <= listed(SEGMENTER)[0].keys()
    assert len(set(LABELS.values())) == len(LABELS)


def test_methods_are_selected_by_id_and_variants_by_the_tables_name():
    lines = table4_methods(2.5, 100)
    assert select_methods(lines, None) == list(lines.values())
    assert select_methods(lines, ["dkva_initial", "kmeans", "kmeans"]) == [
        lines["dkva_initial"],
        lines["kmeans"],
    ]
    assert lines["dkva_initial"].id == lines["dkva"].id == "dkva"
    (other,) = select_methods(lines, ["sinkhorn"])  # which is no line of the table
    assert (other.id, other.settings) == ("sinkhorn", {"entropy": 0.05})
    assert select_methods(lines, ["kmeans", "trained"], ["trained"]) == [lines["kmeans"]]
    with pytest.raises(SystemExit, match="unknown method 'k-means': choose one of uniform"):
        select_methods(lines, ["k-means"])
