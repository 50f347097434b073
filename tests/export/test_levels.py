import re

import pytest

from dkva.base.errors import DamagedError
from dkva.export.documents import timed
from dkva.export.levels import LEVELS_CSV, digest_of_levels, is_foreign_levels, read_levels, write_levels

pytestmark = pytest.mark.fast

RUNS = [{"start": 0, "end": 4, "label": 0}, {"start": 4, "end": 6, "label": 1}]
LEVELS = [
    {"n_segments": 1, "cost": 1.0, "switches": 0, "nesting": 1.0, "segments": [RUNS[0] | {"end": 6}]},
    {"n_segments": 2, "cost": 0.25, "switches": 1, "nesting": 0.5, "segments": RUNS},
]
HEAD = "video,level,start,end,start_time,end_time,label,cost,switches,nesting\n"


def test_levels_come_back_with_and_without_times(tmp_path):
    path = tmp_path / LEVELS_CSV
    timely = timed({"video": "w", "segments": RUNS, "levels": LEVELS}, 2.0)
    write_levels(path, [{"video": "v", "levels": LEVELS}, {"video": "none"}, timely])
    assert path.read_text().splitlines()[:4] == [
        HEAD.strip(),
        "v,1,0,6,,,0,1.0,0,1.0",
        "v,2,0,4,,,0,0.25,1,0.5",
        "v,2,4,6,,,1,0.25,1,0.5",
    ]
    assert read_levels(path) == {"v": LEVELS, "w": timely["levels"]}
    assert timely["levels"][1]["segments"][1]["start_time"] == 2.0
    assert read_levels(tmp_path / "none.csv") == {}


def test_levels_of_no_hierarchy_have_neither_cost_nor_nesting(tmp_path):
    plain = [{"n_segments": 2, "switches": 1, "segments": RUNS}]
    write_levels(tmp_path / LEVELS_CSV, [{"video": "v", "levels": plain}])
    assert (tmp_path / LEVELS_CSV).read_text().splitlines()[1] == "v,2,0,4,,,0,,1,"
    assert read_levels(tmp_path / LEVELS_CSV) == {"v": plain}


def test_changed_rows_have_another_digest():
    changed = [LEVELS[0], LEVELS[1] | {"cost": 0.26}]
    assert digest_of_levels(LEVELS) == digest_of_levels([dict(level) for level in LEVELS])
    assert len({digest_of_levels(each) for each in (LEVELS, changed, LEVELS[:1], [])}) == 4


@pytest.mark.parametrize(
    "text", ["mine\n", HEAD + "v,x,0,1,,,0,1,0,1\n", HEAD + "v\n", HEAD.replace(",end", "")]
)
def test_what_is_no_such_table(tmp_path, text):
    path = tmp_path / LEVELS_CSV
    path.write_text(text)
    with pytest.raises(DamagedError, match=f"^{re.escape(str(path))}: is no table of levels .* move it away"):
        read_levels(path)
    assert is_foreign_levels(path) == (not text.startswith(HEAD))


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(DamagedError, match="cannot be read"):
        read_levels(tmp_path)
    assert not is_foreign_levels(tmp_path)
