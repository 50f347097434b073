"""Images of a clip against torchvision's transforms, given the same draws."""

import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.clips import Augmentation, draw_augmentation, images

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")
pytest.importorskip("torchvision", reason="torchvision is not installed: make test-torch")

from torchvision.transforms import functional  # noqa: E402

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def theirs(frames, size, drawn):
    """As the published transforms follow each other, on real numbers."""
    found = []
    for place, frame in enumerate(frames):
        image = torch.tensor(frame).permute(2, 0, 1).double() / 255
        if drawn is not None:
            steps = [
                lambda image, place=place: functional.adjust_brightness(image, drawn.brightness[place]),
                lambda image, place=place: functional.adjust_contrast(image, drawn.contrast[place]),
            ]
            for step in reversed(steps) if drawn.contrast_first[place] else steps:
                image = step(image)
        image = functional.resize(image, [size, size], antialias=True)
        if drawn is not None and drawn.flip:
            image = functional.hflip(image)
        found.append(functional.normalize(image, MEAN, DEVIATION).numpy())
    return np.stack(found)


@pytest.mark.parametrize("size", [16, 28, 45])
@pytest.mark.parametrize("flip", [None, False, True])
def test_images_are_those_of_the_transforms(size, flip, x64):
    rng = np.random.default_rng(size)
    frames = rng.integers(0, 256, (12, 28, 36, 3), dtype=np.uint8)
    drawn = None
    if flip is not None:
        drawn = draw_augmentation(12, rng, brightness=32 / 255, contrast=0.5, flip=flip)
        assert 0 < drawn.contrast_first.sum() < 12
    found = images(jnp.asarray(frames), size, drawn)
    np.testing.assert_allclose(found, theirs(frames, size, drawn), atol=1e-10)


def test_draws_have_the_range_of_the_transform():
    from torchvision.transforms import ColorJitter

    jitter = ColorJitter(32 / 255, 0.5)
    drawn = draw_augmentation(4000, np.random.default_rng(0), brightness=32 / 255, contrast=0.5, flip=0.5)
    for name, spread in (("brightness", 32 / 255), ("contrast", 0.5)):
        low, high = getattr(jitter, name)
        values = getattr(Augmentation(*drawn), name)
        assert low <= values.min() < low + 0.01 * spread
        assert high - 0.01 * spread < values.max() <= high + 1e-6
