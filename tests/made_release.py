"""A benchmark's folder as it is released, made for tests."""

import numpy as np


def release(root, folder, names):
    """A data set of videos of 60 frames with the labels a, b, c, in the releases' layout."""
    place = root / folder
    for sub in ("features", "groundTruth", "mapping"):
        (place / sub).mkdir(parents=True)
    (place / "mapping" / "mapping.txt").write_text("0 a\n1 b\n2 c\n")
    rng = np.random.default_rng(0)
    for name in names:
        frames = rng.normal(size=(60, 4)) + np.repeat(rng.normal(size=(3, 4)) * 9, 20, axis=0)
        np.savetxt(place / "features" / f"{name}.txt", frames)
        (place / "groundTruth" / name).write_text("a\n" * 20 + "b\n" * 20 + "c\n" * 20)
    return place
