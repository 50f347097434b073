"""IDX files, as the MNIST release has them, written by hand."""

import gzip
import struct

import numpy as np

PARTS = ("train", "t10k")


def idx_bytes(array):
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def write_part(folder, part, images, labels, packed=False):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
        body = idx_bytes(array)
        path = folder / f"{part}-{name}{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(body) if packed else body)
