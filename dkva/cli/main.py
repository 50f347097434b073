"""Command line: `dkva`, its commands, and how it ends."""

from __future__ import annotations

import os
import sys

import click

from dkva import __version__
from dkva.cli.align import align
from dkva.cli.compare import compare
from dkva.cli.data import data
from dkva.cli.embed import embed
from dkva.cli.evaluate import evaluate
from dkva.cli.export import export
from dkva.cli.methods import methods
from dkva.cli.plugged import PluggedGroup
from dkva.cli.retrieve import retrieve
from dkva.cli.segment import segment
from dkva.cli.terminal import complain
from dkva.cli.train import train
from dkva.cli.transfer import transfer

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run `dkva`; a wrong call or input ends with exit status 2 and one line an error on stderr."""
    try:
        status = _dkva.main(arguments, prog_name="dkva", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else error.format_message())
        status = 2
    except click.UsageError as error:
        hint = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        complain(f"{error.format_message().rstrip('.')}{hint}")
        status = 2
    except click.ClickException as error:
        complain(error.format_message())
        status = 2
    except (click.Abort, KeyboardInterrupt):
        complain("stopped; what was done is kept, run the same command to go on")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)  # threads of a compilation cut short would crash the interpreter's own way out
    sys.exit(status or 0)


@click.group(
    cls=PluggedGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:  dkva segment features/ -k 6 --labels groundTruth/ --plot",
)
@click.version_option(__version__, message="dkva %(version)s")
def _dkva() -> None:
    """Cut videos into their actions without labels, training or a network."""


_dkva.add_command(align)
_dkva.add_command(compare)
_dkva.add_command(data)
_dkva.add_command(embed)
_dkva.add_command(evaluate)
_dkva.add_command(export)
_dkva.add_command(methods)
_dkva.add_command(retrieve)
_dkva.add_command(segment)
_dkva.add_command(train)
_dkva.add_command(transfer)
