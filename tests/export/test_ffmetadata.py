import av
import pytest
from hypothesis import example, given
from timed_documents import HOSTILE, bounds, document, documents, many

from dkva.base.files import write_text
from dkva.base.segment_names import segment_name
from dkva.export.ffmetadata import ffmetadata

pytestmark = pytest.mark.fast


def read(folder, doc):
    """(start, end, title) of each chapter, as FFmpeg reads them."""
    path = folder / "v.ffmetadata.txt"
    write_text(path, ffmetadata(doc))
    with av.open(str(path), format="ffmetadata") as container:
        return [
            (each["start"] * each["time_base"], each["end"] * each["time_base"], each["metadata"]["title"])
            for each in container.chapters()
        ]


def test_what_the_file_looks_like():
    doc = document([2, 5], 2.0, names=["a=b; #1 \\", None])
    assert ffmetadata(doc) == (
        ";FFMETADATA1\n"
        "\n[CHAPTER]\nTIMEBASE=1/1000000\nSTART=0\nEND=1000000\ntitle=a\\=b\\; \\#1 \\\\ \n"
        "\n[CHAPTER]\nTIMEBASE=1/1000000\nSTART=1000000\nEND=2500000\ntitle=Action 1\n"
    )


@given(doc=documents())
@example(doc=document([3 * i + 3 for i in range(len(HOSTILE))], 25.0, names=list(HOSTILE)))
@example(doc=document([1], 25.0))
@example(doc=many())
def test_ffmpeg_reads_every_segment(tmp_path_factory, doc):
    chapters = read(tmp_path_factory.mktemp("chapters"), doc)
    assert [(float(start), float(end)) for start, end, _ in chapters] == bounds(doc)
    names = [segment_name(run) for run in doc["segments"]]
    assert [title for *_, title in chapters] == [name + " " * name.endswith("\\") for name in names]


def test_a_document_without_times_is_refused():
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        ffmetadata(document([4]))
