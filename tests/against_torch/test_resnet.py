"""ResNet-50, whole and cut, in float64: what it gives, its statistics after a batch, and its gradients."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.resnet import RESNET50, RESNET50_IN_CONV4, ResNet, parted, with_weights
from dkva.nn.trees import arrays_of

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch")
torchvision = pytest.importorskip("torchvision", reason="torchvision is not installed: make test-torch")


@pytest.fixture(scope="module")
def theirs():
    """torchvision's ResNet-50 in float64; its statistics are those of no start."""
    torch.manual_seed(0)
    network = torchvision.models.resnet50(weights=None).double()
    with torch.no_grad():
        for name, array in network.named_buffers():
            if "running" in name:
                array.copy_(0.5 + torch.rand_like(array))
        for array in network.parameters():
            if array.ndim == 1:
                array.add_(0.1 * torch.randn_like(array))
    return network.eval()


@pytest.fixture(scope="module")
def state(theirs, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "resnet50.pth"
    torch.save(theirs.state_dict(), path)
    return path


@pytest.fixture
def cut(theirs):
    """The program's way to cut it, of layers that are the whole network's own."""
    layers = list(theirs.children())[:-3]
    layers[-1] = torch.nn.Sequential(*list(layers[-1].children())[:-3])
    yield torch.nn.Sequential(*layers)
    theirs.eval()


IMAGES = np.random.default_rng(1).standard_normal((2, 3, 64, 48))


def test_classes_of_the_whole_network(theirs, state, x64):
    ours = with_weights(ResNet(RESNET50, classes=1000, key=jax.random.key(0)), state)
    found, seen = eqx.filter_jit(ours)(jnp.asarray(IMAGES), training=False)
    with torch.no_grad():
        want = theirs(torch.tensor(IMAGES)).numpy()
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-10 * np.abs(want).max())
    assert eqx.tree_equal(seen, ours)  # nothing counts for the statistics after training


@pytest.mark.parametrize("training", [False, True])
def test_maps_and_gradients_of_the_cut_network(cut, theirs, state, x64, training):
    before = {name: array.clone() for name, array in theirs.state_dict().items()}
    ours = with_weights(ResNet(RESNET50_IN_CONV4, key=jax.random.key(0)), state)
    cut.train(training)
    cut.zero_grad()
    maps = cut(torch.tensor(IMAGES))
    assert maps.shape == (2, 1024, 4, 3)
    cotangent = np.random.default_rng(2).standard_normal(maps.shape)
    (maps * torch.tensor(cotangent)).sum().backward()

    def value(network, images):
        found, seen = network(images, training=training)
        return jnp.sum(found * cotangent), (found, seen)

    run = eqx.filter_jit(eqx.filter_value_and_grad(value, has_aux=True))
    (_, (found, seen)), gradient = run(ours, jnp.asarray(IMAGES))
    want = maps.detach().numpy()
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-10 * np.abs(want).max())
    gradients = {name: each.grad for name, each in theirs.named_parameters()}
    statistics = dict(theirs.named_buffers())
    changed = arrays_of(seen)
    for name, mine in arrays_of(gradient).items():
        their_name = name
        for stage in range(3):
            their_name = their_name.replace(f"stages.{stage}.", f"layer{stage + 1}.", 1)
        if "running" in name:
            np.testing.assert_allclose(changed[name], statistics[their_name].numpy(), rtol=1e-10)
        else:
            slope = gradients[their_name].numpy()
            np.testing.assert_allclose(mine, slope, atol=1e-9 * np.abs(slope).max(), err_msg=name)
    assert training != all(
        torch.equal(statistics[name], before[name]) for name in statistics if "running" in name
    )
    theirs.load_state_dict(before)


def test_the_last_stage_learned_alone(theirs, state, x64):
    """Largest values of its maps, and its gradients; the stages before it are as after training (CARL)."""
    frozen, stage = parted(with_weights(ResNet(RESNET50, key=jax.random.key(0)), state))
    before = {name: array.clone() for name, array in theirs.state_dict().items()}
    *first, last = list(theirs.children())[:-2]
    last.train()
    theirs.zero_grad()
    with torch.no_grad():
        maps = torch.nn.Sequential(*first)(torch.tensor(IMAGES))
    largest = torch.nn.functional.adaptive_max_pool2d(last(maps), 1).flatten(1)
    cotangent = np.random.default_rng(2).standard_normal(largest.shape)
    (largest * torch.tensor(cotangent)).sum().backward()

    def value(stage):
        found, seen = stage(frozen(jnp.asarray(IMAGES), training=False)[0], training=True)
        return jnp.sum(jnp.max(found, (2, 3)) * cotangent), (jnp.max(found, (2, 3)), seen)

    (_, (found, seen)), gradient = eqx.filter_jit(eqx.filter_value_and_grad(value, has_aux=True))(stage)
    want = largest.detach().numpy()
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-10 * np.abs(want).max())
    slopes = {name: each.grad for name, each in last.named_parameters()}
    statistics, changed = dict(last.named_buffers()), arrays_of(seen)
    for name, mine in arrays_of(gradient).items():
        other = name.removeprefix("blocks.")
        if "running" in name:
            np.testing.assert_allclose(changed[name], statistics[other].numpy(), rtol=1e-10)
        else:
            slope = slopes[other].numpy()
            np.testing.assert_allclose(mine, slope, atol=1e-9 * np.abs(slope).max(), err_msg=name)
    theirs.eval()
    theirs.load_state_dict(before)


def test_files_of_pytorch_that_are_no_state_dict(state, tmp_path):
    from dkva.nn.torch_weights import read_weights

    path = tmp_path / "weights.pth"
    for content in (state.read_bytes()[:100_000], b"nothing"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"weights.pth: .* no state dict .*, or was cut short \(\w+\)"):
            read_weights(path)
    for other in ([torch.zeros(1)], {"epoch": 3}, print):  # the last one is not run, nor even read
        torch.save(other, path)
        with pytest.raises(ValueError, match=r"weights.pth: holds no state dict"):
            read_weights(path)


def test_files_of_safetensors_are_read_as_their_own_reader_does(theirs, tmp_path):
    from safetensors.torch import save_file

    from dkva.nn.torch_weights import read_weights

    state = {name: array.clone() for name, array in theirs.fc.state_dict().items()}
    state |= {"half": state["bias"].half(), "brain": state["bias"].bfloat16(), "count": torch.tensor(7)}
    save_file(state, tmp_path / "weights.safetensors", metadata={"format": "pt"})
    found = read_weights(tmp_path / "weights.safetensors")
    assert found.keys() == state.keys()
    for name, array in found.items():
        want = state[name].float() if name == "brain" else state[name]
        np.testing.assert_array_equal(array, want.numpy(), strict=True)
