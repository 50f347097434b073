import json

import pytest

from dkva.base import files
from dkva.base.written_exports import STATE, is_edited, is_export, refused, write_export

pytestmark = pytest.mark.fast


def test_what_is_as_it_was_written_is_replaced_and_what_was_edited_is_not(tmp_path):
    path = tmp_path / "tea/v.srt"
    write_export(path, "first")
    assert not is_edited(path)
    write_export(path, "second")
    assert path.read_text() == "second"
    path.write_text("mine")
    assert is_edited(path)
    with pytest.raises(ValueError, match="was edited, or is not dkva's"):
        write_export(path, "third")
    assert path.read_text() == "mine"
    write_export(path, "mine")  # what is the same costs nobody anything
    assert not is_edited(path)
    assert str(path) in refused(path)


def test_files_of_others_are_theirs(tmp_path):
    (tmp_path / "v.eaf").write_text("annotated by hand")
    with pytest.raises(ValueError, match="not dkva's"):
        write_export(tmp_path / "v.eaf", "a cut")
    assert not is_edited(tmp_path / "none.eaf")
    assert not is_export(tmp_path / "v.eaf")
    write_export(tmp_path / "w.eaf", "a cut")
    assert is_export(tmp_path / "w.eaf")


@pytest.mark.parametrize("state", ["", "[]", "{"])
def test_a_damaged_state_knows_nothing(tmp_path, state):
    write_export(tmp_path / "v.srt", "first")
    (tmp_path / STATE).write_text(state)
    assert is_edited(tmp_path / "v.srt")


def test_a_run_that_is_stopped_in_between_leaves_a_file_that_is_known(tmp_path, monkeypatch):
    path, written = tmp_path / "v.srt", []
    write_export(path, "first")
    whole = files.write_text

    def stop(place, text):
        written.append(place.name)
        if place == path:
            raise KeyboardInterrupt
        whole(place, text)

    monkeypatch.setattr(files, "write_text", stop)
    with pytest.raises(KeyboardInterrupt):
        write_export(path, "second")
    monkeypatch.undo()
    assert written == [STATE, "v.srt"]
    assert not is_edited(path)
    write_export(path, "second")
    assert len(json.loads((tmp_path / STATE).read_text())["v.srt"]) == 2
