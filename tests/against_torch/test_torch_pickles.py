"""State dicts of PyTorch's, in both of its formats, are read without it as it reads them itself."""

import numpy as np
import pytest

from dkva.nn.torch_pickles import read_tensors

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")

BASE = torch.arange(24).reshape(2, 3, 4)


@pytest.mark.parametrize("archive", [False, True])
def test_state_dicts_of_any_kind_and_layout(tmp_path, archive):
    kinds = (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16,
        torch.bfloat16, torch.float32, torch.float64,
    )  # fmt: skip
    state = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2)).state_dict()
    state |= {str(kind): BASE.to(kind) for kind in kinds}
    state |= {
        "turned": BASE.permute(2, 0, 1),
        "part": BASE[1, ::2, 1:3],
        "none": BASE[:, :0],
        "one": torch.tensor(7),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "grown": torch.ones(3, requires_grad=True),
    }
    path = tmp_path / "state.pth"
    torch.save(state, path, _use_new_zipfile_serialization=archive)
    want, found = torch.load(path, weights_only=True), read_tensors(path)
    assert list(found) == list(want)
    for name, tensor in want.items():
        plain = tensor.detach()
        plain = plain.float() if plain.dtype == torch.bfloat16 else plain
        np.testing.assert_array_equal(found[name], plain.numpy(), strict=True)


@pytest.mark.parametrize("archive", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        {"w": torch.zeros(2).to_sparse()},
        {"w": torch.zeros(2, dtype=torch.complex64)},
        print,
        torch.nn.Linear(1, 1),
    ],
)
def test_all_else_is_refused(tmp_path, archive, content):
    torch.save(content, tmp_path / "other.pth", _use_new_zipfile_serialization=archive)
    with pytest.raises(ValueError, match=r"other.pth: is refused: it asks for (a storage|\w+\.)"):
        read_tensors(tmp_path / "other.pth")
