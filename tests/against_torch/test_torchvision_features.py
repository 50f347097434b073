"""Networks of torchvision as encoders, with random weights from files."""

import numpy as np
import pytest

from dkva.recordings.encoders import Encoder, open_encoder

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")
torchvision = pytest.importorskip("torchvision", reason="torchvision is not installed: make test-torch")

from torchvision.transforms import functional  # noqa: E402

FRAMES = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


def theirs(network, layer):
    """What comes into a layer of a network, by torchvision's own preprocessing."""
    seen = []
    layer.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    prepared = functional.normalize(
        torch.tensor(FRAMES).permute(0, 3, 1, 2) / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    )
    with torch.inference_mode():
        network.eval()(prepared)
    return seen[0].numpy()


@pytest.mark.parametrize(
    ("name", "last", "d"),
    [
        ("resnet18", lambda network: network.fc, 512),
        ("mobilenet_v3_small", lambda network: network.classifier[3], 1024),
        ("shufflenet_v2_x0_5", lambda network: network.fc, 1024),
    ],
)
@pytest.mark.parametrize("classes", [1000, 7])
def test_features_come_before_the_last_linear_layer(tmp_path, name, last, d, classes):
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, weights=None, num_classes=classes)
    path = tmp_path / "weights.pth"
    torch.save(network.state_dict(), path)
    encoder = open_encoder(f"torchvision:{name}", weights=path, size=64)
    assert isinstance(encoder, Encoder)
    assert (encoder.id, encoder.size) == (f"torchvision:{name}", (64, 64))
    features = encoder(FRAMES)
    assert (features.shape, features.dtype) == ((3, d), np.float32)
    expected = theirs(network, last(network))
    # The same operations in float32, by other batches and order at most.
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def test_files_without_the_last_layer(tmp_path):
    network = torchvision.models.get_model("shufflenet_v2_x0_5", weights=None)
    state = {name: array for name, array in network.state_dict().items() if not name.startswith("fc.")}
    torch.save(state, tmp_path / "weights.pt")
    encoder = open_encoder("torchvision:shufflenet_v2_x0_5", weights=tmp_path / "weights.pt")
    assert encoder.size == (224, 224)
    assert encoder(np.zeros((2, 224, 224, 3), np.uint8)).shape == (2, 1024)


def test_other_weights_have_another_key(tmp_path):
    keys = set()
    for seed in range(2):
        torch.manual_seed(seed)
        network = torchvision.models.get_model("shufflenet_v2_x0_5", weights=None)
        path = tmp_path / f"{seed}.npz"
        np.savez(path, **{name: array.numpy() for name, array in network.state_dict().items()})
        keys |= {open_encoder("torchvision:shufflenet_v2_x0_5", weights=path, size=n).key for n in (64, 96)}
    assert len(keys) == 4


def test_a_size_that_the_network_cannot_take(tmp_path):
    path = tmp_path / "weights.pth"
    torch.save(torchvision.models.get_model("densenet121", weights=None).state_dict(), path)
    with pytest.raises(
        ValueError, match=r"^torchvision's densenet121 takes no frames of 16 × 16: give another"
    ):
        open_encoder("torchvision:densenet121", weights=path, size=16)


def test_what_cannot_be_used(tmp_path):
    path = tmp_path / "weights.pth"
    torch.save(torchvision.models.get_model("resnet18", weights=None).state_dict(), path)
    for name, file, message in [
        ("resnet", path, "torchvision has no network 'resnet': choose one of alexnet, "),
        (
            "resnet34",
            path,
            "weights.pth: holds no weights of torchvision's resnet34 (layer1.2.conv1.weight is ",
        ),
        ("squeezenet1_0", path, "torchvision's squeezenet1_0 ends without a linear layer: choose another"),
        ("resnet18", tmp_path / "none.pth", "none.pth: there is no such file"),
        ("resnet18", tmp_path / "none.bin", "none.bin is no file of weights: give one that ends with"),
    ]:
        with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
            open_encoder(f"torchvision:{name}", weights=file)
        assert message in str(caught.value)
