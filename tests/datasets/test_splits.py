import pytest
import supervised_releases as releases

from dkva.datasets import DataError
from dkva.datasets.splits import check_apart, find_splits, has_bundles, named, read_bundle, split_of

pytestmark = pytest.mark.fast


def written(tmp_path, text, name="train.split1.bundle"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "P03_cam01.v2.txt\nrgb-01-1.txt\n",
        "P03_cam01.v2\r\nrgb-01-1\r\n",
        "groundTruth/P03_cam01.v2.txt\nfeatures\\rgb-01-1.npy",
        "\ufeff P03_cam01.v2.txt \nrgb-01-1.txt\n\n",
    ],
)
def test_a_bundle_names_videos(tmp_path, text):
    assert read_bundle(written(tmp_path, text)) == {"P03_cam01.v2": 1, "rgb-01-1": 2}


def test_lines_are_counted_with_blank_ones(tmp_path):
    assert read_bundle(written(tmp_path, "\na.txt\n\nb.txt\n")) == {"a": 2, "b": 4}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "train.split1.bundle: is empty; "),
        (" \n\n", "train.split1.bundle: is empty; "),
        ("a.txt\nb.txt\na.txt\n", "train.split1.bundle, line 3: names 'a' a second time; keep one of the"),
    ],
)
def test_bundles_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(DataError) as caught:
        read_bundle(written(tmp_path, text))
    assert message in str(caught.value)
    with pytest.raises(DataError, match="not found"):
        read_bundle(tmp_path / "none.bundle")


def test_splits_are_found_in_the_order_of_their_numbers(tmp_path):
    assert not has_bundles(tmp_path)
    (tmp_path / "splits").mkdir()
    for number in (10, 2, 1):
        releases.write_split(tmp_path, number, ["a"], ["b"])
    assert has_bundles(tmp_path)
    assert list(find_splits(tmp_path)) == ["1", "2", "10"]
    for given in (2, "2", tmp_path / "splits" / "train.split2.bundle"):
        split = split_of(tmp_path, given)
        assert (split.name, split.test) == ("2", tmp_path / "splits" / "test.split2.bundle")


def test_a_bundle_by_itself_has_no_videos_to_test_on(tmp_path):
    path = written(tmp_path, "a.txt", "mine.bundle")
    assert split_of(tmp_path, str(path)) == ("mine", path, None)
    check_apart(split_of(tmp_path, path))
    alone = written(tmp_path, "a.txt")
    assert split_of(tmp_path, alone).test is None


def test_splits_that_are_not_there(tmp_path):
    with pytest.raises(DataError, match="splits: holds no splits; get train"):
        find_splits(tmp_path)
    (tmp_path / "splits").mkdir()
    releases.write_split(tmp_path, 1, ["a"], ["b"])
    releases.write_split(tmp_path, 2, ["b"], ["a"])
    with pytest.raises(DataError, match="splits: holds no split '3'; choose one of 1, 2"):
        split_of(tmp_path, 3)
    with pytest.raises(DataError, match=r"none.bundle: not found; give a number such as 1"):
        split_of(tmp_path, "none.bundle")
    with pytest.raises(DataError, match="lists the videos to test on; give the bundle of those to train on"):
        split_of(tmp_path, tmp_path / "splits" / "test.split1.bundle")
    (tmp_path / "splits" / "test.split1.bundle").unlink()
    with pytest.raises(
        DataError, match=r"test.split1.bundle: not found; get it, or take train.split1.bundle"
    ):
        find_splits(tmp_path)


def test_videos_in_both_are_told(tmp_path):
    (tmp_path / "splits").mkdir()
    releases.write_split(tmp_path, 1, list("abcd"), list("ebda"))
    with pytest.raises(DataError) as caught:
        check_apart(split_of(tmp_path, 1))
    path = tmp_path / "splits" / "test.split1.bundle"
    assert str(caught.value) == (
        f"{path}, line 2: names 'b', 'd', 'a' of train.split1.bundle, too; take what is trained on out of "
        "one of them"
    )


def test_videos_come_in_the_order_of_the_bundle(tmp_path):
    path = written(tmp_path, "b.txt\na.txt\n")
    assert named(path, {"a": 1, "b": 2, "c": 3}) == [2, 1]
    with pytest.raises(DataError) as caught:
        named(path, {"a": 1})
    assert str(caught.value) == (
        f"{path}, line 1: names 'b', without a feature file in features/; get it, or take the line out"
    )
    many = written(tmp_path, "".join(f"v{i}.txt\n" for i in range(6)), "many.bundle")
    with pytest.raises(DataError, match="line 2: names 'v1', 'v2', 'v3' and 2 more, without"):
        named(many, {"v0": 0})
