"""Documents of a kind, and what is none of it."""

import pytest

from dkva.base.errors import NewerFormatError
from dkva.export.documents import write_json
from dkva.export.marked import is_foreign_marked, read_marked

pytestmark = pytest.mark.fast

DOC = {"format": 3, "matches": []}


def test_documents_are_told_by_their_field(tmp_path):
    path = tmp_path / "v.json"
    assert read_marked(path, "matches", 3) is None
    assert not is_foreign_marked(path, "matches")
    write_json(path, DOC)
    assert read_marked(path, "matches", 3) == DOC
    assert not is_foreign_marked(path, "matches")
    assert read_marked(path, "segments", 3) is None
    assert is_foreign_marked(path, "segments")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"matches": []}', '{"format": true, "matches": []}'])
def test_what_is_no_such_document_is_foreign(tmp_path, text):
    path = tmp_path / "v.json"
    path.write_text(text)
    assert read_marked(path, "matches", 3) is None
    assert is_foreign_marked(path, "matches")


def test_a_newer_format_is_refused(tmp_path):
    write_json(tmp_path / "v.json", DOC)
    with pytest.raises(
        NewerFormatError, match=r"v\.json: is of format 3, and this dkva knows formats up to 2"
    ):
        read_marked(tmp_path / "v.json", "matches", 2)
