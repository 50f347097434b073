"""Digests of data that enter keys and results: of sources, so that they are the same on any machine."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dkva.experiments import code_sources, code_version
from reproduce import breakfast_like_difficulty
from reproduce.collections import basic_motions, breakfast_like, moving5
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = """
import json, sys
from pathlib import Path
from reproduce import breakfast_like_difficulty
from reproduce.collections import basic_motions, breakfast_like, many_activities, moving5, one_activity
from synthetic import many_activities as shared
from synthetic import moving5 as made
from synthetic import one_activity as aligned
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

labels, few = from_grammar(), Settings(videos=3, features=8)
small = made.Settings(videos=2)
moving5.GENERATED = Path(sys.argv[1])
moving5.dataset.__defaults__ = (None, Path(sys.argv[1]))
tasks = {
    "basic_motions": basic_motions.tasks("test", range(2)) + basic_motions.tasks("train", range(1)),
    "breakfast_like": breakfast_like.tasks(few, seeds=(0,), labels=labels, folder=Path(sys.argv[1])),
    "difficulty": breakfast_like_difficulty.tasks(labels, (2.0, 4.0), 1),
    "moving5": moving5.tasks(small, seeds=(0,)) + moving5.random_k_tasks(small, draws=(0,)),
}
found = {name: [[task.video, task.checksum] for task in mine] for name, mine in tasks.items()}
pair = aligned.Settings(train=1, test=1)
(activity,) = one_activity.collections_of(one_activity.REPEATS, (0,), pair, Path(sys.argv[1]))
found["one_activity"] = [[video.name, video.checksum] for video in activity.train + activity.test]
two = shared.Settings(activities=2, train=1, test=1)
every = many_activities.activity_collections("both", (0,), two, Path(sys.argv[1]))
videos = [video for each in every for video in each.train + each.test]
found["many_activities"] = [[video.name, video.checksum] for video in videos]
print(json.dumps(found))
"""


def dispatched():
    """Features of this processor that numpy chooses code by."""
    from numpy._core import _multiarray_umath as core

    return [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]


def on_another_machine(folder, **variables):
    command = [sys.executable, "-c", SCRIPT, folder]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_digests_do_not_depend_on_the_machine(tmp_path):
    here = on_another_machine(tmp_path / "here")
    old = {"NPY_DISABLE_CPU_FEATURES": " ".join(dispatched()), "OPENBLAS_CORETYPE": "Prescott"}
    assert on_another_machine(tmp_path / "there", **old) == here


def test_a_recordings_digest_is_of_its_pieces_and_how_they_are_joined(monkeypatch):
    (before,) = basic_motions.tasks("test", range(1))
    others = basic_motions.tasks("test", range(1, 3)) + basic_motions.tasks("train", range(1))
    assert len({task.checksum for task in (before, *others)}) == 4
    pieces, names = basic_motions._pieces("test")
    for changed in ((np.nextafter(pieces, 9), names), (pieces, np.roll(names, 1))):
        monkeypatch.setattr(basic_motions, "_pieces", lambda split, changed=changed: changed)
        assert basic_motions.digest("test", 0) != before.checksum


@pytest.mark.parametrize("change", [{"seed": 1}, {"difficulty": 3.0}, {"features": 9}])
def test_a_made_videos_digest_is_of_its_segments_and_what_makes_its_features(change):
    one, other, *_ = from_grammar().videos
    settings = Settings(features=8)
    before = breakfast_like.digest(one, settings)
    assert breakfast_like.digest(one, replace(settings, videos=5)) == before
    assert breakfast_like.digest(other, settings) != before
    assert breakfast_like.digest(one, replace(settings, **change)) != before
    first, *rest = one.segments
    moved = replace(one, segments=(first._replace(action="another"), *rest))
    assert breakfast_like.digest(moved, settings) != before
    (task, *_) = breakfast_like_difficulty.tasks(from_grammar(), (4.0,), 1)
    video = next(video for video in from_grammar().videos if video.name == task.video)
    assert task.checksum == breakfast_like.digest(video, Settings(difficulty=4.0))


@pytest.mark.parametrize(
    ("module", "old", "new", "digest"),
    [
        (
            "reproduce.collections.basic_motions",
            "+ 1e-3",
            "+ 1e-2",
            lambda: basic_motions.digest("test", 0),
        ),
        (
            "synthetic.breakfast_like",
            "_COMMON, _STYLE = 0.4",
            "_COMMON, _STYLE = 0.5",
            lambda: breakfast_like.digest(from_grammar().videos[0], Settings()),
        ),
        (
            "reproduce.collections.moving5",
            "norms + 1e-7",
            "norms + 1e-6",
            lambda: code_version.code_version(moving5.load_video),
        ),
    ],
)
def test_code_that_makes_features_counts_and_its_comments_do_not(monkeypatch, module, old, new, digest):
    before = digest()
    read = code_sources.read_source
    for change, same in ((lambda source: f"# first\n{source}\n# last\n", True), (None, False)):

        def changed(name, change=change):
            source = read(name)
            if name != module:
                return source
            assert old in source
            return change(source) if change else source.replace(old, new)

        with monkeypatch.context() as patch:
            patch.setattr(code_sources, "read_source", changed)
            code_version.forget()
            assert (digest() == before) == same
    code_version.forget()
