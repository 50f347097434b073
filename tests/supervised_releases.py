"""Small data sets with splits, laid out as MS-TCN's authors released them."""

import numpy as np

#: Classes of the made data, and the runs of each video.
CLASSES = ("background", "take", "pour", "stir")
RUNS = {
    "S1_Tea_C1": ("background", "take", "pour"),
    "S2_Tea_C1": ("take", "pour", "background"),
    "S3_Tea_C1": ("pour", "take", "background"),
    "S4_Tea_C1": ("take", "stir", "pour"),
}


def labels_of(name, run=10):
    return np.repeat(RUNS[name], run)


def features_of(name, d=6, run=10):
    """[T, d], whose first columns tell the class."""
    places = [CLASSES.index(label) for label in labels_of(name, run)]
    noise = np.random.default_rng(sorted(RUNS).index(name)).normal(size=(len(places), d))
    return (10 * np.eye(d)[places] + noise).astype(np.float32)


def released(root, *, rows=False):
    """Four videos in two splits of two and two.

    Args:
        root: the folder to make.
        rows: features of a row a frame.
    """
    for sub in ("features", "groundTruth", "splits"):
        (root / sub).mkdir(parents=True)
    for name in RUNS:
        features = features_of(name)
        np.save(root / "features" / f"{name}.npy", features if rows else features.T)
        write_labels(root, name, labels_of(name))
    lines = [f"{number} {label}\n" for number, label in enumerate(CLASSES)]
    (root / "mapping.txt").write_text("".join(lines))
    names = list(RUNS)
    write_split(root, 1, names[:2], names[2:])
    write_split(root, 2, names[2:], names[:2])
    return root


def write_labels(root, name, labels):
    (root / "groundTruth" / f"{name}.txt").write_text("".join(f"{label}\n" for label in labels))


def write_split(root, number, train, test):
    for kind, names in (("train", train), ("test", test)):
        path = root / "splits" / f"{kind}.split{number}.bundle"
        path.write_text("".join(f"{name}.txt\n" for name in names))
