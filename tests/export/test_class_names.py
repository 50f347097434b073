import pytest

from dkva.export.class_names import are_classes, names_in

pytestmark = pytest.mark.fast


def doc(*runs, **more):
    ends = range(2, 2 * len(runs) + 1, 2)
    made = [{"start": end - 2, "end": end, **run} for end, run in zip(ends, runs, strict=True)]
    return {"method": "kms", "frames": 2 * len(runs), "segments": made, **more}


@pytest.mark.parametrize(
    "more",
    [{"classes": ["pour", "stir"]}, {"method": "transfer"}, {"segments": None}, {"corrected": {"of": "k"}}],
    ids=str,
)
def test_names_that_the_method_or_a_person_gave_are_labels(more):
    sure = {} if "segments" not in more else {"confidence": 0.5}
    more = {name: value for name, value in more.items() if name != "segments"}
    made = doc({"label": 1, "name": "stir", **sure}, {"label": 0, "name": "pour", **sure}, **more)
    assert are_classes(made)
    assert names_in(made).tolist() == ["stir", "stir", "pour", "pour"]


def test_names_that_a_truth_gave_clusters_are_none():
    made = doc({"label": 1, "name": "stir"}, {"label": 0, "name": None})
    assert not are_classes(made)
    assert names_in(made).tolist() == ["label 1", "label 1", "label 0", "label 0"]
