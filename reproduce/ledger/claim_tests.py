"""The tests of all claims, one a claim: rows of results in, an effect in favour of the claim out.

A claim about a benchmark is tested on it where its results are there; a claim that is about no data set in
particular falls back on what stands in for the benchmarks, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reproduce.ledger.alignment_paper import ALIGNMENT_CLAIMS
from reproduce.ledger.alignment_tests import ALIGNMENT_TESTS
from reproduce.ledger.benchmark_tests import BENCHMARK_TESTS
from reproduce.ledger.compare import Test
from reproduce.ledger.joint_paper import JOINT_CLAIMS
from reproduce.ledger.joint_tests import JOINT_TESTS
from reproduce.ledger.kernel_tests import KERNEL_TESTS
from reproduce.ledger.keypoint_paper import KEYPOINT_CLAIMS
from reproduce.ledger.keypoint_tests import KEYPOINT_TESTS
from reproduce.ledger.moving5_tests import MOVING5_TESTS, STUDIED
from reproduce.ledger.paper import CLAIMS, Claim
from reproduce.ledger.rival_tests import RIVAL_TESTS
from reproduce.ledger.smoothing_tests import SMOOTHING_TESTS

__all__ = ["ALL_CLAIMS", "STUDIED", "TESTS"]

#: The claims of the paper, and then those of the papers whose systems stand beside it.
ALL_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {**CLAIMS, **JOINT_CLAIMS, **ALIGNMENT_CLAIMS, **KEYPOINT_CLAIMS}
)

_BY_CLAIM = {
    test.claim: test
    for test in (
        *MOVING5_TESTS,
        *KERNEL_TESTS,
        *SMOOTHING_TESTS,
        *BENCHMARK_TESTS,
        *RIVAL_TESTS,
        *JOINT_TESTS,
        *ALIGNMENT_TESTS,
        *KEYPOINT_TESTS,
    )
}

#: One test a claim, in the papers' order.
TESTS: tuple[Test, ...] = tuple(_BY_CLAIM[claim] for claim in ALL_CLAIMS)
