"""Networks of ONNX files as encoders: by a stand-in for ONNX Runtime, and by itself if it is installed."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from dkva.recordings.encoders import Encoder, open_encoder

pytestmark = pytest.mark.fast

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3), dtype=np.uint8)
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def field(number, value):
    """A field of a message in protobuf's encoding: a number, a text, bytes or the fields of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def described(name, kind, shape):
    """A ValueInfoProto: name, kind of numbers and axes, which are lengths or names."""
    axes = b"".join(field(1, field(2 if isinstance(each, str) else 1, each)) for each in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, axes)))


def network(shape, *, axes=(2, 3), kind=1):
    """A file of ONNX whose output is the mean over two axes of its input, by a ReduceMean of version 13."""
    ints = field(1, "axes") + b"".join(field(8, each) for each in axes) + field(20, 7)
    kept = field(1, "keepdims") + field(3, 0) + field(20, 2)
    node = field(1, "x") + field(2, "y") + field(4, "ReduceMean") + field(5, ints) + field(5, kept)
    graph = field(1, node) + field(2, "g") + field(11, described("x", kind, shape))
    graph += field(12, described("y", kind, ["n", 3]))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


@pytest.fixture
def runtime(monkeypatch):
    """A stand-in for ONNX Runtime: a network by its input's description and a function."""
    calls = []

    def made(shape, function=lambda images: images, kind="tensor(float)", inputs=1):
        def run(names, given):
            assert names == ["out"]
            calls.append(given["in"])
            return [function(given["in"])]

        session = SimpleNamespace(
            get_inputs=lambda: [SimpleNamespace(name="in", type=kind, shape=shape)] * inputs,
            get_outputs=lambda: [SimpleNamespace(name="out")],
            run=run,
        )
        stand_in = SimpleNamespace(
            InferenceSession=lambda content, providers: session,
            get_available_providers=lambda: ["AzureExecutionProvider", "CPUExecutionProvider"],
            disable_telemetry_events=lambda: None,
            set_default_logger_severity=lambda severity: None,
        )
        monkeypatch.setitem(sys.modules, "onnxruntime", stand_in)
        return calls

    return made


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"a network")
    return path


@pytest.mark.parametrize(
    ("shape", "size", "batch"),
    [
        (["n", 3, 4, 6], (4, 6), 8),
        ([None, 4, 6, 3], (4, 6), 8),
        ([2, 3, 4, 6], (4, 6), 2),
        ([1, 3, "h", "w"], (224, 224), 1),
        ([-1, "h", "w", 3], (224, 224), 8),
        ([0, 3, 4, "w"], (4, 224), 8),
    ],
)
def test_sizes_are_the_networks_own(runtime, path, shape, size, batch):
    runtime(shape)
    encoder = open_encoder(f"onnx:{path}")
    assert isinstance(encoder, Encoder)
    assert (encoder.id, encoder.size, encoder.batch) == ("onnx:net.onnx", size, batch)


def test_an_open_size_can_be_chosen(runtime, path):
    runtime(["n", 3, "h", "w"])
    assert open_encoder(f"onnx:{path}", size=32).size == (32, 32)
    runtime(["n", 3, 32, 32])
    assert open_encoder(f"onnx:{path}", size=32).size == (32, 32)


@pytest.mark.parametrize("batch", [1, 2, 5, 7, "n"])
def test_networks_are_given_normalised_frames_in_their_order_of_axes(runtime, path, batch):
    wanted = (FRAMES / 255 - MEAN) / DEVIATION
    for shape, expected in [([batch, 3, 4, 6], np.moveaxis(wanted, -1, 1)), ([batch, 4, 6, 3], wanted)]:
        calls = runtime(shape)
        features = open_encoder(f"onnx:{path}")(FRAMES)
        assert features.dtype == np.float32
        # Of numbers up to 2.7 that are rounded four times to 2^-24 of them.
        np.testing.assert_allclose(features, expected.reshape(5, -1), atol=1e-6)
        assert all(isinstance(batch, str) or len(each) == batch for each in calls)


def test_whole_numbers_are_given_as_they_are(runtime, path):
    runtime(["n", 4, 6, 3], kind="tensor(uint8)")
    np.testing.assert_array_equal(open_encoder(f"onnx:{path}")(FRAMES), FRAMES.reshape(5, -1))


def test_the_file_decides_the_key(runtime, path):
    runtime(["n", 3, "h", "w"])
    keys = {open_encoder(f"onnx:{path}").key, open_encoder(f"onnx:{path}", size=32).key}
    path.write_bytes(b"another network")
    assert len(keys | {open_encoder(f"onnx:{path}").key}) == 3


@pytest.mark.parametrize(
    ("given", "size", "message"),
    [
        ({"shape": ["n", 512]}, None, "its input is tensor(float) ['n', 512]; give a network of one input"),
        ({"shape": ["n", 1, 4, 6]}, None, "its input is tensor(float) ['n', 1, 4, 6]; give a network"),
        ({"shape": ["n", 3, 4, 6], "kind": "tensor(int64)"}, None, "its input is tensor(int64) "),
        ({"shape": ["n", 3, 4, 6], "inputs": 2}, None, "it has 2 inputs; give a network of one input"),
        ({"shape": ["n", 3, 4, 6]}, 6, "its input is tensor(float) ['n', 3, 4, 6], and size is 6: leave"),
        (
            {"shape": ["n", 3, 4, 6], "function": lambda images: images.mean()},
            None,
            "the network gives float32 of shape () for 8 frames: its first output has to be numbers [8, feat",
        ),
        (
            {"shape": ["n", 3, 4, 6], "function": lambda images: images[:1]},
            None,
            "of shape (1, 3, 4, 6) for 8",
        ),
    ],
)
def test_networks_that_cannot_be_used(runtime, path, given, size, message):
    runtime(**given)
    with pytest.raises(ValueError, match=r"net\.onnx: [^\n]*$") as caught:
        open_encoder(f"onnx:{path}", size=size)
    assert message in str(caught.value)


def test_files_and_packages_that_are_not_there(monkeypatch, runtime, tmp_path):
    runtime(["n", 3, 4, 6])
    with pytest.raises(ValueError, match=r"none\.onnx: cannot be read \(No such file or directory\); check"):
        open_encoder(f"onnx:{tmp_path / 'none.onnx'}")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        ValueError, match=r"^encoder onnx:net\.onnx needs ONNX Runtime: pip install onnxruntime$"
    ):
        open_encoder("onnx:net.onnx")


@pytest.mark.parametrize(("shape", "axes"), [(["n", 3, 4, 6], (2, 3)), ([2, 4, 6, 3], (1, 2))])
def test_networks_that_onnx_runtime_computes(path, shape, axes):
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: pip install onnxruntime")
    path.write_bytes(network(shape, axes=axes))
    features = open_encoder(f"onnx:{path}")(FRAMES)
    expected = ((FRAMES / 255 - MEAN) / DEVIATION).mean((1, 2))
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_files_that_onnx_runtime_cannot_load(path):
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: pip install onnxruntime")
    for content in (b"", b"no network", network(["n", 3, 4, 6])[:100]):
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=r"net\.onnx: ONNX Runtime cannot load it \([^\n]*holds its weights$"
        ):
            open_encoder(f"onnx:{path}")
    path.write_bytes(network(["n", 3, 4, 6], axes=(2, 9)))
    with pytest.raises(ValueError, match=r"net\.onnx: [^\n]*$"):
        open_encoder(f"onnx:{path}")
