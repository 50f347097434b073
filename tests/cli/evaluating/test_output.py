import json
from pathlib import Path

import numpy as np
import pytest

from dkva.cli.evaluating.output import NAMES, as_document, show
from dkva.cli.evaluating.read import Pair
from dkva.cli.evaluating.score import How, score
from dkva.metrics.protocols import ALL, PROTOCOLS, VIDEO

pytestmark = pytest.mark.fast

TRUTH = np.repeat(["a", "b"], 10)
RIGHT = Pair("tea/v[1]", TRUTH, TRUTH, None, Path("v"))
WRONG = Pair("w", TRUTH, np.repeat("c", 20), None, Path("w"))


def scored(pairs, *which):
    return [score(pairs, protocol, scope, [None] * len(pairs), How()) for protocol, scope in which]


def test_names_are_of_scores_that_there_are():
    assert NAMES.keys() == PROTOCOLS.keys()
    assert all({*names} <= {*PROTOCOLS[name].scores} for name, names in NAMES.items())


def test_a_table_a_protocol_with_its_scopes_and_what_is_comparable(capsys):
    pairs = [RIGHT, WRONG]
    show(scored(pairs, ("ms-tcn", ALL), ("asot", VIDEO), ("asot", ALL)), pairs, How(), each=False)
    text = capsys.readouterr().out
    assert text.count('protocol "') == 2
    rows = [line.split() for line in text.splitlines()]
    assert ["all", "50.0", "50.0", "57.1", "57.1", "57.1", "100.0"] in rows
    assert any(row[:5] == ["95", "%", "interval", "0.0–100.0", "0.0–100.0"] for row in rows)
    assert 'video: comparable with ASOT, VASOT and CLOT "per video"' in text
    assert "tea/v[1]" not in text


def test_each_video_has_a_row_and_one_alone_no_interval(capsys):
    show(scored([RIGHT], ("ms-tcn", ALL)), [RIGHT], How(), each=True)
    text = capsys.readouterr().out
    assert "interval" not in text
    assert ["tea/v[1]", *["100.0"] * 6] in [line.split() for line in text.splitlines()]
    show(scored([WRONG], ("ms-tcn", ALL)), [WRONG], How(), each=False)
    assert ["all", *["0.0"] * 5, "–"] in [line.split() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("each", [False, True])
def test_the_document_is_plain(each):
    found = scored([WRONG], ("ms-tcn", ALL), ("tw-finch", VIDEO))
    doc = as_document(found, [WRONG], How(), each=each, problems=["x: is broken"], notes=[])
    assert doc == json.loads(json.dumps(doc, allow_nan=False))
    assert (doc["videos"], doc["frames"], doc["problems"]) == (1, 20, ["x: is broken"])
    first = doc["results"][0]
    assert first["scores"]["miou"] == {"score": None, "low": None, "high": None}
    assert first["scores"]["accuracy"] == {"score": 0.0, "low": None, "high": None}
    assert first["described"].startswith('protocol "ms-tcn"')
    assert ("videos" in first) == each
    if each:
        assert first["videos"]["w"]["accuracy"] == 0
