import gzip

import pytest
from label_texts import write

from dkva.datasets import DataError
from dkva.datasets.annotations.kinds import text_of

pytestmark = pytest.mark.fast

WORDS = "eat\nrühren\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_each_encoding(tmp_path, codec):
    assert text_of(write(tmp_path, "v", WORDS.encode(codec))) == WORDS
    assert text_of(write(tmp_path, "v.gz", gzip.compress(WORDS.encode(codec)))) == WORDS


@pytest.mark.parametrize("text", ["[background]\n", "{1}\n", "<start>\n".replace("<", "(")])
def test_labels_in_brackets_are_text(tmp_path, text):
    assert text_of(write(tmp_path, "v", text)) == text


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"\x93NUMPY\x01", "is a NumPy array; name it .npy"),
        (b"\x89HDF\r\n", "is an HDF5 file"),
        (b"MATLAB 5.0 MAT-file", "is a MATLAB file"),
        (b"PAR1....", "is a Parquet file"),
        (b"\x00\x00\x00\x18ftypmp42", "is a video file; give its labels"),
        (b"\x1f\x8b\x08", "is packed by gzip; add .gz to its name"),
        (b"%PDF-1.7", "is a PDF"),
        (b"ab\x00c\x01\x00\x00\x00\x05", "is"),
        (
            b"scorer,DLC,DLC\nbodyparts,nose,nose\n",
            "is a DeepLabCut table of key points; give it as features",
        ),
        (b"Caltech Behavior Annotator - Annotation File\n", "is an annotation file of another program"),
        (b"<html><body>404</body></html>", "is an HTML page"),
        (b"  <?xml version='1.0'?><a:b/>", "(<a:b>)"),
        (b'{"a": [1, 2', "is a JSON file"),
        (b'["a", "b"]', "is a JSON file"),
        (b"WEBVTT\n\n", "is a file of subtitles"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path, data, part):
    with pytest.raises(DataError) as caught:
        text_of(write(tmp_path, "v", data))
    assert part in str(caught.value)


def test_a_damaged_archive(tmp_path):
    with pytest.raises(DataError, match="no complete gzip file"):
        text_of(write(tmp_path, "v.gz", b"plain"))
