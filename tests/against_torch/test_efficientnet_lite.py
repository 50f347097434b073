"""EfficientNet-Lite0 with its published weights, by the network that they were published with."""

import contextlib
import io

import equinox as eqx
import numpy as np
import pytest

from dkva.nn.efficientnet_lite import EfficientNetLite0
from dkva.nn.torch_pickles import read_tensors
from dkva.recordings.efficientnet import _weights

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")
theirs = pytest.importorskip(
    "efficientnet_lite_pytorch", reason="efficientnet_lite_pytorch is not installed: make test-torch"
)


@pytest.fixture(scope="module")
def path():
    try:
        return _weights()
    except ValueError as error:
        pytest.skip(str(error))


def test_published_weights_are_read_as_pytorch_reads_them(path):
    want = torch.load(path, weights_only=True)
    found = read_tensors(path)
    assert list(found) == list(want)
    for name, array in found.items():
        np.testing.assert_array_equal(array, want[name].numpy(), strict=True)


@pytest.mark.parametrize("size", [160, 224])
def test_features_of_published_weights(path, size):
    with contextlib.redirect_stdout(io.StringIO()):
        network = theirs.EfficientNet.from_name("efficientnet-lite0", image_size=size)
    network.load_state_dict(torch.load(path, weights_only=True))
    images = np.random.default_rng(0).uniform(-1, 1, (2, size, size, 3)).astype(np.float32)
    with torch.no_grad():
        maps = network.eval().extract_features(torch.tensor(images.transpose(0, 3, 1, 2)))
    found = eqx.filter_jit(EfficientNetLite0.from_state(read_tensors(path)))(images)
    np.testing.assert_allclose(found, maps.mean((2, 3)).numpy(), rtol=0, atol=1e-4)
