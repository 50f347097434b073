"""The embedder of frames with their context, and its gradients, against the same layers of PyTorch."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.conv_embedder import ConvEmbedder
from dkva.nn.trees import arrays_of, with_arrays

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")

CHANNELS, HIDDEN, OUTPUTS = 12, 8, 5
MAPS = np.random.default_rng(0).standard_normal((6, 2, CHANNELS, 4, 3))
#: Places of PyTorch's layers below.
PLACES = {
    "convolutions.0": 0,
    "norms.0": 1,
    "convolutions.1": 3,
    "norms.1": 4,
    "layers.0": 8,
    "layers.1": 10,
    "layers.2": 12,
}


@pytest.fixture
def theirs():
    torch.manual_seed(0)
    layers = torch.nn
    return layers.Sequential(
        layers.Conv3d(CHANNELS, HIDDEN, 3, padding=1),
        layers.BatchNorm3d(HIDDEN),
        layers.ReLU(),
        layers.Conv3d(HIDDEN, HIDDEN, 3, padding=1),
        layers.BatchNorm3d(HIDDEN),
        layers.ReLU(),
        layers.AdaptiveMaxPool3d(1),
        layers.Flatten(),
        layers.Linear(HIDDEN, HIDDEN),
        layers.ReLU(),
        layers.Linear(HIDDEN, HIDDEN),
        layers.ReLU(),
        layers.Linear(HIDDEN, OUTPUTS),
    ).double()


def their_name(name):
    layer, _, array = name.rpartition(".")
    return f"{PLACES[layer]}.{array}"


@pytest.mark.parametrize("training", [False, True])
def test_embedded_frames_and_gradients(theirs, training, x64):
    blank = ConvEmbedder(CHANNELS, hidden=HIDDEN, outputs=OUTPUTS, dropout=0.0, key=jax.random.key(0))
    state = {name: array.numpy().copy() for name, array in theirs.state_dict().items()}
    arrays = {name: state[their_name(name)].reshape(array.shape) for name, array in arrays_of(blank).items()}
    ours = with_arrays(blank, arrays)
    cotangent = np.random.default_rng(1).standard_normal((len(MAPS), OUTPUTS))

    theirs.train(training)
    given = torch.tensor(MAPS, requires_grad=True)
    want = torch.nn.functional.normalize(theirs(given.transpose(1, 2)), dim=-1)
    (want * torch.tensor(cotangent)).sum().backward()

    def value(pair):
        embedder, maps = pair
        found, seen = embedder(maps, key=jax.random.key(0) if training else None)
        return jnp.sum(found * cotangent), (found, seen)

    run = eqx.filter_value_and_grad(value, has_aux=True)
    (_, (found, seen)), (gradient, of_maps) = run((ours, jnp.asarray(MAPS)))
    np.testing.assert_allclose(found, want.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(of_maps, given.grad.numpy(), atol=1e-11)
    slopes = {name: each.grad.numpy() for name, each in theirs.named_parameters()}
    after = theirs.state_dict()
    for name, mine in arrays_of(gradient).items():
        if "running" in name:
            np.testing.assert_allclose(arrays_of(seen)[name], after[their_name(name)].numpy(), rtol=1e-12)
        else:
            want_slope = slopes[their_name(name)].reshape(mine.shape)
            np.testing.assert_allclose(mine, want_slope, atol=1e-11 * max(1, np.abs(want_slope).max()))
