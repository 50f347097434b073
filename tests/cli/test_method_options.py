"""Options of the command line: each setting once, with the default and the choices that it has."""

from dataclasses import fields

import click
import made_plugin
import pytest
from click.testing import CliRunner

from dkva.approximation.settings import Settings
from dkva.cli.method_options import _HELP, MethodCommand, setting_options
from dkva.experiments.registry import find

pytestmark = pytest.mark.fast


@click.command(cls=MethodCommand)
@click.argument("features")
@click.option("--method", default="dkva")
@click.option("--labels")
def show(features, method, labels, **given):
    """Settings as they are read."""
    click.echo(repr(Settings(**given)) if method == "dkva" else repr(given))


def read(*arguments):
    return CliRunner().invoke(show, ["v.npy", *arguments], terminal_width=200)


def test_every_setting_of_dkva_has_one_option_and_a_short_text():
    assert _HELP.keys() == {each.name for each in fields(Settings)}
    options = [option for each in setting_options(find("dkva")) for option in each.opts]
    assert sorted(options) == sorted(f"--{each.name.replace('_', '-')}" for each in fields(Settings))


def test_without_options_settings_are_the_defaults():
    assert read().output == read("--method=dkva").output == f"{Settings()!r}\n"
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
    assert read(*arguments).output == f"{Settings(**changed)!r}\n"


def test_choices_and_defaults_are_shown():
    text = read("--help").output
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


def test_what_is_no_choice_is_refused():
    done = read("--estimator", "exact")
    assert done.exit_code == 2
    assert "'exact' is not one of 'video', 'batch'" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--method", "kmeans", "--epochs", "3"), "kmeans has no setting 'epochs'; its settings are n_init"),
        (("--method=uniform", "--n-init=3"), "uniform has no setting 'n_init'; it has none"),
        (("--bogus",), "No such option --bogus: dkva has no setting 'bogus'; its settings are kernel"),
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
            "every_tenth is trained on a collection",
        ),
    ],
)
def test_methods_that_the_command_cannot_use(package, changed, message):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE.replace(*changed))
    done = read("--method", "every_tenth")
    assert done.exit_code == 1
    assert message in done.output
