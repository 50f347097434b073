import numpy as np
import pytest

from dkva.base.segmentation import Segmentation
from dkva.cli.evaluating.find import Source
from dkva.cli.evaluating.read import NONE, read_pair
from dkva.datasets import DataError
from dkva.datasets.reading import NO_LABEL, LabelReading
from dkva.export.documents import document

pytestmark = pytest.mark.fast

LABELS = ["pour"] * 4 + ["stir"] * 6


@pytest.fixture
def pair(tmp_path):
    def read(truth, predicted, reading=LabelReading(), numbers=None):  # noqa: B008 (it is frozen)
        """Read two files given as (name, text or array), or documents."""
        sources = []
        for folder, each in (("true", truth), ("found", predicted)):
            if isinstance(each, dict):
                sources.append(Source(tmp_path / "v.json", each))
                continue
            name, content = each
            path = tmp_path / folder / name
            path.parent.mkdir(exist_ok=True)
            if isinstance(content, str):
                path.write_text(content)
            else:
                np.save(path, content)
            sources.append(Source(path))
        return read_pair("tea/v", *sources, reading, numbers)

    return read


def lines(labels):
    return "\n".join(labels) + "\n"


FORMS = {
    "lines": ("v.txt", lines(LABELS)),
    "array": ("v.npy", np.array(LABELS)),
    "a table with a header": ("v.csv", lines(["label", *LABELS])),
    "a table with frames": ("v.csv", lines(["frame,action", *(f"{i},{x}" for i, x in enumerate(LABELS))])),
    "a list that ends inclusive": ("v.txt", "0-3 pour\n4-9 stir\n"),
    "a list that ends exclusive": ("v.csv", "start,end,label\n0,4,pour\n4,10,stir\n"),
    "a list from 1": ("v.txt", "1 4 pour\n5 10 stir\n"),
    "a program's": ("v", f"### Frame level recognition: ###\n{' '.join(LABELS)}"),
}


@pytest.mark.parametrize("predicted", FORMS)
@pytest.mark.parametrize("truth", FORMS)
def test_every_form_is_read_beside_every_other(pair, truth, predicted):
    found = pair(FORMS[truth], FORMS[predicted])
    assert found.truth.tolist() == found.predicted.tolist() == LABELS
    assert (found.name, found.asked) == ("tea/v", None)


def test_lists_of_seconds_reach_to_the_last_of_both(pair):
    true = ("v.csv", "start_time,end_time,label\n0,2,pour\n2,4.5,stir\n")
    found = ("v.csv", "start_time,end_time,label\n0,2,pour\n2.5,5,stir\n")
    with pytest.raises(DataError, match="--fps"):
        pair(true, found)
    read = pair(true, found, LabelReading(fps=2))
    assert read.truth.tolist() == [*LABELS[:9], NO_LABEL]
    assert read.predicted.tolist() == ["pour"] * 4 + [NONE] + ["stir"] * 5


def test_documents_are_labels_of_clusters_or_of_classes(pair):
    clusters = Segmentation(np.repeat([0, 1], [4, 6]), 3, "kms", {"n_segments": 5})
    facts = {"source": {"file": "v.npy", "blake2b": "0"}, "reading": {}, "key": "k"}
    found = pair(FORMS["lines"], document("v", clusters, **facts))
    assert found.predicted.tolist() == ["label 0"] * 4 + ["label 1"] * 6
    assert found.asked == 5
    classes = Segmentation(np.repeat([0, 1], [4, 6]), 3, "rtk", {"n_segments": 2}, names=("pour", "stir"))
    found = pair(document("v", classes, **facts), document("v", classes, **facts))
    assert found.truth.tolist() == found.predicted.tolist() == LABELS
    assert found.asked is None


def test_numbers_become_names_by_a_mapping_that_is_given(pair):
    mapping = {"pour": 0, "stir": 1}
    numbers = ("v.npy", np.repeat([0, 1], [4, 6]))
    reading = LabelReading(mapping=mapping)
    assert set(pair(FORMS["lines"], numbers, reading).predicted) == {"0", "1"}
    assert pair(numbers, numbers, reading, mapping).predicted.tolist() == LABELS
    found = pair(numbers, ("v.txt", "0-3 0\n4-9 1\n"), reading, mapping)
    assert found.truth.tolist() == found.predicted.tolist() == LABELS
    with pytest.raises(DataError, match="'spill' is not in the mapping"):
        pair(("v.txt", lines(["spill", *LABELS[1:]])), FORMS["lines"], reading)
    assert pair(FORMS["lines"], ("v.txt", lines(["spill", *LABELS[1:]])), reading).predicted[0] == "spill"


def test_other_lengths_are_one_line_that_names_both(pair):
    with pytest.raises(DataError) as error:
        pair(("v.txt", lines(LABELS[:9])), FORMS["lines"])
    assert "v.txt: has 9 labels for 10 frames in " in str(error.value)
    assert "--lengths" in str(error.value)
    found = pair(("v.txt", lines(LABELS[:9])), FORMS["lines"], LabelReading(lengths="trim"))
    assert found.truth.tolist() == [*LABELS[:9], NO_LABEL]
    assert any("--lengths trim" in note for note in found.notes)


def test_a_first_label_that_comes_once_is_kept_in_text(pair):
    labels = ["start", *LABELS[1:]]
    found = pair(("v.txt", lines(labels)), ("v.txt", lines(labels)))
    assert found.truth.tolist() == found.predicted.tolist() == labels


def test_files_without_labels_are_one_line(pair):
    with pytest.raises(DataError, match="holds no labels"):
        pair(FORMS["lines"], ("v", "### Frame level recognition: ###\n"))
    with pytest.raises(DataError, match="array of shape"):
        pair(FORMS["lines"], ("v.npy", np.zeros((10, 3))))
