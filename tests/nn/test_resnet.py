"""ResNets against SciPy's correlation; against torchvision: tests/against_torch."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from scipy.signal import correlate
from unoptimised import unoptimised_modules

from dkva.nn.resnet import RESNET50, RESNET50_IN_CONV4, ResNet, parted, with_weights
from dkva.nn.trees import arrays_of, with_arrays

pytestmark = pytest.mark.fast

rng = np.random.default_rng(0)


def made(blocks=(1, 2), width=2, classes=None):
    """A network in float64 whose statistics are those of no start, and its arrays."""
    network = filled(ResNet, blocks, width=width, classes=classes)
    arrays = {
        name: rng.uniform(0.5, 1.5, array.shape) if array.ndim == 1 else np.asarray(array, float)
        for name, array in arrays_of(network).items()
    }
    return with_arrays(network, arrays), arrays


class Reference:
    """The same network in NumPy, one image and one channel after another."""

    def __init__(self, arrays, training):
        self.arrays, self.training = arrays, training

    def convolved(self, maps, name, stride, size):
        padded = np.pad(maps, ((0, 0), (0, 0), (size // 2,) * 2, (size // 2,) * 2))
        weight = self.arrays[f"{name}.weight"]
        found = [[correlate(image, kernel, "valid")[0] for kernel in weight] for image in padded]
        return np.array(found)[:, :, ::stride, ::stride]

    def normalised(self, maps, name):
        mean, variance = (self.arrays[f"{name}.running_{each}"] for each in ("mean", "var"))
        if self.training:
            mean, variance = maps.mean((0, 2, 3)), maps.var((0, 2, 3))
        by_channel = np.moveaxis(maps, 1, -1)
        scaled = (by_channel - mean) / np.sqrt(variance + 1e-5)
        return np.moveaxis(scaled * self.arrays[f"{name}.weight"] + self.arrays[f"{name}.bias"], -1, 1)

    def block(self, maps, name, stride):
        inside = maps
        for place, (step, size) in enumerate([(1, 1), (stride, 3), (1, 1)], start=1):
            inside = np.maximum(inside, 0) if place > 1 else inside
            inside = self.convolved(inside, f"{name}.conv{place}", step, size)
            inside = self.normalised(inside, f"{name}.bn{place}")
        if f"{name}.downsample.0.weight" in self.arrays:
            maps = self.convolved(maps, f"{name}.downsample.0", stride, 1)
            maps = self.normalised(maps, f"{name}.downsample.1")
        return np.maximum(inside + maps, 0)

    def __call__(self, images, blocks):
        maps = np.maximum(self.normalised(self.convolved(images, "conv1", 2, 7), "bn1"), 0)
        padded = np.pad(maps, ((0, 0), (0, 0), (1, 1), (1, 1)))  # after ReLU 0 is the least
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        maps = windows.max((-2, -1))[:, :, ::2, ::2]
        for stage, number in enumerate(blocks):
            for block in range(number):
                maps = self.block(maps, f"stages.{stage}.{block}", 2 if stage and not block else 1)
        return maps


@pytest.mark.numerics
@pytest.mark.parametrize("training", [False, True])
def test_maps_are_those_of_the_definition(training, x64):
    network, arrays = made()
    images = rng.standard_normal((3, 3, 20, 18))
    run = eqx.filter_jit if training else unoptimised_modules
    found, seen = run(network)(jnp.asarray(images), training=training)
    assert found.shape == (3, network.channels, 3, 3)
    np.testing.assert_allclose(found, Reference(arrays, training)(images, (1, 2)), atol=1e-10)
    for name, array in arrays_of(seen).items():  # every statistic moves in training, and else nothing
        assert np.array_equal(array, arrays[name]) != (training and "running" in name), name


def test_classes_are_of_the_means_over_positions(x64):
    network, arrays = made(blocks=(1,), classes=5)
    images = rng.standard_normal((2, 3, 16, 16))
    found, _ = eqx.filter_jit(network)(jnp.asarray(images), training=False)
    means = Reference(arrays, False)(images, (1,)).mean((2, 3))
    np.testing.assert_allclose(found, means @ arrays["fc.weight"].T + arrays["fc.bias"], atol=1e-10)


@pytest.mark.parametrize("training", [False, True])
def test_a_network_in_two_parts_is_the_same(training, x64):
    network, _ = made(blocks=(1, 1))
    images = jnp.asarray(rng.standard_normal((3, 3, 20, 18)))
    run = eqx.filter_jit(lambda part, given: part(given, training=training))
    want, seen = run(network, images)
    first, last = parted(network)
    maps, first_seen = run(first, images)
    assert maps.shape == (3, first.channels, 5, 5)
    found, last_seen = run(last, maps)
    np.testing.assert_allclose(found, want, rtol=1e-12)
    mine, other = arrays_of((first_seen, last_seen)), arrays_of(parted(seen))
    for name, array in other.items():
        np.testing.assert_allclose(mine[name], array, rtol=1e-12)
    assert eqx.tree_equal(last_seen, last) != training


@pytest.mark.parametrize(("blocks", "classes"), [((2,), None), ((1, 1), 3)])
def test_what_has_no_two_parts(blocks, classes):
    with pytest.raises(
        ValueError, match=r"^the network has one stage, or gives classes: give one of two stages"
    ):
        parted(eqx.filter_eval_shape(ResNet, blocks, width=2, classes=classes, key=jax.random.key(0)))


def test_size_and_names_of_resnet_50():
    """161 learned arrays of 25 557 032 numbers in all, as torchvision says, and 53 normalisations."""
    whole = eqx.filter_eval_shape(ResNet, RESNET50, classes=1000, key=jax.random.key(0))
    cut = eqx.filter_eval_shape(ResNet, RESNET50_IN_CONV4, key=jax.random.key(0))
    learned, statistics = {}, {}
    for path, leaf in jax.tree_util.tree_flatten_with_path(whole)[0]:
        name = jax.tree_util.keystr(path)
        (statistics if "running" in name else learned)[name] = leaf.shape
    assert sum(map(np.prod, learned.values())) == 25_557_032
    assert len(learned) == 161
    assert len(statistics) == 2 * 53
    assert cut.channels == 1024
    # The last three blocks of the third stage, the fourth stage and the classes have the others.
    left_out = 3 * (1024 * 256 + 256 * 256 * 9 + 256 * 1024 + 2 * (256 + 256 + 1024))
    fourth = sum(np.prod(shape) for name, shape in learned.items() if "stages[3]" in name)
    weights = [
        leaf for path, leaf in jax.tree_util.tree_flatten_with_path(cut)[0] if "running" not in str(path)
    ]
    assert sum(np.prod(leaf.shape) for leaf in weights) == 25_557_032 - left_out - fourth - 2_049_000


def test_convolutions_start_as_torchvision_starts_them(key):
    network = ResNet((1,), width=64, key=key)
    for layer, fan_out in ((network.conv1, 64 * 49), (network.stages[0][0].conv2, 64 * 9)):
        assert np.std(layer.weight) == pytest.approx(np.sqrt(2 / fan_out), rel=0.05)


def stored(network, folder, **changes):
    """A file with torchvision's names."""
    arrays = {name.replace("stages.0", "layer1"): each for name, each in arrays_of(network).items()}
    path = folder / "weights.npz"
    np.savez(path, **{name: each for name, each in (arrays | changes).items() if each is not None})
    return path


def test_weights_of_a_file(tmp_path):
    given, blank = (filled(ResNet, (2,), width=2, seed=seed) for seed in (1, 2))
    further = np.zeros((5, 8))
    found = with_weights(blank, stored(given, tmp_path, **{"fc.weight": further}))
    assert eqx.tree_equal(found, given)


def test_weights_that_are_missing_or_of_another_shape(tmp_path):
    network = filled(ResNet, (1,), width=2)
    path = stored(network, tmp_path, **{"layer1.0.bn2.bias": None})
    with pytest.raises(ValueError, match=r"weights.npz has no layer1\.0\.bn2\.bias: give the state dict of"):
        with_weights(network, path)
    with pytest.raises(ValueError, match=r"has no layer1\.0\.bn2\.bias and 15 more: give"):
        with_weights(filled(ResNet, (2,), width=2), path)
    path = stored(network, tmp_path, **{"conv1.weight": np.zeros((3, 3, 7, 7))})
    with pytest.raises(ValueError, match=r"weights.npz: array 'conv1.weight' is of shape \(3, 3, 7, 7\)"):
        with_weights(network, path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"blocks": ()}, "give the number of blocks"),
        ({"blocks": (1, 0)}, r"blocks\[1\] is 0"),
        ({"width": 0}, "width is 0"),
    ],
)
def test_bad_arguments(arguments, message, key):
    with pytest.raises(ValueError, match=message):
        ResNet(**{"blocks": (1,), "width": 2, "key": key} | arguments)
