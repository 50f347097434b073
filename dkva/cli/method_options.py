"""Options of the command line that are settings of a method: names, defaults and choices are the method's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from dkva.experiments.method_settings import REQUIRED, Setting, settings_of, unknown_setting
from dkva.experiments.registry import LEARNER, SEGMENTER, Listed, find, listed

__all__ = [
    "DEFAULT_METHOD",
    "RECORDING_METHOD",
    "RECORDING_SHORTEST",
    "MethodCommand",
    "default_shortest",
    "in_words",
    "reason_for_method",
    "setting_options",
]

#: The method of who names none; docs/which_method.md says why.
DEFAULT_METHOD = "kms"

#: The same for recordings, whose features are made here; docs/own_recording.md says why.
RECORDING_METHOD = "smoothed_kmeans"

#: Seconds of the shortest action of interest there, which set its smoothing; chosen on the development
#: recordings of reproduce/table_recordings.py. None leaves the smoothing as it is.
RECORDING_SHORTEST: float | None = 3.0

# Why an option is not known where no method is named.
_NO_METHOD = "settings are of a method, which --method must name"
_OF_MODEL = "settings of a method are the model's, and none are given beside --model"

_REASON = (
    "method kms (kernel mean segments): on average ahead of the others on labelled real sequences, see "
    "docs/which_method.md; the paper's method is --method dkva"
)

_RECORDING_REASON = (
    "method smoothed_kmeans (smoothed k-means), smoothed for actions of 3 s unless --shortest is given: "
    "ahead of the others or level on recordings with known actions, see docs/own_recording.md; the paper's "
    "method is --method dkva, there best with --init kmeans and --shortest"
)

# The paper's method, which its own settings select, too.
_PAPERS = "dkva"
_CALLED = {
    DEFAULT_METHOD: "kernel mean segments",
    RECORDING_METHOD: "smoothed k-means",
    _PAPERS: "the paper's method",
}

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
    "assignment": "How a frame finds its synthetic frame: by the kernel, by distance, or steadied in time.",
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


def in_words(method: Listed) -> str:
    """What a method does, and what a learner is trained on and its models do, on one line."""
    if method.kind == SEGMENTER:
        return method.about
    several = " of one activity or several" if method.mixes else ""
    does = f"; {', '.join(f'{each}s' for each in method.does)}" if method.does else ""
    return f"{method.about} (trained on a collection of videos{several}{does})"


def setting_options(method: Listed) -> list[click.Option]:
    """One option for each setting of a method, by its name, such as --weight-decay."""
    settings = {each.name: each for each in settings_of(method)}
    texts = _HELP if _HELP.keys() <= settings.keys() else {}
    order = [*texts, *(name for name in settings if name not in texts)]
    return [_option(settings[name], texts.get(name) or _sentence(settings[name].about)) for name in order]


def _sentence(text: str) -> str:
    return (text[:1].upper() if text[:1].isascii() else text[:1]) + text[1:]  # λ stays λ


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


class _Default(NamedTuple):
    """The method of a command line that names none.

    Attributes:
        method: its id.
        reason: why, on one line.
        shortest: seconds of the shortest action of interest unless the command line says.
    """

    method: str
    reason: str
    shortest: float | None = None


class _Chosen(NamedTuple):
    """The method of a command line.

    Attributes:
        method: whose settings are options; None if none is named.
        options: of these settings.
        reason: why it is this one, on one line; "" if --method says so.
        shortest: seconds of the shortest action of interest unless the command line says.
    """

    method: Listed | None = None
    options: Sequence[click.Option] = ()
    reason: str = ""
    shortest: float | None = None


def reason_for_method() -> str:
    """Why the running command has its method, on one line; "" if --method says so."""
    return click.get_current_context().meta[__name__].reason


def default_shortest() -> float | None:
    """Seconds of the shortest action of interest that the running command has unless it is told."""
    return click.get_current_context().meta[__name__].shortest


# What methods of another kind than a command's are used by.
_ELSEWHERE = {
    SEGMENTER: "works on one video at a time and is not trained: dkva segment --method {0}",
    LEARNER: "is trained on a collection of videos: dkva train --method {0}, then dkva segment --model",
}


class MethodCommand(click.Command):
    """A command with an option --method ID, which takes the settings of that method as further options.

    Without --method a segmenter is the default one, or the paper's if an option is a setting of that one
    alone; recordings have a default of their own. A learner must be named. A command that has an option
    --model takes no settings beside it.

    Args:
        kind: of the methods, one of `dkva.experiments.registry.KINDS`.
        of_recordings: tells whether a path that is given is of recordings; None if the command takes none.
    """

    def __init__(
        self,
        *given,
        kind: str = SEGMENTER,
        of_recordings: Callable[[Path], bool] | None = None,
        **more,
    ):
        super().__init__(*given, **more)
        self._kind, self._of_recordings = kind, of_recordings

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments by the options of the method that they name.

        Raises:
            click.UsageError: an option that the command does not have, nor the method as a setting; or no
                method where one must be named.
            click.ClickException: an unknown or broken method, one of another kind, or settings of two methods
                without --method.
        """
        by_model = "model" in {each.name for each in self.params} and _last("--model", args) is not None
        try:
            chosen = _Chosen() if by_model else self._chosen(ctx, args)
        except (ValueError, ImportError) as error:
            raise click.ClickException(str(error)) from error
        ctx.meta[__name__] = chosen
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            sure = by_model or (chosen.method is not None and not chosen.reason)
            if not error.option_name.startswith("--") or (error.possibilities and not sure):
                raise
            why = _OF_MODEL if by_model else _NO_METHOD
            if chosen.method:
                why = unknown_setting(chosen.method, error.option_name.lstrip("-").replace("-", "_"))
            raise click.UsageError(f"No such option {error.option_name}: {why}", ctx) from error
        if chosen.method:
            ctx.params["method"] = chosen.method.id
        elif not by_model:
            names = ", ".join(listed(self._kind)[0]) or "none is installed"
            raise click.UsageError(f"Missing option '--method': choose a {self._kind} ({names})", ctx)
        return rest

    def _chosen(self, ctx: click.Context, arguments: list[str]) -> _Chosen:
        """The method of a command line. Raises ValueError, ImportError."""
        named = _last("--method", arguments)
        if named is None and self._kind != SEGMENTER:
            return _Chosen()
        default = _Default(DEFAULT_METHOD, _REASON) if named else self._default(ctx, arguments)
        method, reason = (named, "") if named else self._method_by_settings(arguments, default)
        found = find(method)
        if found.kind != self._kind:
            raise ValueError(f"{method} {_ELSEWHERE[found.kind].format(method)}")
        shortest = None if named or method != default.method else default.shortest
        return _Chosen(found, self._settings(found), reason, shortest)

    def _default(self, ctx: click.Context, arguments: list[str]) -> _Default:
        """The method without --method and settings."""
        if not self._given_recordings(ctx, arguments):
            return _Default(DEFAULT_METHOD, _REASON)
        return _Default(RECORDING_METHOD, _RECORDING_REASON, RECORDING_SHORTEST)

    def _given_recordings(self, ctx: click.Context, arguments: list[str]) -> bool:
        """Whether one of the paths is of recordings, before the method's own options are known."""
        if self._of_recordings is None:
            return False
        parser = self.make_parser(ctx)
        parser.ignore_unknown_options = True
        try:
            values, _, _ = parser.parse_args(list(arguments))
        except click.UsageError:  # it is told when all options are known
            return False
        paths = [values.get(each.name) for each in self.params if isinstance(each, click.Argument)]
        given = [path for each in paths if isinstance(each, list | tuple) for path in each]
        return any(self._of_recordings(Path(path)) for path in given)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, the method's settings after --method."""
        params = super().get_params(ctx)
        settings = ctx.meta[__name__].options if __name__ in ctx.meta else ()
        after = 1 + next(place for place, each in enumerate(params) if each.name == "method")
        return [*params[:after], *settings, *params[after:]]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The methods that are trained, or the one that is named, before the examples."""
        if self._kind == LEARNER:
            chosen = ctx.meta[__name__].method if __name__ in ctx.meta else None
            shown = {chosen.id: chosen} if chosen else listed(self._kind)[0]
            with formatter.section("Methods"):
                formatter.write_dl([(name, in_words(each)) for name, each in shown.items()])
        super().format_epilog(ctx, formatter)

    def _method_by_settings(self, arguments: Sequence[str], default: _Default) -> tuple[str, str]:
        """Id of the method that the given settings are of, and why it is this one.

        Raises:
            ValueError: settings of two methods.
        """
        mine = {option for each in self.params for option in each.opts}
        given = [option for option in _options_in(arguments) if option not in mine]
        if not given:
            return default.method, default.reason
        of_default, of_paper = (
            [option for option in given if option in _names(setting_options(find(method)))]
            for method in (default.method, _PAPERS)
        )
        of_paper = [option for option in of_paper if option not in of_default]
        if of_default and of_paper:
            raise ValueError(
                f"{of_default[0]} is a setting of {default.method} and {of_paper[0]} one of {_PAPERS}: leave "
                "one out, or say which with --method"
            )
        if not of_default and not of_paper:
            return default.method, default.reason
        method, option = (_PAPERS, of_paper[0]) if of_paper else (default.method, of_default[0])
        return method, f"{option} is a setting of {_CALLED[method]}: --method {method} is used"

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


def _names(options: Sequence[click.Option]) -> set[str]:
    return {name for each in options for name in (*each.opts, *each.secondary_opts)}


def _options_in(arguments: Sequence[str]) -> list[str]:
    """Words that look like long options, before the arguments are parsed."""
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def _last(option: str, arguments: Sequence[str]) -> str | None:
    """The last value of an option, before the arguments are parsed."""
    chosen = None
    for index, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith(f"{option}="):
            chosen = word.partition("=")[2]
        elif word == option and index + 1 < len(arguments):
            chosen = arguments[index + 1]
    return chosen
