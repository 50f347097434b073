"""Options of the command line that are settings of the method: names, defaults and choices are theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import click

from dkva.approximation.settings import Rule, Settings

__all__ = ["setting_options"]

# What each setting does, in a few words.
_HELP = {
    "kernel": "Similarity of frames.",
    "smoothing": "Window over time, in uniform segments (a·frames/k); 0 for none.",
    "epochs": "Passes over each video.",
    "estimator": "Terms of the loss that do not depend on what is learned: of the video, or each batch.",
    "init": "What learning starts from.",
    "length_scale": "Of the Gaussian.",
    "learning_rate": "Adam's.",
    "weight_decay": "Weight of the norm of the synthetic frames.",
    "batch_size": "Frames a step; by default min(512, frames // k).",
    "tolerance": "Stop early if the loss falls by no more than this share in five epochs; 0: never.",
    "assignment": "How a frame finds its synthetic frame: by the kernel, or by distance.",
    "depth": "Hidden layers of the infinitely wide network.",
    "activation": "Of the infinitely wide network.",
    "weight_std": "Standard deviation of its weights.",
    "bias_std": "Standard deviation of its biases.",
}


class _NameOrNumber(click.ParamType):
    """One of some names, or a number; anything else is left to the settings' own check."""

    name: str

    def __init__(self, rule: Rule, number: type):
        self._number = number
        self.name = " or ".join([*rule.names, "number"])

    def get_metavar(self, *context, **more) -> str:
        """What help shows; click would put it in capitals."""
        del context, more
        return self.name

    def convert(self, value, param, ctx):
        """The number, or the text as it is."""
        del param, ctx
        try:
            return self._number(value)
        except ValueError:
            return value


def _type_of(rule: Rule) -> click.ParamType | type:
    if rule.number is None:
        return click.Choice(rule.names)
    return _NameOrNumber(rule, rule.number) if rule.names else rule.number


def setting_options(command: Callable) -> Callable:
    """Give a command one option for each field of `dkva.Settings`, by its name, such as --weight-decay."""
    settings = {each.name: each for each in fields(Settings)}
    for name in reversed(_HELP):  # click shows the option that was added last first
        each = settings[name]
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=_type_of(each.metadata["rule"]),
            default=each.default,
            show_default=each.default is not None,
            help=_HELP[name],
        )(command)
    return command
