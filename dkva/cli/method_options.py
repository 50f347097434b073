"""Options of the command line that are settings of a method: names, defaults and choices are the method's."""

from __future__ import annotations

from collections.abc import Mapping

import click

from dkva.experiments.method_settings import REQUIRED, Setting, settings_of, unknown_setting
from dkva.experiments.registry import SEGMENTER, Listed, find

__all__ = ["MethodCommand", "setting_options"]

# What each of dkva's settings does, in fewer words than its code has.
_HELP: Mapping[str, str] = {
    "kernel": "Similarity of frames.",
    "smoothing": "Window over time, in uniform segments (a·frames/k); 0 for none.",
    "epochs": "Passes over each video.",
    "estimator": "Terms of the loss that do not depend on what is learned: of the video, or each batch.",
    "init": "What learning starts from.",
    "length_scale": "Of the Gaussian.",
    "learning_rate": "Step size of Adam, the optimiser.",
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

    def __init__(self, setting: Setting):
        self._number = setting.type
        self.name = " or ".join([*setting.choices, "number"])

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


def _type_of(setting: Setting) -> click.ParamType | type:
    if setting.choices:
        return click.Choice(setting.choices) if setting.type is str else _NameOrNumber(setting)
    return setting.type


def setting_options(method: Listed) -> list[click.Option]:
    """One option for each setting of a method, by its name, such as --weight-decay."""
    settings = {each.name: each for each in settings_of(method)}
    texts = _HELP if _HELP.keys() <= settings.keys() else {}
    order = [*texts, *(name for name in settings if name not in texts)]
    return [_option(settings[name], texts.get(name) or _sentence(settings[name].about)) for name in order]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _option(setting: Setting, text: str) -> click.Option:
    name = setting.name.replace("_", "-")
    required = setting.default is REQUIRED
    default = None if required else setting.default
    return click.Option(
        [f"--{name}/--no-{name}" if setting.type is bool else f"--{name}", setting.name],
        type=_type_of(setting),
        default=default,
        required=required,
        show_default=default is not None,
        help=text,
    )


class MethodCommand(click.Command):
    """A command with an option --method ID, which takes the settings of that method as further options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments by the options of the method that they name.

        Raises:
            click.UsageError: an option that the command does not have, nor the method as a setting.
            click.ClickException: an unknown or broken method, or one that is trained on collections.
        """
        chosen = _method_in(args)
        try:
            method = find(str(chosen or self._option("method").default))
            if method.kind != SEGMENTER:
                raise ValueError(f"{method.id} is trained on a collection of videos: choose another --method")
            ctx.meta[__name__] = method, self._settings(method)
        except (ValueError, ImportError) as error:
            raise click.ClickException(str(error)) from error
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if not error.option_name.startswith("--") or (error.possibilities and not chosen):
                raise
            name = error.option_name.lstrip("-").replace("-", "_")
            message = f"No such option {error.option_name}: {unknown_setting(method, name)}"
            raise click.UsageError(message, ctx) from error

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, the method's settings after --method."""
        params = super().get_params(ctx)
        _, settings = ctx.meta.get(__name__, (None, []))
        after = params.index(self._option("method")) + 1
        return [*params[:after], *settings, *params[after:]]

    def _option(self, name: str) -> click.Parameter:
        return next(each for each in self.params if each.name == name)

    def _settings(self, method: Listed) -> list[click.Option]:
        options = setting_options(method)
        own = {option for each in self.params for option in each.opts}
        for each in options:
            if own & {*each.opts, *each.secondary_opts} or each.name in {mine.name for mine in self.params}:
                raise ValueError(
                    f"{method.id} has a setting {each.name!r}, which is an option of every method: "
                    f"{method.origin} must choose another name"
                )
        return options


def _method_in(arguments: list[str]) -> str | None:
    """The last value of --method, before the arguments are parsed."""
    chosen = None
    for index, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith("--method="):
            chosen = word.partition("=")[2]
        elif word == "--method" and index + 1 < len(arguments):
            chosen = arguments[index + 1]
    return chosen
