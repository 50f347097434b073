"""Embedded frames with the document that says what made them."""

import hashlib
import json

import numpy as np
import pytest

from dkva.base.errors import NewerFormatError
from dkva.export.documents import write_json
from dkva.export.embedding import (
    FORMAT,
    embedding_document,
    is_foreign_embedding,
    read_embedding,
    write_embedding,
)

pytestmark = pytest.mark.fast

FRAMES = np.random.default_rng(0).normal(size=(3, 2))
DOC = embedding_document("tea/v", frames=3, features=5, method="vaot", key="k")


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "tea" / "v.json", tmp_path / "tea" / "v.npy"


def test_array_and_document_are_written_and_read(paths):
    document, array = paths
    whole = write_embedding(document, DOC, array, FRAMES)
    written = np.load(array)
    assert written.dtype == np.float32
    np.testing.assert_array_equal(written, FRAMES.astype(np.float32))
    data = array.read_bytes()
    digest = hashlib.blake2b(data).hexdigest()[:32]
    assert json.loads(document.read_text()) == whole
    assert whole == DOC | {
        "embedded": {"columns": 2, "file": "v.npy", "bytes": len(data), "blake2b": digest},
    }
    assert read_embedding(*paths) == whole


def test_an_array_that_is_not_as_it_was_written_is_not_read(paths):
    document, array = paths
    assert read_embedding(*paths) is None
    write_embedding(document, DOC, array, FRAMES)
    np.save(array, FRAMES.astype(np.float32) + 1)
    assert read_embedding(*paths) is None
    array.unlink()
    assert read_embedding(*paths) is None
    write_json(document, DOC | {"embedded": 3})
    array.touch()
    assert read_embedding(*paths) is None


def test_what_another_has_written_is_told(paths):
    document, array = paths
    assert not is_foreign_embedding(*paths)
    array.parent.mkdir()
    array.touch()
    assert is_foreign_embedding(*paths)  # features may have this name
    write_embedding(document, DOC, array, FRAMES)
    assert not is_foreign_embedding(*paths)
    array.unlink()
    assert not is_foreign_embedding(*paths)  # a run was killed between the two
    write_json(document, {"format": 2, "segments": []})
    assert is_foreign_embedding(*paths)


def test_a_newer_format_is_refused(paths):
    write_json(paths[0], DOC | {"format": FORMAT + 1, "embedded": {}})
    with pytest.raises(NewerFormatError, match="update dkva"):
        read_embedding(*paths)
