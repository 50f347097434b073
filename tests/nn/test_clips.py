"""Images of clips by loops; against torchvision's transforms: tests/against_torch."""

import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.clips import Augmentation, check_frames, draw_augmentation, images, with_context

pytestmark = pytest.mark.fast

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def normalised(pixels):
    return np.moveaxis((pixels - MEAN) / DEVIATION, -1, 1)


def frames(n=4, height=6, width=5):
    return np.random.default_rng(0).integers(0, 256, (n, height, width, 3), dtype=np.uint8)


def test_context_is_earlier_and_not_before_the_start():
    assert with_context(np.array([0, 3, 15, 40]), 15).tolist() == [[0, 0], [0, 3], [0, 15], [25, 40]]


@pytest.mark.numerics
def test_colours_of_each_image_and_one_flip(x64):
    drawn = Augmentation(
        np.array([1.0, 1.1, 0.9, 1.1]),
        np.array([1.0, 0.5, 1.5, 0.6]),
        np.array([False, False, True, True]),
        np.array(True),
    )
    given = frames(width=6)
    wanted = []
    for place, frame in enumerate(given):
        pixels = frame / 255
        steps = [
            lambda image, factor=drawn.brightness[place]: np.clip(image * factor, 0, 1),
            lambda image, factor=drawn.contrast[place]: np.clip(
                factor * image + (1 - factor) * (image @ [0.2989, 0.587, 0.114]).mean(), 0, 1
            ),
        ]
        for step in reversed(steps) if drawn.contrast_first[place] else steps:
            pixels = step(pixels)
        wanted.append(pixels[:, ::-1])
    np.testing.assert_allclose(images(jnp.asarray(given), 6, drawn), normalised(np.stack(wanted)), atol=1e-12)


@pytest.mark.numerics
def test_shrinking_takes_means_and_stretching_lines(x64):
    ramp = np.broadcast_to(np.arange(0, 240, 20, dtype=np.uint8)[:, None, None], (12, 12, 3))[None]
    halved = images(jnp.asarray(ramp), 6)
    # Weights 1, 3, 3, 1 of the pixels around, cut off and made to sum to 1 at the edges.
    inside = ramp[0, :, 0, 0].astype(float)
    want = [np.dot([1, 3, 3, 1], inside[i - 1 : i + 3]) / 8 for i in range(2, 10, 2)]
    edges = np.dot([3, 3, 1], inside[:3]) / 7, np.dot([1, 3, 3], inside[-3:]) / 7
    want = np.array([edges[0], *want, edges[1]]) / 255
    np.testing.assert_allclose(halved[0, 0, :, 3], (want - MEAN[0]) / DEVIATION[0], atol=1e-12)
    doubled = images(jnp.asarray(ramp), 24)
    want = np.interp((np.arange(24) + 0.5) / 2 - 0.5, np.arange(12), inside) / 255
    np.testing.assert_allclose(doubled[0, 1, :, 7], (want - MEAN[1]) / DEVIATION[1], atol=1e-12)


def test_nothing_is_drawn_after_training():
    given = frames(height=5)
    np.testing.assert_allclose(images(jnp.asarray(given), 5), normalised(given / 255), atol=1e-5)


def test_draws():
    rng = np.random.default_rng(3)
    drawn = draw_augmentation(5000, rng, brightness=0.2, contrast=1.5, flip=0.5)
    for values, low, high in ((drawn.brightness, 0.8, 1.2), (drawn.contrast, 0, 2.5)):
        assert low <= values.min() < low + 0.01
        assert high - 0.01 < values.max() <= high * (1 + 1e-7)
    assert drawn.contrast_first.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(5000))
    flips = [draw_augmentation(1, rng, brightness=0, contrast=0, flip=0.3).flip for _ in range(2000)]
    assert np.mean(flips) == pytest.approx(0.3, abs=5 * np.sqrt(0.21 / 2000))
    still = draw_augmentation(3, rng, brightness=0, contrast=0, flip=0)
    given = frames(n=3, height=5)
    np.testing.assert_allclose(images(jnp.asarray(given), 5, still), normalised(given / 255), atol=1e-5)


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_video():
    assert check_frames("videos[3]", frames()).shape == frames().shape
    for other in (frames() / 255, frames()[0], frames()[:0], frames()[..., :1], frames().astype(int)):
        with pytest.raises(
            ValueError, match=r"^videos\[3\] are \w+ of shape .*: give numbers of 8 bits \(uint8\)"
        ):
            check_frames("videos[3]", other)
