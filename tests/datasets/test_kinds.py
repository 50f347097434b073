from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.kinds import SUFFIXES, UNREADABLE, check_content, stem_of, suffix_of

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("name", "stem"),
    [("v.csv", "v"), ("v.TXT.gz", "v"), ("a.b.npy", "a.b"), ("v.mat", "v"), ("v.json", None), (".csv", None)],
)
def test_stems(name, stem):
    assert stem_of(Path(name)) == stem


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_suffixes_that_are_read(suffix):
    assert suffix_of(Path(f"v{suffix.upper()}")) == suffix
    assert suffix not in UNREADABLE


@pytest.mark.parametrize("suffix", UNREADABLE)
def test_others_are_named_with_a_way_out(suffix):
    what, remedy = UNREADABLE[suffix].split(": ", 1)
    with pytest.raises(DataError) as caught:
        suffix_of(Path(f"v{suffix}"))
    assert str(caught.value).startswith(f"v{suffix}: is {what}, no known kind of feature file; ")
    assert caught.value.remedy == remedy.replace("; ", ", ")


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        (
            ".mp4",
            r"a video; dkva segment cuts it if it is given itself .*'dkva\[video\]'\), all else reads",
        ),
        (".pt", "PyTorch.*numpy.save"),
        (".pkl", "pickle.*never opened"),
        (".xlsx", "spreadsheet.*as CSV"),
        (".feather", "Feather.*Parquet"),
    ],
)
def test_what_they_are(suffix, said):
    with pytest.raises(DataError, match=said.replace("; ", ", no known kind of feature file; ")):
        suffix_of(Path(f"v{suffix}"))


def test_what_nobody_knows():
    with pytest.raises(DataError, match=r"no known kind of feature file; use one of \.txt"):
        suffix_of(Path("v.xyz"))


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "pointer of Git LFS.*git lfs pull"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"\xef\xbb\xbf  <html>", "HTML"),
    ],
)
def test_what_was_downloaded_instead(head, said):
    with pytest.raises(DataError, match=said):
        check_content(Path("v.npy"), head)


def test_features_are_let_through():
    check_content(Path("v.npy"), b"\x93NUMPY")
    check_content(Path("v.txt"), b"1 2\n")
