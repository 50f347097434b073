import json

import made_plugin
import pytest

from dkva.cli.main import main
from dkva.experiments.registry import KINDS, listed

pytestmark = pytest.mark.fast


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["methods", *arguments])
    return stop.value.code


def test_each_method_is_listed_with_what_it_does_and_its_reference(capsys):
    assert call() == 0
    text = capsys.readouterr().out
    for method in listed()[0].values():
        line, below = text[text.index(f"{method.id} ") :].splitlines()[:2]
        assert line.split(maxsplit=1)[1].startswith(method.about)
        assert below.strip() == method.reference


def test_the_same_as_json(capsys):
    assert call("--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in found] == list(listed()[0])
    assert all(each["kind"] in KINDS and each["reference"] for each in found)
    (of,) = (each for each in found if each["id"] == "vasot")
    assert (of["does"], of["mixes"]) == (["segment", "embed", "align"], False)


def test_a_learner_is_listed_with_what_its_models_do(capsys):
    call()
    text = capsys.readouterr().out
    assert "aligns them (trained on a collection of videos; segments, embeds, aligns)\n" in text


def test_methods_of_other_packages_and_broken_ones(capsys, package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    assert call() == 0
    assert "begins a segment at every tenth frame (from tenths-of-a-video)\n" in capsys.readouterr().out
    package("bad-package", {"dkva.methods": {"bad": "absent:LISTED"}})
    learner = made_plugin.SOURCE.replace(
        '"tenths:every_tenth",', '"tenths:every_tenth", "learner", restore="tenths:Model",'
    )
    learner = learner.replace('"every_tenth",', '"learned_tenth",')
    package("learned", {"dkva.methods": {"learned_tenth": "learned:LISTED"}}, learned=learner)
    assert call() == 2
    out = capsys.readouterr()
    assert "every_tenth" in out.out
    assert "tenth frame (trained on a collection of videos) (from learned)\n" in out.out
    (line,) = out.err.splitlines()
    assert line.startswith("error: method 'bad' of bad-package (absent:LISTED) cannot be imported")
