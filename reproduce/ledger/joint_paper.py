"""What the paper on joint alignment and segmentation says: its numbers, and its claims in our own words.

Ali et al., "Joint self-supervised video alignment and action segmentation", ICCV 2025. Of its text we have
the abstract; its numbers are from a written note on it. Scores are in %.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reproduce.ledger.paper import Claim

__all__ = ["JOINT_CLAIMS", "PUBLISHED_ALIGNMENT", "PUBLISHED_SEGMENTATION"]

#: Of VASOT, videos matched together: MoF, F1 and mIoU by data set.
PUBLISHED_SEGMENTATION: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "Breakfast": (57.5, 39.0, 18.8),
        "50 Salads (eval)": (60.6, 57.4, 34.5),
        "Desktop Assembly": (70.9, 75.1, 49.3),
    }
)

#: On IKEA ASM: accuracy with 10, 50 and 100 % of the training videos, AP@5, 10 and 15; None where the note
#: has no number.
PUBLISHED_ALIGNMENT: Mapping[str, tuple[float | None, ...]] = MappingProxyType(
    {
        "VAOT": (33.73, 36.42, 38.64, 31.49, 31.92, 32.01),
        "VAOT without structure": (None, None, 37.81, 27.54, None, None),
        "VAOT without prior": (None, None, 17.84, 15.63, None, None),
        "VAOT, unbalanced": (None, None, 25.24, 15.49, None, None),
        "VAOT without virtual frames": (None, None, 36.10, 29.57, None, None),
        "VAVA": (29.12, 29.95, 29.10, 26.42, 25.73, 25.80),
        "TCC": (22.70, 25.04, 25.63, 18.03, 17.53, 17.20),
    }
)

#: The claims by name.
JOINT_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        claim.id: claim
        for claim in (
            Claim(
                "joint-saves-time-and-memory",
                "One model for alignment and segmentation takes less time and memory than two for one each",
                "VASOT, abstract",
            ),
            Claim(
                "alignment-helps-segmentation",
                "Videos are segmented better if they are aligned by the same model, too",
                "VASOT, abstract",
            ),
            Claim(
                "joint-alignment-is-comparable",
                "Videos are aligned about as well by the model of both tasks as by one for alignment alone",
                "VASOT, abstract",
            ),
            Claim(
                "each-part-of-alignment-helps",
                "Structure, prior, balanced masses and virtual frames each make the alignment better",
                "VASOT, ablation",
            ),
        )
    }
)
