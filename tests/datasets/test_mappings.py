import pytest

from dkva.datasets import DataError, find_mapping, read_mapping
from dkva.datasets.mappings import read_lines

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "text",
    [
        "0 SIL\n-1 pour milk\n",
        "SIL 0\npour milk -1\n",
        "0\tSIL\n-1\tpour milk\n",
        "0,SIL\r\n-1,pour milk\r\n",
        "SIL;0\npour milk;-1\n",
        '0,"SIL"\n-1,"pour milk"\n',
        "\ufeff0 SIL\n-1 pour milk\n\n",
        "id,name\n0,SIL\n-1,pour milk\n",
    ],
)
def test_mappings(tmp_path, text):
    (tmp_path / "m").write_text(text, encoding="utf-8")
    assert read_mapping(tmp_path / "m") == {"SIL": 0, "pour milk": -1}


def test_names_that_end_in_numbers(tmp_path):
    (tmp_path / "m").write_text("0 step 1\n1 step 2\n")
    assert read_mapping(tmp_path / "m") == {"step 1": 0, "step 2": 1}


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("0 a\nb\n", 2, "'b' is no mapping"),
        ("a\nb\n", 1, "'a' is no mapping"),
        ("0 a\nb 1\n", 2, "'b 1' is no mapping"),
        ("0 a\n1 a\n", 2, "appears a second time"),
        ('{"a": 0}', None, "is a JSON file"),
        ("", None, "is empty"),
    ],
)
def test_bad_mappings(tmp_path, text, line, part):
    (tmp_path / "m").write_text(text)
    with pytest.raises(DataError, match=part) as caught:
        read_mapping(tmp_path / "m")
    assert caught.value.line == line


def test_lines_are_without_blanks(tmp_path):
    (tmp_path / "m").write_text(" a b \r\n\nc\n\n\n")
    assert read_lines(tmp_path / "m") == ["a b", "", "c"]


@pytest.mark.parametrize("mapping", ["mapping/mapping.txt", "mapping.txt"])
def test_the_mapping_beside_the_labels(tmp_path, mapping):
    root = tmp_path / "data"
    for folder in ("groundTruth/tea", "features/tea"):
        (root / folder).mkdir(parents=True)
    (root / "groundTruth/P01").touch()
    (root / "groundTruth/tea/P02").touch()
    (root / mapping).parent.mkdir(exist_ok=True)
    (root / mapping).touch()
    for labels in (
        "groundTruth",
        "groundTruth/P01",
        "groundTruth/tea",
        "groundTruth/tea/P02",
        "features/tea",
    ):
        assert find_mapping(root / labels) == (root / mapping).resolve(), labels


def test_the_mapping_among_the_labels(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/mapping.txt").touch()
    assert find_mapping(tmp_path / "labels") == (tmp_path / "labels/mapping.txt").resolve()


def test_no_mapping_of_a_folder_further_above(tmp_path):
    (tmp_path / "mapping").mkdir()
    (tmp_path / "mapping/mapping.txt").touch()
    (tmp_path / "mine/today").mkdir(parents=True)
    (tmp_path / "mine/today/v.txt").touch()
    assert find_mapping(tmp_path / "mine/today") is None
    assert find_mapping(tmp_path / "mine/today/v.txt") is None
    assert find_mapping(tmp_path / "mine") == (tmp_path / "mapping/mapping.txt").resolve()
