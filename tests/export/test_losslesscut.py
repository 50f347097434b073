import csv
import io

import pytest
from hypothesis import example, given
from timed_documents import HOSTILE, bounds, document, documents, many

from dkva.base.segment_names import segment_name
from dkva.export.losslesscut import losslesscut

pytestmark = pytest.mark.fast


def test_what_the_file_looks_like():
    doc = document([2, 5], 2.0, names=['stir, "well"', None])
    assert losslesscut(doc) == '0.000000,1.000000,"stir, ""well"""\n1.000000,2.500000,Action 1\n'


@given(doc=documents())
@example(doc=document([3 * i + 3 for i in range(len(HOSTILE))], 25.0, names=list(HOSTILE)))
@example(doc=document([1], 25.0))
@example(doc=many())
def test_a_reader_of_csv_finds_every_segment(doc):
    rows = list(csv.reader(io.StringIO(losslesscut(doc))))
    assert [(float(start), float(end)) for start, end, _ in rows] == bounds(doc)
    assert [name for *_, name in rows] == [segment_name(run) for run in doc["segments"]]


def test_a_document_without_times_is_refused():
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        losslesscut(document([4]))
