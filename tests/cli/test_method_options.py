"""Options of the command line: each setting once, with the default and the choices that it has."""

from dataclasses import fields, replace

import click
import made_learner
import made_plugin
import pytest
from click.testing import CliRunner

from dkva.approximation.settings import Settings
from dkva.cli import method_options
from dkva.cli.method_options import (
    _HELP,
    DEFAULT_METHOD,
    RECORDING_METHOD,
    MethodCommand,
    _sentence,
    default_shortest,
    in_words,
    reason_for_method,
    setting_options,
)
from dkva.experiments.registry import LEARNER, find
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = pytest.mark.fast


@click.command(cls=MethodCommand)
@click.argument("features")
@click.option("--method")
@click.option("--labels")
def show(features, method, labels, **given):
    """Settings as they are read."""
    made = {"dkva": Settings, "kms": KernelMeanSettings}.get(method, dict)
    click.echo(repr(made(**given)))


@click.command(cls=MethodCommand)
@click.option("--method")
def why(method, **given):
    """The method, and why."""
    click.echo(f"{method}|{reason_for_method()}")


def read(*arguments):
    return CliRunner().invoke(show, ["v.npy", *arguments], terminal_width=200)


def test_every_setting_of_dkva_has_one_option_and_a_short_text():
    assert _HELP.keys() == {each.name for each in fields(Settings)}
    options = [option for each in setting_options(find("dkva")) for option in each.opts]
    assert sorted(options) == sorted(f"--{each.name.replace('_', '-')}" for each in fields(Settings))


def test_without_options_settings_are_the_defaults():
    assert DEFAULT_METHOD == "kms"
    assert read().output == read("--method=kms").output == f"{KernelMeanSettings()!r}\n"
    assert read("--method=dkva").output == f"{Settings()!r}\n"
    assert read("--method", "kmeans").output == "{'n_init': 10}\n"


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        (("--kernel", "sntk_authors"), {"kernel": "sntk_authors"}),
        (("--length-scale", "2.5"), {"length_scale": 2.5}),
        (("--length-scale", "median"), {"length_scale": "median"}),
        (("--batch-size", "32"), {"batch_size": 32}),
        (("--batch-size", "video"), {"batch_size": "video"}),
        (("--epochs", "7", "--depth", "2"), {"epochs": 7, "depth": 2}),
        (("--assignment", "l2", "--tolerance", "0.1"), {"assignment": "l2", "tolerance": 0.1}),
    ],
)
def test_options_become_settings(arguments, changed):
    assert (
        read(*arguments).output == read("--method", "dkva", *arguments).output == f"{Settings(**changed)!r}\n"
    )


def test_symbols_keep_their_case_where_a_text_begins_with_one():
    assert [_sentence(text) for text in ("size of", "σ² of", "")] == ["Size of", "σ² of", ""]


def test_what_a_learner_is_for_is_said_in_words():
    assert in_words(find("kmeans")) == "clusters the frames, blind to time"
    several = replace(find("vaot"), about="learns", mixes=True)
    assert in_words(several) == (
        "learns (trained on a collection of videos of one activity or several; embeds, aligns)"
    )
    assert in_words(replace(several, mixes=False, does=())) == "learns (trained on a collection of videos)"


def test_choices_and_defaults_are_shown():
    text = read("--help", "--method", "dkva").output
    for each in fields(Settings):
        for name in each.metadata["rule"].names:
            assert name in text
        if each.default is not None:
            assert f"[default: {each.default}]" in text


def test_help_shows_the_settings_of_the_method():
    text = read("--method", "kmeans", "--help").output
    assert "Starts, of which the best is kept.  [default: 10]" in text
    assert "--epochs" not in text
    assert "--entropy" in read("--help", "--method=sinkhorn").output
    assert "--whitening" in read("--help").output
    assert "--depth" in read("--epochs", "3", "--help").output


PAPERS = "is a setting of the paper's method: --method dkva is used"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "kms|method kms (kernel mean segments): on average ahead"),
        (("--epochs", "3"), f"dkva|--epochs {PAPERS}"),
        (("--smoothing=0", "--kernel", "ntk"), f"dkva|--smoothing {PAPERS}"),
        (("--whitening", "0"), "kms|--whitening is a setting of kernel mean segments: --method kms is used"),
        (("--method", "dkva", "--epochs", "3"), "dkva|\n"),
        (("--method", "kms"), "kms|\n"),
    ],
)
def test_a_setting_selects_the_method_that_has_it(arguments, said):
    assert CliRunner().invoke(why, arguments).output.startswith(said)


def test_what_is_no_choice_is_refused():
    done = read("--estimator", "exact")
    assert done.exit_code == 2
    assert "'exact' is not one of 'video', 'batch'" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--method", "kmeans", "--epochs", "3"), "kmeans has no setting 'epochs'; its settings are n_init"),
        (("--method=uniform", "--n-init=3"), "uniform has no setting 'n_init'; it has none"),
        (("--bogus",), "No such option --bogus: kms has no setting 'bogus'; its settings are whitening"),
        (("--method", "kms", "--epochs", "3"), "kms has no setting 'epochs'; its settings are whitening"),
        (("--epochs", "3", "--whitening", "0"), "--whitening is a setting of kms and --epochs one of dkva"),
        (("--lables", "x"), "Did you mean"),
        (("--method", "means"), "unknown method 'means'"),
        (("--method",), "requires an argument"),
        (("-z",), "No such option '-z'"),
    ],
)
def test_an_option_of_another_method_is_refused(arguments, message):
    done = read(*arguments)
    assert done.exit_code != 0
    assert message in done.output


def test_after_two_dashes_no_option_is_read():
    assert "unexpected extra argument" in read("--", "--method=kmeans").output


def test_a_setting_that_is_true_or_false(package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    base = ("--method", "every_tenth")
    assert "'first': True" in read(*base, "--first").output
    assert "'first': False" in read(*base).output
    assert "'first': False" in read(*base, "--no-first", "--step", "3").output


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            ("step: int = 10", "labels: int = 10"),
            "every_tenth has a setting 'labels', which is an option of every",
        ),
        (
            ('"tenths:every_tenth",', '"tenths:every_tenth", "learner", restore="tenths:Model",'),
            "every_tenth is trained on a collection of videos: dkva train --method every_tenth, then dkva",
        ),
    ],
)
def test_methods_that_the_command_cannot_use(package, changed, message):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE.replace(*changed))
    done = read("--method", "every_tenth")
    assert done.exit_code == 1
    assert message in done.output


@click.command(cls=MethodCommand, kind=LEARNER)
@click.option("--method")
def learn(method, **given):
    """A learner and its settings."""
    click.echo(f"{method} {given}")


@click.command(cls=MethodCommand)
@click.option("--method")
@click.option("--model")
def apply(method, model, **given):
    """A method, or a model without one."""
    click.echo(f"{method} {model} {given}")


@pytest.fixture
def learners(package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--method", "means", "--epochs", "3"), "means {'epochs': 3, 'log': '', 'fatal': ''}"),
        (("--method", "means", "--help"), "--epochs INTEGER  Passes over the frames.  [default: 4]"),
        (("--help",), "A learner and its settings."),
        (
            ("--method", "kms"),
            "kms works on one video at a time and is not trained: dkva segment --method kms",
        ),
        (
            ("--method", "means", "--whitening", "0"),
            "means has no setting 'whitening'; its settings are epochs",
        ),
        (("--epochs", "3"), "No such option --epochs: settings are of a method, which --method must name"),
        ((), "Missing option '--method': choose a learner ("),
    ],
)
def test_a_learner_must_be_named(learners, arguments, said):
    assert said in CliRunner().invoke(learn, arguments, terminal_width=200).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "m.npz"), "None m.npz {}\n"),
        (("--model=m.npz", "--method", "kmeans"), "kmeans m.npz {}\n"),
        ((), "kms None {'whitening': "),
        (
            ("--model", "m.npz", "--epochs", "3"),
            "No such option --epochs: settings of a method are the model's",
        ),
    ],
)
def test_beside_a_model_there_are_no_settings(arguments, said):
    assert said in CliRunner().invoke(apply, arguments).output


@click.command(cls=MethodCommand, of_recordings=lambda path: path.suffix == ".mp4")
@click.argument("paths", nargs=-1)
@click.option("--method")
@click.option("--out")
def cut(paths, method, out, **given):
    """The method of recordings, its settings, its shortest action, and why."""
    del paths, out
    click.echo(f"{method} {given} {default_shortest()} | {reason_for_method()}")


def cut_by(*arguments):
    return CliRunner().invoke(cut, arguments).output


def test_recordings_have_a_method_of_their_own(monkeypatch):
    told = f"{RECORDING_METHOD} "
    assert cut_by("v.npy").startswith("kms ")
    assert cut_by("v.npy", "--out", "v.mp4").startswith("kms ")
    for line in (("v.mp4",), ("v.npy", "w.mp4"), ("--out", "x", "--", "w.mp4"), ("v.mp4", "--n-init", "3")):
        assert cut_by(*line).startswith(told), line
    assert "ahead of the others or level on recordings with known actions" in cut_by("v.mp4")
    assert f"smoothed for actions of {method_options.RECORDING_SHORTEST:g} s unless" in cut_by("v.mp4")
    assert cut_by("v.mp4", "--n-init", "3").endswith(" --method smoothed_kmeans is used\n")
    assert cut_by("v.mp4", "--epochs", "3").startswith("dkva ")
    assert cut_by("v.mp4", "--method", "ward").startswith("ward ")
    assert "requires an argument" in cut_by("v.mp4", "--out")


def test_that_method_has_a_shortest_action_there(monkeypatch):
    monkeypatch.setattr(method_options, "RECORDING_SHORTEST", 2.5)
    assert "'n_init': 10} 2.5 |" in cut_by("v.mp4")
    given = cut_by("v.mp4", "--n-init", "5")
    assert "'n_init': 5" in given
    assert "} 2.5 |" in given
    assert "'n_init': 10} None |" in cut_by("v.mp4", "--method", "smoothed_kmeans")
    assert " None |" in cut_by("v.npy")
