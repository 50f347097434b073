import pytest

from dkva.datasets import DataError, find_coarse, read_coarse

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("name", ["mappingeval.txt", "mapping_eval.txt", "eval.txt"])
def test_files_of_classes(tmp_path, name):
    (tmp_path / "mapping").mkdir()
    assert find_coarse(tmp_path, "eval") is None
    (tmp_path / "mapping" / name).touch()
    assert find_coarse(tmp_path, "eval") == tmp_path / "mapping" / name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 cut_a\n0 cut_b\n1 mix it\n", {"cut_a": "0", "cut_b": "0", "mix it": "1"}),
        ("cut_a cut\ncut_b\tcut\nmix mix\n", {"cut_a": "cut", "cut_b": "cut", "mix": "mix"}),
    ],
)
def test_both_forms(tmp_path, text, expected):
    (tmp_path / "m").write_text(text)
    assert read_coarse(tmp_path / "m", ["cut_a"]) == expected


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("0 a\n1\n", 2, "no mapping"),
        ("a x\nb\n", 2, "no mapping"),
        ("a x\n1 b c\n", 2, "no mapping"),
        ("a x\n\nb x\n", 2, "no mapping"),
        ("0 a\n1 a\n", 2, "second time"),
        ("", None, "is empty"),
        ("0 b\n", None, "no class for a"),
    ],
)
def test_bad_files(tmp_path, text, line, part):
    (tmp_path / "m").write_text(text)
    with pytest.raises(DataError, match=part) as caught:
        read_coarse(tmp_path / "m", ["a"])
    assert (caught.value.path, caught.value.line) == (tmp_path / "m", line)
