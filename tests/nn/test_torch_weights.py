"""Files of weights; PyTorch's own: tests/against_torch."""

import sys

import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import save_file

from dkva.nn.torch_weights import read_weights

pytestmark = pytest.mark.fast

ARRAYS = {
    "half": np.array([1.5, -2.0], "<f2"),
    "single": np.arange(6, dtype="<f4").reshape(2, 3),
    "double": np.array([[0.1]]),
    "count": np.array(7),
}


@pytest.fixture
def file(tmp_path):
    save_file(ARRAYS, tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


def test_safetensors(file):
    found = read_weights(file)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


def test_npz(tmp_path):
    np.savez(tmp_path / "weights.npz", one=np.arange(3))
    assert read_weights(tmp_path / "weights.npz")["one"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("kept", [0, 4, 30, -1])
def test_files_cut_short(file, kept):
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"weights.safetensors: holds no state dict .*, or was cut short"):
        read_weights(file)


def test_brain_floats_become_those_of_32_bits(tmp_path):
    values = np.array([1.5, -2], jnp.bfloat16)
    header = b'{"brain": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}'
    path = tmp_path / "weights.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + values.tobytes())
    want = np.array([1.5, -2], np.float32)
    np.testing.assert_array_equal(read_weights(path)["brain"], want, strict=True)


def test_what_numpy_cannot_hold(tmp_path):
    header = b'{"odd": {"dtype": "F6_E3M2", "shape": [4], "data_offsets": [0, 3]}}'
    path = tmp_path / "weights.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"xyz")
    with pytest.raises(ValueError, match=r"no state dict that NumPy can hold.*fetch it again, in float32"):
        read_weights(path)


def test_files_that_are_no_weights(tmp_path):
    with pytest.raises(ValueError, match=r"ends with .npz, .safetensors, .pth, .pt"):
        read_weights(tmp_path / "weights.onnx")
    with pytest.raises(ValueError, match=r"weights.npz: there is no such file; check the path"):
        read_weights(tmp_path / "weights.npz")
    (tmp_path / "weights.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"holds no state dict .*, or was cut short \(\w+\); fetch"):
        read_weights(tmp_path / "weights.npz")


def test_files_of_pytorch_without_pytorch(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "weights.pth").touch()
    with pytest.raises(
        ImportError, match=r"weights.pth needs PyTorch to be read: pip install torch, or save"
    ):
        read_weights(tmp_path / "weights.pth")


def test_safetensors_without_its_library(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match="needs safetensors to be read: pip install safetensors"):
        read_weights(file)
