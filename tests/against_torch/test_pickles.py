"""Tensors as PyTorch pickles them are read without it."""

import pickle

import numpy as np
import pytest

from dkva.datasets.pickles import read_pickle

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")

BASE = torch.arange(24).reshape(2, 3, 4)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "tensor",
    [
        *(
            BASE.to(kind)
            for kind in (
                torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16,
                torch.float32, torch.float64,
            )
        ),
        BASE.permute(2, 0, 1),
        BASE[1, ::2, 1:3],
        BASE[:, :0],
        torch.tensor(7),
        torch.ones(3, requires_grad=True).detach(),
        torch.nn.Parameter(torch.ones(2)).data,
    ],
)  # fmt: skip
def test_tensors_of_any_kind_and_layout(tmp_path, tensor, protocol):
    path = tmp_path / "made.pkl"
    path.write_bytes(pickle.dumps([{"labels": tensor, "again": tensor}], protocol))
    (found,) = read_pickle(path, "", tensors=True)
    for array in found.values():
        assert array.dtype == tensor.numpy().dtype
        np.testing.assert_array_equal(array, tensor.numpy())
