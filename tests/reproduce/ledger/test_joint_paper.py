"""What is published of VAOT and VASOT."""

import pytest

from reproduce.ledger.claim_tests import ALL_CLAIMS
from reproduce.ledger.joint_paper import JOINT_CLAIMS, PUBLISHED_ALIGNMENT, PUBLISHED_SEGMENTATION
from reproduce.ledger.paper import CLAIMS

pytestmark = pytest.mark.fast


def test_numbers_of_the_paper():
    assert PUBLISHED_SEGMENTATION["Breakfast"] == (57.5, 39.0, 18.8)
    assert PUBLISHED_ALIGNMENT["VAOT"][:3] == (33.73, 36.42, 38.64)
    full = PUBLISHED_ALIGNMENT["VAOT"]
    for name, numbers in PUBLISHED_ALIGNMENT.items():
        assert len(numbers) == len(full)
        assert name == "VAOT" or (numbers[2] < full[2] and numbers[3] < full[3])


def test_no_claim_is_of_two_papers():
    assert not CLAIMS.keys() & JOINT_CLAIMS.keys()
    assert CLAIMS.keys() | JOINT_CLAIMS.keys() <= ALL_CLAIMS.keys()
