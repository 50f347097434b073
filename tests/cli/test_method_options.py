"""Options of the command line: each setting once, with the default and the choices that it has."""

from dataclasses import fields

import click
import pytest
from click.testing import CliRunner

from dkva.approximation.settings import Settings
from dkva.cli.settings import _HELP, setting_options

pytestmark = pytest.mark.fast


@click.command()
@setting_options
def show(**given):
    """Settings as they are read."""
    click.echo(repr(Settings(**given)))


def read(*arguments):
    return CliRunner().invoke(show, arguments)


def test_every_setting_has_one_option_and_a_text():
    assert _HELP.keys() == {each.name for each in fields(Settings)}
    options = [option for parameter in show.params for option in parameter.opts]
    assert sorted(options) == sorted(f"--{each.name.replace('_', '-')}" for each in fields(Settings))


def test_without_options_settings_are_the_defaults():
    assert read().output == f"{Settings()!r}\n"


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
    text = CliRunner().invoke(show, ["--help"], terminal_width=200).output
    for each in fields(Settings):
        for name in each.metadata["rule"].names:
            assert name in text
        if each.default is not None:
            assert f"[default: {each.default}]" in text


def test_what_is_no_choice_is_refused():
    done = read("--estimator", "exact")
    assert done.exit_code == 2
    assert "'exact' is not one of 'video', 'batch'" in done.output
