"""What `dkva train` writes: the model, and beside it the state of a training that is under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from dkva.base.errors import ExperimentError
from dkva.cli.segmenting.model import in_words
from dkva.cli.shared_options import check_writable
from dkva.cli.terminal import remark
from dkva.experiments.models import STATE_OF, Checkpoint, read_facts

__all__ = ["State", "check_same", "earlier", "state_beside"]

_ANOTHER = "give another file with --out"

# Facts of which a model that was made otherwise differs in one at least, and what they are called.
_CALLED = {
    "learner": "the method",
    "settings": "its settings",
    "n_segments": "-k",
    "seed": "the seed",
    "names": "the videos",
    "reading": "how features are read",
}


def earlier(out: Path) -> dict[str, Any] | None:
    """Facts of the model that stands where the new one is to be; None if there is none.

    Raises:
        click.ClickException: a name that no model can have, a folder that cannot be written, or a file that
            is no model.
    """
    if out.is_dir():
        raise click.ClickException(f"{out}: is a folder; {_ANOTHER}")
    if out.suffix != ".npz":
        raise click.ClickException(f"{out}: is no name of a model; give one that ends in .npz with --out")
    check_writable(out.parent, _ANOTHER)
    return _facts(out, "model")


def _facts(path: Path, what: str) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        facts = read_facts(path)
        if (STATE_OF in facts) == (what == "model"):
            raise ExperimentError(what)
    except ExperimentError as error:
        raise click.ClickException(
            f"{path}: is there and is no {what} that this dkva reads; move it away, or {_ANOTHER}"
        ) from error
    return facts


def check_same(out: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise click.ClickException where a model that is there was made otherwise than the new one would be.

    Args:
        out: their file.
        old: facts of the one that is there.
        new: facts of the other.
    """
    if old.get("key") == new["key"]:
        return
    differ = [called for name, called in _CALLED.items() if old.get(name) != new[name]]
    raise click.ClickException(
        f"{out}: is another model ({in_words(old)}), which differs in "
        f"{', '.join(differ) or 'the features or the code'}; {_ANOTHER}, or replace it with --force"
    )


@dataclass(frozen=True)
class State(Checkpoint):
    """A checkpoint that tells whoever waits.

    Attributes:
        tell: is called each time after the state was kept.
    """

    tell: Callable[[], object] = field(default=lambda: None, compare=False)

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """As `Checkpoint.save`."""
        super().save(arrays)
        self.tell()


def state_beside(out: Path, key: str, *, force: bool) -> State:
    """Where a training keeps its state: model.part.npz beside model.npz.

    Args:
        out: the file of the model.
        key: of the model.
        force: whether the state of another training may be lost.

    Raises:
        click.ClickException: the state of another training that was stopped, or another file of that name.
    """
    path = out.with_name(f"{out.stem}.part.npz")
    facts = _facts(path, "state of a training")
    if facts is not None and facts[STATE_OF] == key:
        remark(f"{path}: the training goes on where it was stopped")
    elif facts is not None and not force:
        raise click.ClickException(
            f"{path}: is the state of another training that was stopped; {_ANOTHER}, or replace it with "
            "--force"
        )
    return State(path, key)
