"""Found frames as document and table."""

import pytest

from dkva.base.errors import NewerFormatError
from dkva.export.documents import write_json
from dkva.export.retrieval import (
    FORMAT,
    is_foreign_retrieval,
    is_foreign_retrieved,
    read_retrieval,
    retrieval_document,
    write_retrieved,
)

pytestmark = pytest.mark.fast

FOUND = [("tea/w", 6, 0.25), ("tea/v", 1, 0.1 + 0.2)]


def document(rate=None):
    return retrieval_document({"video": "q", "frame": 3}, FOUND, rate=rate, method="vaot")


def test_the_document_has_what_was_found_and_times_by_the_rate():
    assert document() == {
        "format": FORMAT,
        "query": {"video": "q", "frame": 3},
        "method": "vaot",
        "retrieved": [
            {"video": "tea/w", "frame": 6, "distance": 0.25},
            {"video": "tea/v", "frame": 1, "distance": 0.3},
        ],
    }
    timed = document(4.0)
    assert (timed["query"]["time"], timed["frames_per_second"]) == (0.75, 4.0)
    assert [row["time"] for row in timed["retrieved"]] == [1.5, 0.25]


@pytest.mark.parametrize(
    ("rate", "lines"),
    [
        (None, ["video,frame,distance", "tea/w,6,0.25", "tea/v,1,0.3"]),
        (4.0, ["video,frame,distance,time", "tea/w,6,0.25,1.5", "tea/v,1,0.3,0.25"]),
    ],
)
def test_the_table_has_a_row_a_found_frame(tmp_path, rate, lines):
    path = tmp_path / "t.csv"
    write_retrieved(path, document(rate))
    assert path.read_text().splitlines() == lines
    assert not is_foreign_retrieved(path)
    path.write_text("video,frame\n")
    assert is_foreign_retrieved(path)


def test_documents_are_told_from_others(tmp_path):
    path = tmp_path / "d.json"
    assert not is_foreign_retrieval(path)
    write_json(path, {"format": 1, "matches": []})
    assert is_foreign_retrieval(path)
    write_json(path, document())
    assert not is_foreign_retrieval(path)
    assert read_retrieval(path) == document()
    write_json(path, document() | {"format": FORMAT + 1})
    with pytest.raises(NewerFormatError, match="update dkva"):
        read_retrieval(path)
