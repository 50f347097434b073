"""A video of a collection, wherever it comes from: its name, and its features and labels when asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

__all__ = ["Video"]


@dataclass(frozen=True)
class Video(ABC):
    """One video; nothing is read before it is asked for.

    Attributes:
        name: what it is called, with its activity before a slash where it has one, such as
            "coffee/P03_cam01_P03_coffee".
    """

    name: str

    @property
    def activity(self) -> str | None:
        """Its activity, or None."""
        return self.name.split("/")[0] if "/" in self.name else None

    @abstractmethod
    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] and labels [n], or None for the labels where there are none.

        Raises:
            ValueError: what is there cannot be used; the message names the file and the remedy.
        """
