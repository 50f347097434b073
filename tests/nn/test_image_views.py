"""Views of frames by loops and SciPy's blur; against torchvision's transforms: tests/against_torch."""

import itertools
import json
from dataclasses import asdict, fields

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from unoptimised import unoptimised

from dkva.nn import colours, image_views
from dkva.nn.image_views import DrawnView, ImageViewSettings, draw_view

pytestmark = pytest.mark.fast

view, cheap_view = (
    compiled(image_views.view, static_argnums=1, static_argnames="released_blur")
    for compiled in (jax.jit, unoptimised)
)
plain_view = jax.jit(image_views.plain_view, static_argnums=1)
brightened, contrasted, hue_turned, normalised, saturated = (
    jax.jit(getattr(colours, name))
    for name in ("brightened", "contrasted", "hue_turned", "normalised", "saturated")
)

#: Nothing happens but for the crop.
STILL = ImageViewSettings(flip=0, jitter=0, blur=0, grey=0)


def made_frames(n=3, height=20, width=24):
    return np.random.default_rng(0).integers(0, 256, (n, height, width, 3), dtype=np.uint8)


def still(height=20, width=24, **changed):
    """The whole frame, and nothing else, but for what is given."""
    drawn = draw_view(height, width, np.random.default_rng(0), STILL)
    return drawn._replace(**{"crop": np.array([0, 0, height, width], np.int32), **changed})


def lines(values, size):
    """Values at equal distances to `size` values by linear interpolation, from pixel to pixel's middle."""
    places = (np.arange(size) + 0.5) * len(values) / size - 0.5
    return np.interp(places, np.arange(len(values)), values)


def resized(image, size):
    """An image [h, w, 3] by lines along each axis."""
    for axis in (0, 1):
        image = np.apply_along_axis(lines, axis, image, size)
    return image


def scaled(pixels):
    return np.asarray(normalised(jnp.asarray(np.moveaxis(pixels, -1, 1))))


@pytest.mark.numerics
@pytest.mark.parametrize("size", [8, 16, 31])
def test_a_crop_is_cut_out_before_it_is_resized(x64, size):
    given, crop = made_frames(2), (3, 5, 14, 17)
    run = view if size == 16 else cheap_view
    top, left, rows, columns = crop
    want = [resized(frame[top : top + rows, left : left + columns] / 255, size) for frame in given]
    found = run(jnp.asarray(given), size, still(crop=np.array(crop, np.int32)))
    np.testing.assert_allclose(found, scaled(np.stack(want)), atol=1e-12)
    flipped = run(jnp.asarray(given), size, still(crop=np.array(crop, np.int32), flip=np.array(True)))
    np.testing.assert_array_equal(flipped, np.asarray(found)[..., ::-1])


@pytest.mark.numerics
@pytest.mark.parametrize("shape", [(20, 24), (27, 20), (16, 16)])
def test_after_training_it_is_the_square_in_the_middle(x64, shape):
    given = made_frames(2, *shape)
    side = min(shape)
    top, left = ((length - side) // 2 for length in shape)
    want = [resized(frame[top : top + side, left : left + side] / 255, 12) for frame in given]
    np.testing.assert_allclose(plain_view(jnp.asarray(given), 12), scaled(np.stack(want)), atol=1e-12)


def test_frames_of_the_size_stay_as_they_are():
    given = made_frames(height=16, width=16)
    found = plain_view(jnp.asarray(given), 16)
    np.testing.assert_allclose(found, scaled(given / 255), atol=1e-5)
    np.testing.assert_allclose(view(jnp.asarray(given), 16, still(16, 16)), found, atol=1e-5)


@pytest.mark.numerics
@pytest.mark.parametrize("released", [False, True])
def test_colours_in_each_order_and_the_blur(x64, released):
    given = made_frames(2)
    pixels = np.moveaxis(np.stack([resized(frame / 255, 16) for frame in given]), -1, 1)
    factors, changes = (
        np.array([0.7, 1.5, 0.3, -0.15], np.float32),
        (brightened, contrasted, saturated, hue_turned),
    )

    def run(drawn):
        if released:
            return cheap_view(jnp.asarray(given), 16, drawn, released_blur=True)
        return view(jnp.asarray(given), 16, drawn)

    def blurred(images):
        for axis in (2, 3):
            images = gaussian_filter1d(images, 1.3, axis=axis, mode="mirror", radius=6)
        return images

    happens = {"jitter": np.array(True), "factors": factors, "sigma": np.array(1.3)}
    for order, blur in itertools.product([(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)], [False, True]):
        want = pixels
        for change in order:
            want = np.asarray(changes[change](jnp.asarray(want), jnp.asarray(factors[change], float)))
            want = blurred(want) if blur and released else want
        want = blurred(want) if blur and not released else want
        found = run(still(**happens, order=np.array(order, np.int32), blur=np.array(blur)))
        np.testing.assert_allclose(found, normalised(jnp.asarray(want)), atol=1e-11)
    alone = run(still(blur=np.array(True), sigma=np.array(1.3)))
    want = pixels if released else blurred(pixels)
    np.testing.assert_allclose(alone, normalised(jnp.asarray(want)), atol=1e-11)


def test_grey_images_have_three_equal_colours():
    found = np.asarray(view(jnp.asarray(made_frames()), 16, still(grey=np.array(True))))
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    pixels = np.moveaxis(found, 1, -1) * deviation + mean
    np.testing.assert_allclose(pixels[..., 1:], pixels[..., :1].repeat(2, -1), atol=1e-6)
    assert pixels.std() > 0.05


def test_each_frame_is_changed_as_if_it_were_alone():
    given = made_frames(5)
    drawn = draw_view(20, 24, np.random.default_rng(2), ImageViewSettings(jitter=1, blur=1, flip=1))
    found = np.asarray(view(jnp.asarray(given), 16, drawn))
    for place in range(5):
        alone = view(jnp.asarray(given[[place]]), 16, drawn)
        np.testing.assert_allclose(found[[place]], alone, atol=1e-5)


def test_draws():
    rng = np.random.default_rng(3)
    settings = ImageViewSettings()
    drawn = DrawnView(
        *map(np.stack, zip(*(draw_view(90, 120, rng, settings) for _ in range(1500)), strict=True))
    )
    top, left, rows, columns = drawn.crop.T
    assert min(top.min(), left.min()) == 0
    assert (top + rows).max() == 90
    assert (left + columns).max() == 120
    shares = rows * columns / (90 * 120)
    assert 0.79 < shares.min() < 0.81
    assert 0.99 < shares.max() <= 1
    aspects = columns / rows
    assert 1.33 < aspects.max() < 1.36  # sides are whole pixels
    assert 1.05 < aspects.min() < 1.08  # 96 / 90: what is less wide, of this area, is too high for the frame
    for values, low, high in zip(drawn.factors.T, (0.2, 0.2, 0.2, -0.2), (1.8, 1.8, 1.8, 0.2), strict=True):
        assert low - 1e-6 <= values.min() < low + 0.02
        assert high - 0.02 < values.max() <= high + 1e-6
    assert 0.1 <= drawn.sigma.min() < 0.11
    assert 1.98 < drawn.sigma.max() <= 2
    for happened, probability in (
        (drawn.flip, 0.5),
        (drawn.jitter, 0.8),
        (drawn.blur, 0.5),
        (drawn.grey, 0.2),
    ):
        deviation = np.sqrt(probability * (1 - probability) / 1500)
        assert happened.mean() == pytest.approx(probability, abs=5 * deviation)
    orders, counts = np.unique(drawn.order, axis=0, return_counts=True)
    assert len(orders) == 24
    assert counts == pytest.approx(1500 / 24, abs=5 * np.sqrt(1500 / 24))


def test_the_same_generator_draws_the_same():
    first, again, other = (
        draw_view(90, 120, np.random.default_rng(seed), ImageViewSettings()) for seed in (4, 4, 5)
    )
    for mine, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(mine, same)
    assert not np.array_equal(first.factors, other.factors)


def test_a_frame_that_no_crop_fits_gives_its_middle():
    """As torchvision: the largest part of the shape that is nearest to the frame's."""
    rng = np.random.default_rng(0)
    assert draw_view(10, 100, rng, ImageViewSettings(crop_area=1)).crop.tolist() == [0, 43, 10, 13]
    assert draw_view(100, 10, rng, ImageViewSettings(crop_area=1)).crop.tolist() == [43, 0, 13, 10]
    assert draw_view(1, 1, rng, ImageViewSettings()).crop.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"crop_area": 0}, "crop_area is 0: give a positive number, at most 1"),
        ({"crop_area": 1.1}, "crop_area is 1.1"),
        ({"crop_aspect": 0.5}, "crop_aspect is 0.5: give a number >= 1; crops are square at 1"),
        ({"crop_aspect": float("nan")}, "crop_aspect is nan"),
        ({"flip": 1.5}, "flip is 1.5"),
        ({"jitter": -1}, "jitter is -1"),
        ({"blur": 2}, "blur is 2"),
        ({"grey": 2}, "grey is 2"),
        ({"brightness": -0.1}, "brightness is -0.1"),
        ({"contrast": -0.1}, "contrast is -0.1"),
        ({"saturation": -0.1}, "saturation is -0.1"),
        ({"hue": 0.6}, "hue is 0.6: give a number >= 0, at most 0.5"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(ValueError, match=message):
        ImageViewSettings(**settings)


def test_settings_come_back_from_json():
    settings = ImageViewSettings(hue=0.1, released_blur=True)
    assert ImageViewSettings(**json.loads(json.dumps(asdict(settings)))) == settings
    assert len(fields(settings)) == 11
