"""Views of frames against torchvision's transforms, given the same draws."""

import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.image_views import ImageViewSettings, draw_view, plain_view, view

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")
pytest.importorskip("torchvision", reason="torchvision is not installed: make test-torch")

from torchvision.transforms import RandomResizedCrop, functional  # noqa: E402

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

#: torchvision turns hues in float32 whatever it is given, and what comes out is scaled by 1 / 0.224.
ATOL = 1e-5


def theirs(frames, size, drawn, released_blur):
    """As the transforms follow each other in CARL, on real numbers."""
    images = torch.tensor(frames).permute(0, 3, 1, 2).double() / 255
    images = functional.resized_crop(images, *drawn.crop.tolist(), [size, size], antialias=False)
    if drawn.flip:
        images = functional.hflip(images)

    def blurred(images):
        return functional.gaussian_blur(images, [13, 13], [float(drawn.sigma)] * 2) if drawn.blur else images

    adjust = [
        getattr(functional, f"adjust_{name}") for name in ("brightness", "contrast", "saturation", "hue")
    ]
    if drawn.jitter:
        for change in drawn.order.tolist():
            images = adjust[change](images, float(drawn.factors[change]))
            images = blurred(images) if released_blur else images
    images = images if released_blur else blurred(images)
    if drawn.grey:
        images = functional.rgb_to_grayscale(images, 3)
    return functional.normalize(images, MEAN, DEVIATION).numpy()


@pytest.mark.parametrize("released_blur", [False, True])
@pytest.mark.parametrize("size", [16, 28, 45])
def test_views_are_those_of_the_transforms(size, released_blur, x64):
    rng = np.random.default_rng(size)
    frames = rng.integers(0, 256, (4, 28, 36, 3), dtype=np.uint8)
    settings = ImageViewSettings()
    seen = set()
    for _ in range(12):
        drawn = draw_view(28, 36, rng, settings)
        seen |= {(name, bool(getattr(drawn, name))) for name in ("flip", "jitter", "blur", "grey")}
        found = view(jnp.asarray(frames), size, drawn, released_blur=released_blur)
        np.testing.assert_allclose(found, theirs(frames, size, drawn, released_blur), atol=ATOL)
    assert len(seen) == 8


@pytest.mark.parametrize("shape", [(28, 36), (40, 28), (28, 28)])
def test_after_training_it_is_their_centre_crop(shape, x64):
    frames = np.random.default_rng(1).integers(0, 256, (4, *shape, 3), dtype=np.uint8)
    images = torch.tensor(frames).permute(0, 3, 1, 2).double() / 255
    images = functional.center_crop(images, [28, 28])
    images = functional.resize(images, [20, 20], antialias=False)
    want = functional.normalize(images, MEAN, DEVIATION).numpy()
    np.testing.assert_allclose(plain_view(jnp.asarray(frames), 20), want, atol=1e-10)


def test_crops_have_the_means_of_theirs():
    """Of 4000 crops each, their sides and first pixels within five standard errors."""
    torch.manual_seed(0)
    rng, image = np.random.default_rng(0), torch.zeros(3, 90, 120)
    mine = np.array([draw_view(90, 120, rng, ImageViewSettings()).crop for _ in range(4000)])
    other = np.array([RandomResizedCrop.get_params(image, [0.8, 1], [3 / 4, 4 / 3]) for _ in range(4000)])
    error = np.sqrt((mine.var(0) + other.var(0)) / 4000)
    assert (np.abs(mine.mean(0) - other.mean(0)) < 5 * error).all()
