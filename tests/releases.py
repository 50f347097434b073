"""Small data sets laid out as the releases are."""

import numpy as np


def frames_of(n, d=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)).astype(np.float32)


def add_video(root, name, labels, *, frames=None, d=4, suffix=".txt", label_suffix="", label_name=None):
    """One video: features/`name`, groundTruth/ in one folder, or at `label_name`."""
    features = root / "features" / f"{name}{suffix}"
    truth = root / "groundTruth" / f"{label_name or name.rsplit('/', 1)[-1]}{label_suffix}"
    for path in (features, truth):
        path.parent.mkdir(parents=True, exist_ok=True)
    values = frames_of(frames or len(labels), d, seed=len(name))
    if suffix == ".npy":
        np.save(features, values)
    else:
        np.savetxt(features, values)
    truth.write_text("".join(f"{label}\n" for label in labels))
    return features, truth


def add_mapping(root, names, name="mapping.txt"):
    (root / "mapping").mkdir(parents=True, exist_ok=True)
    lines = names if isinstance(names[0], tuple) else enumerate(names)
    (root / "mapping" / name).write_text("".join(f"{number} {label}\n" for number, label in lines))


def breakfast(root):
    """Activities as folders, labels in one folder without suffix."""
    add_mapping(root, ["SIL", "pour_coffee", "pour_milk", "cut_bun"])
    add_video(root, "coffee/P03_cam01_P03_coffee", ["SIL"] * 3 + ["pour_coffee"] * 7)
    add_video(root, "coffee/P05_cam01_P05_coffee", ["SIL"] * 4 + ["pour_milk"] * 8)
    add_video(root, "sandwich/P03_webcam01_P03_sandwich", ["SIL"] * 2 + ["cut_bun"] * 6 + ["SIL"] * 2)
    return root


def yti(root):
    """Activities as folders, labels are numbers, background -1; one video is without background."""
    add_video(root, "changing_tire/changing_tire_0001", [-1] * 5 + [3] * 4 + [-1] * 2 + [7] * 4, d=6)
    add_video(root, "cpr/cpr_0001", [1] * 5 + [2] * 5, d=6)
    return root


def hollywood(root):
    """Flat, labels a few lines longer or shorter than the features, with suffix, no mapping."""
    add_video(root, "0001", ["walk"] * 5 + ["sit"] * 7, frames=10, label_suffix=".txt")
    add_video(root, "0002", ["walk"] * 5 + ["sit"] * 2, frames=9, label_suffix=".txt")
    return root


def mpii(root):
    add_video(root, "s08-d04-cam-002", ["cut"] * 20 + ["wash"] * 20, label_suffix=".txt")
    add_video(root, "s13-d61-cam-002", ["cut"] * 10 + ["wash"] * 10, label_suffix=".txt")
    return root


def desktop(root):
    add_mapping(root, ["pick", "place"])
    add_video(root, "2020-04-02_150120", ["pick"] * 20 + ["place"] * 20, suffix=".npy")
    return root


def salads(root):
    add_mapping(root, ["cut_tomato", "cut_cheese", "mix"])
    add_mapping(root, [(0, "cut_tomato"), (0, "cut_cheese"), (1, "mix")], "mappingeval.txt")
    add_video(root, "rgb-01-1", ["cut_tomato"] * 10 + ["cut_cheese"] * 10 + ["mix"] * 10)
    return root


#: Folder names that the paper's authors use, and what fills them.
FOLDERS = {
    "50Salads": salads,
    "Breakfast": breakfast,
    "DesktopAssemble": desktop,
    "HollywoodExtended": hollywood,
    "MPIICooking": mpii,
    "YouTubeInstructions": yti,
}


def all_six(root):
    for name, fill in FOLDERS.items():
        fill(root / name)
    return root


def break_every_way(root):
    """A Breakfast broken in each way that releases are; a list of (file, line, part of the problem)."""
    breakfast(root)
    good = ["SIL"] * 10
    _, lost = add_video(root, "tea/P04_cam01_P04_tea", good)
    lost.unlink()
    _, unknown = add_video(root, "tea/P06_cam01_P06_tea", ["SIL"] * 3 + ["sli"] * 2 + ["SIL"] * 4 + ["bun"])
    ragged, _ = add_video(root, "tea/P07_cam01_P07_tea", good)
    lines = ragged.read_text().splitlines()
    lines[5] = lines[5].rsplit(" ", 1)[0]
    ragged.write_text("\n".join(lines))
    empty, _ = add_video(root, "tea/P08_cam01_P08_tea", good)
    empty.write_bytes(b"")
    _, empty_labels = add_video(root, "tea/P09_cam01_P09_tea", good)
    empty_labels.write_bytes(b"")
    page, _ = add_video(root, "tea/P10_cam01_P10_tea", good)
    page.write_text("<!DOCTYPE html>\n<html>not found</html>\n")
    _, label_page = add_video(root, "tea/P11_cam01_P11_tea", good)
    label_page.write_text("<html>\nnot found</html>\n")
    _, short = add_video(root, "tea/P12_cam01_P12_tea", good, frames=12)
    narrow, _ = add_video(root, "tea/P13_cam01_P13_tea", good, d=3)
    return [
        (lost, None, "not found; add the label file"),
        (unknown, 4, "label 'sli' is not in the mapping (as on 1 more line)"),
        (unknown, 10, "label 'bun' is not in the mapping"),
        (ragged, 6, "has 3 numbers, line 1 has 4"),
        (empty, None, "is empty; download or export"),
        (empty_labels, None, "is empty; download or export"),
        (page, None, "is an HTML or XML page; download"),
        (label_page, None, "is an HTML page; download"),
        (short, None, "has 10 labels for 12 frames; download or export both again"),
        (narrow, None, "has 3 features a frame"),
    ]
