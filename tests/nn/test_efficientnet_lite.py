"""EfficientNet-Lite0 by its definition in NumPy, on narrow layers; by PyTorch: tests/against_torch."""

import equinox as eqx
import numpy as np
import pytest
from tolerances import eps

from dkva.nn.efficientnet_lite import EfficientNetLite0

# Stages as the paper's table has them: blocks, points of the depthwise convolution's side, stride, whether
# the block widens; the outputs are narrow here.
STAGES = [
    (1, 3, 1, False, 3), (2, 3, 2, True, 4), (2, 5, 2, True, 3), (3, 3, 2, True, 4), (3, 5, 1, True, 3),
    (4, 5, 2, True, 4), (1, 3, 1, True, 5),
]  # fmt: skip


#: Sides of which no half is even, and of which all are; light from one side, and from above.
RAMPS = np.meshgrid(np.linspace(-2, 2, 53), np.linspace(-2, 2, 32), indexing="ij")
IMAGES = (np.random.default_rng(1).standard_normal((2, 53, 32, 3)) + np.stack(RAMPS)[..., None]).astype("f4")


def normed(state, rng, convolution, norm, shape):
    state[f"{convolution}.weight"] = rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))
    state[f"{norm}.weight"] = rng.uniform(1.0, 2.0, shape[0])
    state[f"{norm}.bias"] = rng.uniform(1.0, 3.0, shape[0])


@pytest.fixture(scope="module")
def state():
    rng, made = np.random.default_rng(0), {}
    normed(made, rng, "_conv_stem", "_bn0", (4, 3, 3, 3))
    inputs, place = 4, 0
    for blocks, side, _, widens, outputs in STAGES:
        for _ in range(blocks):
            name, inside = f"_blocks.{place}", inputs
            if widens:
                inside = 2 * inputs
                normed(made, rng, f"{name}._expand_conv", f"{name}._bn0", (inside, inputs, 1, 1))
            normed(made, rng, f"{name}._depthwise_conv", f"{name}._bn1", (inside, 1, side, side))
            normed(made, rng, f"{name}._project_conv", f"{name}._bn2", (outputs, inside, 1, 1))
            inputs, place = outputs, place + 1
    normed(made, rng, "_conv_head", "_bn1", (6, inputs, 1, 1))
    made = {name: array.astype(np.float32) for name, array in made.items()}
    features(made, IMAGES[0].astype(np.float64))
    return made


def convolved(state, maps, convolution, norm, stride=1):
    """A convolution and a batch norm point by point, in float64; maps are [c, h, w]."""
    weight = state[f"{convolution}.weight"].astype(np.float64)
    outputs, inputs, side, _ = weight.shape
    height, width = (-(-size // stride) for size in maps.shape[1:])
    # As TensorFlow pads: as little as gives every point a place, and the odd one below and to the right.
    more = [
        max((n - 1) * stride + side - size, 0)
        for n, size in zip((height, width), maps.shape[1:], strict=True)
    ]
    padded = np.pad(maps, [(0, 0), *((each // 2, each - each // 2) for each in more)])
    found = np.zeros((outputs, height, width))
    for channel in range(outputs):
        seen = padded if inputs == len(maps) else padded[channel : channel + 1]
        for y in range(height):
            for x in range(width):
                window = seen[:, y * stride : y * stride + side, x * stride : x * stride + side]
                found[channel, y, x] = np.sum(window * weight[channel])
    if f"{norm}.running_mean" not in state:  # as training would leave it, so that little is cut off by ReLU6
        state[f"{norm}.running_mean"] = found.mean((1, 2)).astype(np.float32)
        state[f"{norm}.running_var"] = (0.2 + found.var((1, 2))).astype(np.float32)
    scale, bias, mean, variance = (
        state[f"{norm}.{each}"][:, None, None].astype(np.float64)
        for each in ("weight", "bias", "running_mean", "running_var")
    )
    return (found - mean) / np.sqrt(variance + 1e-3) * scale + bias


def features(state, image):
    """Features of an image [h, w, 3] by the definition."""
    maps = np.clip(convolved(state, image.transpose(2, 0, 1), "_conv_stem", "_bn0", 2), 0, 6)
    place = 0
    for blocks, _, first, widens, outputs in STAGES:
        for stride in (first, *(1,) * (blocks - 1)):
            name, inside = f"_blocks.{place}", maps
            if widens:
                inside = np.clip(convolved(state, inside, f"{name}._expand_conv", f"{name}._bn0"), 0, 6)
            inside = np.clip(
                convolved(state, inside, f"{name}._depthwise_conv", f"{name}._bn1", stride), 0, 6
            )
            inside = convolved(state, inside, f"{name}._project_conv", f"{name}._bn2")
            maps = inside + maps if stride == 1 and outputs == len(maps) else inside
            place += 1
    return np.clip(convolved(state, maps, "_conv_head", "_bn1"), 0, 6).mean((1, 2))


@pytest.mark.numerics
def test_features_are_those_of_the_definition(state):
    found = eqx.filter_jit(EfficientNetLite0.from_state(state))(IMAGES)
    want = np.stack([features(state, image.astype(np.float64)) for image in IMAGES])
    assert (want.std(0) > 0.01).all()  # no feature that ReLU6 has made the same for all
    # 49 layers, each of at most 27 products and a norm, of sizes up to 6; the norms keep errors so.
    np.testing.assert_allclose(found, want, rtol=0, atol=49 * 30 * eps(np.float32) * 6)


@pytest.mark.fast
def test_other_states_are_refused(state):
    for name in ("_blocks.3._bn1.running_var", "_conv_head.weight"):
        less = {other: array for other, array in state.items() if other != name}
        with pytest.raises(ValueError, match=rf"array '{name}' is missing: give the weights of an"):
            EfficientNetLite0.from_state(less)
    for name, shape in [
        ("_conv_stem.weight", (3, 4, 3, 3)),
        ("_conv_stem.weight", (3, 3)),
        ("_blocks.0._depthwise_conv.weight", (5, 1, 3, 3)),
        ("_blocks.1._expand_conv.weight", (6, 3, 3, 3)),
        ("_blocks.1._bn0.bias", (5,)),
        ("_blocks.2._project_conv.weight", (3, 7, 1, 1)),
    ]:
        with pytest.raises(ValueError, match=rf"array '{name}' is of shape .* fits the layers around it"):
            EfficientNetLite0.from_state(state | {name: np.zeros(shape, np.float32)})
