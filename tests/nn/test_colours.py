"""Colours of images by loops, and hues by Python's own; against torchvision: tests/against_torch."""

import colorsys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn import colours

pytestmark = pytest.mark.fast

brightened, contrasted, grey, hue_turned, normalised, saturated = (
    jax.jit(getattr(colours, name))
    for name in ("brightened", "contrasted", "grey", "hue_turned", "normalised", "saturated")
)

SHARES = np.array([0.2989, 0.587, 0.114])


def images(n=3, height=5, width=4):
    """Some pixels are grey, black or white, some have two colours alike."""
    made = np.random.default_rng(0).random((n, 3, height, width))
    made[0, :, 0, :3] = [0, 1, 0.4]
    made[1, 1, 0] = made[1, 0, 0]
    made[1, 2, 1] = made[1, 1, 1]
    made[1, 2, 2] = made[1, 0, 2]
    return made


def by_pixel(pixels, change):
    """Each pixel changed by itself."""
    rows = [change(*pixel) for pixel in np.moveaxis(pixels, 1, -1).reshape(-1, 3)]
    return np.moveaxis(np.array(rows).reshape(*np.moveaxis(pixels, 1, -1).shape), -1, 1)


@pytest.mark.numerics
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_brightness_contrast_and_saturation(x64, factor):
    given = images()
    found = brightened(jnp.asarray(given), jnp.asarray(factor))
    np.testing.assert_allclose(found, np.clip(factor * given, 0, 1), atol=1e-14)
    found = contrasted(jnp.asarray(given), jnp.asarray(factor))
    for image, mine in zip(given, np.asarray(found), strict=True):
        mean = np.mean([pixel @ SHARES for pixel in image.reshape(3, -1).T])
        np.testing.assert_allclose(mine, np.clip(factor * image + (1 - factor) * mean, 0, 1), atol=1e-14)
    found = saturated(jnp.asarray(given), jnp.asarray(factor))
    want = by_pixel(
        given, lambda *pixel: np.clip(factor * np.array(pixel) + (1 - factor) * (pixel @ SHARES), 0, 1)
    )
    np.testing.assert_allclose(found, want, atol=1e-14)


@pytest.mark.numerics
@pytest.mark.parametrize("turn", [0.0, 0.2, -0.2, 0.5, 1 / 3])
def test_hues_are_those_of_python(x64, turn):
    given = images(n=20)

    def turned(*pixel):
        hue, saturation, value = colorsys.rgb_to_hsv(*pixel)
        return colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value)

    found = hue_turned(jnp.asarray(given), jnp.asarray(turn))
    np.testing.assert_allclose(found, by_pixel(given, turned), atol=1e-13)


def test_a_factor_of_each_image():
    given, factors = images(), np.array([0.5, 1.0, 1.2])
    found = np.asarray(contrasted(jnp.asarray(given), jnp.asarray(factors).reshape(3, 1, 1, 1)))
    for place, factor in enumerate(factors):
        alone = contrasted(jnp.asarray(given[[place]]), jnp.asarray(factor))
        np.testing.assert_allclose(found[[place]], alone, atol=1e-6)


def test_grey_and_scale():
    given = images()
    np.testing.assert_allclose(
        np.asarray(grey(jnp.asarray(given)))[:, 0], np.moveaxis(given, 1, -1) @ SHARES, atol=1e-6
    )
    want = by_pixel(given, lambda *p: (np.array(p) - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225])
    np.testing.assert_allclose(normalised(jnp.asarray(given)), want, rtol=1e-5, atol=1e-5)
