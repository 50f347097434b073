import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets import BrokenDataError, DataError
from dkva.datasets.alignment_sets import ALIGNMENT_SETS

pytestmark = pytest.mark.fast


def test_published_numbers():
    """CARL's 1140 and 966 videos of PennAction are those of LRProp's section 4."""
    penn = ALIGNMENT_SETS["penn_action"].activities
    assert [sum(activity.counts["carl"][split] for activity in penn) for split in (0, 1)] == [1140, 966]
    assert min(activity.counts["carl"].train for activity in penn) == 40
    assert max(activity.counts["carl"].train for activity in penn) == 134
    assert {activity.phases for activity in penn} == {2, 3, 4, 6}
    h2o, ikea = (ALIGNMENT_SETS[name].activities[0].counts["casa"] for name in ("h2o", "ikea_asm"))
    assert (sum(h2o), sum(ikea)) == (38, 90)  # MASA's section 4
    for data_set in ALIGNMENT_SETS.values():
        for activity in data_set.activities:
            assert set(activity.counts) == set(data_set.layouts)


@pytest.mark.parametrize(
    ("name", "make", "layout", "count"),
    [
        ("pouring", releases.pouring, "carl", 3),
        ("penn_action", releases.penn_lists, "carl", 4),
        ("penn_action", releases.penn_records, "casa", 39),
        ("penn_action", releases.penn_own, "own", 3),
        ("h2o", releases.h2o_records, "casa", 38),
        ("h2o", releases.h2o_own, "own", 38),
        ("ikea_asm", releases.ikea_records, "casa", 5),
    ],
)
def test_every_layout_in_its_folder_and_in_that_above(tmp_path, name, make, layout, count):
    root = make(tmp_path / "data" / name)
    for place in (root, root.parent):
        folder = ALIGNMENT_SETS[name].open(place)
        assert (folder.layout, folder.root, len(folder), folder.problems) == (layout, root, count, ())
    for video in folder:
        features, phases = video.load()
        assert (len(features), features.dtype, phases.dtype) == (len(phases), np.float32, np.int64)
        assert video in folder.of(video.activity, video.split)
    assert folder[0] is next(iter(folder))
    assert folder[:2] == [folder[0], folder[1]]


def test_casas_one_folder_for_all(tmp_path):
    releases.h2o_records(tmp_path / "npyrecords")
    releases.ikea_records(tmp_path / "npyrecords")
    for root in (tmp_path, tmp_path / "npyrecords"):
        assert len(ALIGNMENT_SETS["h2o"].open(root)) == 38
        assert len(ALIGNMENT_SETS["ikea_asm"].open(root)) == 5
        assert ALIGNMENT_SETS["penn_action"].find(root) == {}
    assert ALIGNMENT_SETS["ikea_asm"].open(tmp_path)[0].phases().min() == -1  # background


def test_one_of_several_layouts(tmp_path):
    releases.penn_lists(tmp_path / "penn_action")
    releases.penn_records(tmp_path / "npyrecords")
    penn = ALIGNMENT_SETS["penn_action"]
    assert list(penn.find(tmp_path)) == ["carl", "casa"]
    assert penn.open(tmp_path).layout == "carl"
    assert penn.open(tmp_path, layout="casa").root == tmp_path / "npyrecords"
    with pytest.raises(
        DataError, match=r"holds no PennAction \(labels/\*\.mat of its own release\); get the rele"
    ):
        penn.open(tmp_path, layout="own")
    with pytest.raises(ValueError, match="unknown layout of PennAction 'tcc': choose one of carl, casa, own"):
        penn.open(tmp_path, layout="tcc")


def test_the_folder_of_its_name_comes_first(tmp_path):
    """The lists of Pouring are called as PennAction's are."""
    releases.pouring(tmp_path)
    releases.penn_lists(tmp_path / "PennAction")
    assert ALIGNMENT_SETS["penn_action"].open(tmp_path).root == tmp_path / "PennAction"


def test_what_is_not_there(tmp_path):
    with pytest.raises(
        DataError, match=r"holds no Pouring \(train.pkl and val.pkl of CARL's release\); get the"
    ):
        ALIGNMENT_SETS["pouring"].open(tmp_path)
    with pytest.raises(DataError, match="is no folder"):
        ALIGNMENT_SETS["pouring"].open(tmp_path / "none")
    assert ALIGNMENT_SETS["pouring"].find(tmp_path / "none") == {}


def test_all_problems_at_once(tmp_path):
    releases.pouring(tmp_path)
    (tmp_path / "val.pkl").unlink()
    (tmp_path / "train.pkl").write_bytes(b"")
    with pytest.raises(
        BrokenDataError, match="2 problems in the data; repair them, or open it with strict=False"
    ):
        ALIGNMENT_SETS["pouring"].open(tmp_path)
    folder = ALIGNMENT_SETS["pouring"].open(tmp_path, strict=False)
    assert (len(folder), len(folder.problems)) == (0, 2)
