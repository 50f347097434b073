"""The named kernels and what each is made of; a light table, read without JAX."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["KERNELS", "Parts"]


class Parts(NamedTuple):
    """What a named kernel is made of: an optional Gaussian times an optional neural kernel.

    Attributes:
        gaussian: whether it has a Gaussian factor.
        neural: its neural factor, "nngp" or "ntk"; None if it has none.
        sphere: whether the neural factor sees the frames projected onto the unit sphere.
        view: how it sees frames, one of `dkva.approximation.views.VIEWS`.
        authors: whether it is the authors' program's and not the paper's.
    """

    gaussian: bool
    neural: str | None
    sphere: bool = False
    view: str = "frames"
    authors: bool = False


#: Kernels of section 4.2 of the paper by name. The authors' program departs from their paper in three of
#: them (method: section 10). Two of these are kernels of their own here, their names ending with "_authors":
#: "ntk_sphere_authors" divides each feature of a batch by its norm over the batch and leaves the synthetic
#: frames as they are; "sntk_authors" draws its random features once for learning and anew for assignment.
#: The third, their "gauss_ntk_sphere", is "gauss_ntk".
KERNELS: Mapping[str, Parts] = MappingProxyType(
    {
        "gauss_ntk": Parts(gaussian=True, neural="ntk"),
        "gauss_ntk_sphere": Parts(gaussian=True, neural="ntk", sphere=True),
        "gaussian": Parts(gaussian=True, neural=None),
        "nngp": Parts(gaussian=False, neural="nngp"),
        "ntk": Parts(gaussian=False, neural="ntk"),
        "ntk_sphere": Parts(gaussian=False, neural="ntk", sphere=True),
        "ntk_sphere_authors": Parts(gaussian=False, neural="ntk", view="divided_batches", authors=True),
        "sntk": Parts(gaussian=False, neural="ntk", view="cosine_features"),
        "sntk_authors": Parts(gaussian=False, neural="ntk", view="redrawn_cosine_features", authors=True),
    }
)
