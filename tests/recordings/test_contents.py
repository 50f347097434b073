import os
import time

import pytest

from dkva.recordings import contents
from dkva.recordings.contents import content_digest

pytestmark = pytest.mark.fast


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A file that counts as large, and was changed long ago."""
    monkeypatch.setattr(contents, "_LARGE", 1)
    path = tmp_path / "a.mp4"
    write(path, b"one")
    return path


def write(path, content, seconds_ago=100):
    path.write_bytes(content)
    changed = time.time_ns() - seconds_ago * 1_000_000_000
    os.utime(path, ns=(changed, changed))


@pytest.fixture
def reads(monkeypatch):
    """Files that were read."""
    digest, read = contents._digest, []
    monkeypatch.setattr(contents, "_digest", lambda path: read.append(path.name) or digest(path))
    return read


def test_contents_are_told_by_bytes_and_names(tmp_path):
    a, b, folder = tmp_path / "a.mp4", tmp_path / "b.avi", tmp_path / "images"
    a.write_bytes(b"one")
    b.write_bytes(b"one")
    folder.mkdir()
    (folder / "1.png").write_bytes(b"one")
    (folder / "2.png").write_bytes(b"two")
    seen = [content_digest(a), content_digest(folder)]
    assert content_digest(b) == seen[0]
    (folder / "notes.txt").write_text("no image")
    assert content_digest(folder) == seen[1]
    (folder / "2.png").rename(folder / "0.png")
    seen.append(content_digest(folder))
    (folder / "0.png").write_bytes(b"Two")
    seen.append(content_digest(folder))
    a.write_bytes(b"onE")
    seen.append(content_digest(a))
    assert len(set(seen)) == 5


def test_a_digest_is_of_all_bytes(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"abc")
    # RFC 7693, appendix A.
    assert content_digest(path).startswith("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1")


def test_a_large_file_is_read_once(large, reads, cache_dir):
    first = content_digest(large)
    assert not cache_dir.exists()
    assert content_digest(large, keep=True) == first
    assert len(reads) == 2
    assert content_digest(large) == content_digest(large, keep=True) == first
    assert len(reads) == 2
    write(large, b"two", seconds_ago=99)
    assert content_digest(large, keep=True) != first
    assert len(reads) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in (cache_dir / "recordings").rglob("*"))


@pytest.mark.parametrize("damage", [b"", b"abc", b"\xff" * 128])
def test_a_damaged_digest_is_made_again(large, reads, cache_dir, damage):
    first = content_digest(large, keep=True)
    (kept,) = (cache_dir / "recordings" / "contents").iterdir()
    kept.write_bytes(damage)
    assert content_digest(large, keep=True) == first
    assert len(reads) == 2
    assert kept.read_text() == first


def test_a_file_that_may_change_at_once_is_not_known(large, cache_dir, monkeypatch):
    write(large, b"two", seconds_ago=1)
    content_digest(large, keep=True)
    assert not cache_dir.exists()
    write(large, b"two")
    digest = contents._digest

    def changed(path):
        found = digest(path)
        write(path, b"three")
        return found

    monkeypatch.setattr(contents, "_digest", changed)
    content_digest(large, keep=True)
    assert not cache_dir.exists()


def test_a_cache_that_cannot_be_written_costs_time_only(large, reads, tmp_path, monkeypatch):
    monkeypatch.setenv("DKVA_CACHE", str(large))
    assert content_digest(large, keep=True) == content_digest(large, keep=True)
    assert len(reads) == 2
