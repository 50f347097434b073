"""State dicts as PyTorch has written them over the years."""

import numpy as np
import pytest

from dkva.nn.torch_weights import read_weights

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")


def test_parameters_and_half_precision_are_read(tmp_path):
    """Early files hold parameters, which have gradients; NumPy has no bfloat16."""
    state = {
        "parameter": torch.nn.Parameter(torch.arange(3.0)),
        "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "count": torch.tensor(7),
    }
    torch.save(state, tmp_path / "old.pth")
    found = read_weights(tmp_path / "old.pth")
    np.testing.assert_array_equal(found["parameter"], np.arange(3, dtype=np.float32))
    np.testing.assert_array_equal(found["half"], np.array([1.5, -2], np.float32))
    assert found["count"] == 7
