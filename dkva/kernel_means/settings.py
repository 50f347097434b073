"""Settings of kernel mean segments: the name, default and check of each, in this one place."""

from __future__ import annotations

from dataclasses import dataclass

from dkva.base.checks import check_number, check_whole

__all__ = ["LEAST_LEVELS", "MAX_AVERAGING", "MOST_LEVELS", "KernelMeanSettings"]

#: Largest averaging; its standard deviation is a mean segment long.
MAX_AVERAGING = 1.0

#: The finest level that is made unless another is asked for.
MOST_LEVELS = 20

#: Levels without which there is no hint for the number of segments.
LEAST_LEVELS = 3


@dataclass(frozen=True, kw_only=True)
class KernelMeanSettings:
    """Settings of `dkva.KernelMeanSegmenter`.

    All defaults are this project's choice (its design note on the method), made once on 26 labelled sequences
    of several domains; no publication has them.

    Attributes:
        whitening: how far the variances of the standardised features' principal components are made equal,
            from 0 (not at all: suits a network's features and many sensors) to 1 (wholly).
        bandwidth: of the Gaussian kernel exp(-|x - y|² / (2 · bandwidth · median)), in medians of the squared
            distances between frames; a smaller one sees finer differences.
        landmarks: frames, evenly spaced, that carry the Nyström approximation of the kernel, at most.
        pieces: pieces of equal length that the video is cut over, at most; boundaries are then placed on
            frames. More are taken if there are fewer than twice as many as segments.
        components: principal components of the pieces' mean embeddings that are kept, at most.
        averaging: standard deviation of the Gaussian filter over time, in mean lengths of a segment (N / K).
        switch_price: what changing to another label costs, in shares of a mean segment's variance; the cut is
            refined under rising prices that end with this one. More of it gives longer segments.
        pick_price: the same where the refined cuts of several starts are compared.
        restarts: starts by k-means++, beside those by change points.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    whitening: float = 0.5
    bandwidth: float = 0.5
    landmarks: int = 256
    pieces: int = 1200
    components: int = 64
    averaging: float = 1 / 32
    switch_price: float = 0.15
    pick_price: float = 0.05
    restarts: int = 3

    def __post_init__(self) -> None:
        check_number("whitening", self.whitening, most=1)
        check_number("bandwidth", self.bandwidth, positive=True)
        for name in ("landmarks", "pieces", "components"):
            check_whole(name, getattr(self, name), least=1)
        check_number("averaging", self.averaging, most=MAX_AVERAGING)
        check_number("switch_price", self.switch_price)
        check_number("pick_price", self.pick_price)
        check_whole("restarts", self.restarts, least=0)
