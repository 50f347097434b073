"""Small data sets of alignment laid out as the releases are, with what one must read out of them."""

import base64
import pickle
import zlib

import numpy as np
from scipy.io import savemat

from dkva.datasets.alignment.h2o import SEQUENCES

PENN = ("baseball_pitch", "bowl", "pushup")

# A tensor of the labels 0, 0, 1, 2, as PyTorch 2.14 pickled it in a list of one video.
TENSOR = zlib.decompress(
    base64.b64decode(
        "eNptULuOEzEUnVc24H2wQAUV5dAM0iYC0iJEMzxD4wZZzszNrpEzzrE9kRYpUppIwDfwAfwan4BEwQ0J3brwuTo+usfnbPJPSNZI"
        "S5klSWJaZHUiCx47vSDkMuVRo5DHjHPPnLJ6RhaDJjrfXFWqj8YGoTzNemNbFakLzqvVhcBRedAEBn1JQlmnWzX3bqFm15GCwPDF"
        "QzbYZN+F/fPj1e9Hn3++f1Btsje/cr7XSEp5zr5L76JrnFUr8sG4DikL5Cm/WBOjJUVda3SH7KsUTMbrJalgvlBAvkZRygGT4cr5"
        "iEGdyXyXs4s4qot/Qa3rLjGsi75nz1IOd+L9h5HsA4jXLPl4CIFUnrFkMpo8nTwbjcaji/H4OfZrm2WPvC7eRhQfeBk3e5M21dXO"
        "96aTHjA7IG5tcXsKUSd1scVxnW5x8q3hKiw1kZsI4p1vyVP70jRR4PTxFGcRd6Y43+cgKEsd7nLUXTMr05JTc2MJ9+TJfyI80dVi"
        "Ocb9Xld/AYTmi9I="
    )
)


def labels_of(index, phases):
    """Phases in their order, a few frames each, other lengths in each video."""
    return np.repeat(np.arange(phases), 2 + (np.arange(phases) + index) % 3)


def rows_of(n, d, seed):
    return np.random.default_rng(seed).normal(size=(n, d))


def listed(name, index, phases, **more):
    labels = labels_of(index, phases)
    return {
        "id": index,
        "name": name,
        "video_file": f"videos/{name}.mp4",
        "frame_label": labels,
        "seq_len": len(labels),
        **more,
    }


def write_lists(root, content):
    root.mkdir(parents=True, exist_ok=True)
    for name, videos in content.items():
        (root / f"{name}.pkl").write_bytes(pickle.dumps(videos, 3))


def write_features(root, entries, d=6):
    (root / "features").mkdir(parents=True, exist_ok=True)
    for entry in entries:
        np.save(
            root / "features" / f"{entry['name']}.npy",
            rows_of(entry["seq_len"], d, entry["id"]).astype(np.float32),
        )


def pouring(root, *, features=True):
    """Two videos to train on and one to test, and the third list that nobody uses."""
    videos = {
        "train": [listed("a_real_view_0", 0, 5), listed("b_real_view_0", 1, 5)],
        "val": [listed("c_real_view_0", 2, 5)],
        "test": [listed("d_real_view_0", 3, 5)],
    }
    write_lists(root, videos)
    (root / "videos").mkdir()
    (root / "videos" / "a_real_view_0.mp4").write_bytes(b"film")
    if features:
        write_features(root, [entry for entries in videos.values() for entry in entries])
    return root


def penn_lists(root):
    """One video of each of three actions to train on, one of one to test."""
    phases = {"baseball_pitch": (0, 4), "bowl": (3, 3), "pushup": (7, 2)}
    train = [
        listed(f"{index + 1:04d}_{name}", index, phases[name][1], action_label=phases[name][0])
        for index, name in enumerate(PENN)
    ]
    val = [listed("0100_bowl", 0, 3, action_label=3)]
    by_action = [[] for _ in range(13)]
    write_lists(root, {"train": (train, by_action), "val": (val, by_action)})
    write_features(root, [*train, {**val[0], "id": 9}])
    return root


def write_records(root, name, split, count, phases, shape, *, first=0, beta=False):
    root.mkdir(parents=True, exist_ok=True)
    content = {}
    for index in range(count):
        labels = labels_of(index, phases) + first
        pose = rows_of(len(labels), int(np.prod(shape)), index).reshape(len(labels), *shape)
        key = f"{index:04d}"
        content[key] = {"pose": pose, "labels": labels} | (
            {"beta": np.zeros((len(labels), 10))} if beta else {}
        )
    np.save(root / f"{name}_{split}.npy", np.array(content, object), allow_pickle=True)
    return content


def penn_records(root):
    """All thirteen actions, under the names that CASA's authors give them."""
    from dkva.datasets.alignment_sets import ALIGNMENT_SETS

    for activity in ALIGNMENT_SETS["penn_action"].activities:
        for split, count in (("train", 2), ("val", 1)):
            write_records(root, activity.names[-1], split, count, activity.phases, (72,), beta=True)
    return root


def h2o_records(root):
    for split, count in (("train", 27), ("val", 11)):
        write_records(root, "pouring_milk", split, count, 10, (102,))
    return root


def ikea_records(root):
    """Label 0 is background."""
    for split, count in (("train", 3), ("val", 2)):
        write_records(root, "kallax_shelf_drawer", split, count, 18, (17, 3))
    return root


def penn_own(root):
    """Videos 1 to 3 with joints; phases beside the folder. The third has two labels less than frames."""
    (root / "labels").mkdir(parents=True)
    for number, action, split in ((1, "bowling", "train"), (2, "bowling", "val"), (3, "situp", "train")):
        labels = labels_of(number, 3 if action == "bowling" else 2)
        n = len(labels)
        rows = rows_of(n + 2 * (number == 3), 26, number).reshape(-1, 13, 2)
        savemat(
            root / "labels" / f"{number:04d}.mat",
            {
                "action": action,
                "pose": "right",
                "x": rows[..., 0],
                "y": rows[..., 1],
                "visibility": np.ones((len(rows), 13), np.uint8),
                "train": 1,
                "bbox": np.zeros((len(rows), 4)),
                "dimensions": np.array([[270.0, 480.0, len(rows)]]),
                "nframes": len(rows),
            },
        )
        folder = root.parent / "penn_action_labels" / split / action
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{number:04d}.npy", labels)
    return root


def h2o_own(root, *, frames=12):
    """All 38 sequences; the right hand's numbers are those of the left one plus 1000."""
    for index, name in enumerate((*SEQUENCES["train"], *SEQUENCES["test"])):
        place = root / name / "cam4"
        for kind in ("hand_pose", "action_label"):
            (place / kind).mkdir(parents=True)
        for frame in range(frames):
            left = index + frame + np.arange(63) / 100
            numbers = [1, *left, 0, *(left + 1000)]
            (place / "hand_pose" / f"{frame:06d}.txt").write_text(" ".join(map(str, numbers)) + "\n")
            (place / "action_label" / f"{frame:06d}.txt").write_text(f"{min(frame, 9)}\n")
    return root
