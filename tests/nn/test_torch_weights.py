"""Files of weights; PyTorch's own and safetensors' by its library: tests/against_torch."""

import json
import sys

import numpy as np
import pytest

from dkva.nn.torch_weights import read_weights

pytestmark = pytest.mark.fast

ARRAYS = {
    "half": (np.array([1.5, -2.0], "<f2"), "F16"),
    "single": (np.arange(6, dtype="<f4").reshape(2, 3), "F32"),
    "double": (np.array([[0.1]]), "F64"),
    "count": (np.array(7), "I64"),
}


def safetensors(path, entries, content, metadata=True):
    header = json.dumps(({"__metadata__": {"format": "pt"}} if metadata else {}) | entries).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + content)
    return path


@pytest.fixture
def file(tmp_path):
    entries, content = {}, b""
    for name, (array, kind) in ARRAYS.items():
        end = len(content) + array.nbytes
        entries[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(content), end]}
        content += array.tobytes()
    return safetensors(tmp_path / "weights.safetensors", entries, content)


def test_safetensors(file):
    found = read_weights(file)
    assert found.keys() == ARRAYS.keys()
    for name, (array, _) in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


def test_brain_floats_are_the_upper_halves_of_others(tmp_path):
    values = np.array([1.0, -3.5, 1e30], "<f4")
    upper = (values.view("<u4") >> 16).astype("<u2")
    entries = {"brain": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}
    path = safetensors(tmp_path / "weights.safetensors", entries, upper.tobytes(), metadata=False)
    np.testing.assert_array_equal(read_weights(path)["brain"][:2], values[:2])
    np.testing.assert_allclose(read_weights(path)["brain"], values, rtol=2**-7)


def test_npz(tmp_path):
    np.savez(tmp_path / "weights.npz", one=np.arange(3))
    assert read_weights(tmp_path / "weights.npz")["one"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("kept", [0, 4, 30, -1])
def test_files_cut_short(file, kept):
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"weights.safetensors: holds no state dict, or was cut short"):
        read_weights(file)


def test_kinds_of_numbers_that_nobody_has(tmp_path):
    entries = {"odd": {"dtype": "F8_E5M2", "shape": [1], "data_offsets": [0, 1]}}
    with pytest.raises(ValueError, match=r"cut short \(KeyError\)"):
        read_weights(safetensors(tmp_path / "weights.safetensors", entries, b"x"))


def test_files_that_are_no_weights(tmp_path):
    with pytest.raises(ValueError, match=r"ends with .npz, .safetensors, .pth, .pt"):
        read_weights(tmp_path / "weights.onnx")
    with pytest.raises(ValueError, match=r"weights.npz: there is no such file; check the path"):
        read_weights(tmp_path / "weights.npz")
    (tmp_path / "weights.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"holds no state dict, or was cut short \(\w+\); fetch it again"):
        read_weights(tmp_path / "weights.npz")


def test_files_of_pytorch_without_pytorch(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "weights.pth").touch()
    with pytest.raises(
        ImportError, match=r"weights.pth needs PyTorch to be read: pip install torch, or save"
    ):
        read_weights(tmp_path / "weights.pth")
