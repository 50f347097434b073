"""Networks of torchvision as encoders; with PyTorch they run in tests/against_torch."""

import sys

import pytest

from dkva.recordings.encoders import open_encoder

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("package", ["torch", "torchvision"])
def test_without_the_packages(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ValueError, match=r"^encoder torchvision:resnet18 needs torchvision: pip install"):
        open_encoder("torchvision:resnet18", weights="weights.pth")
