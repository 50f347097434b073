"""Learning seen from inside: learned frames, similarities, Gram matrices, losses, trajectories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import figures
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts
from reproduce.pictures.base import ARRAYS, DIGITS, MOVING5, Picture, arrays, boundaries, digits

__all__ = ["gram", "losses", "motion", "moving5_frames", "similarity"]


def moving5_frames(video: int, folder: Path = RESULTS) -> Picture:
    """Mean frames of the true actions above the learned frames."""
    stored = arrays(MOVING5, str(video), folder)
    shown = {
        "mean frame": list(stored["mean frames"]),
        "learned": [picture if picture.any() else None for picture in stored["learned frames"]],
    }
    columns = [f"digit {digit}" for digit in DIGITS]
    title = f"Moving5, test video {video}: mean frame of each action, learned frame matched to it"
    return Picture(
        f"moving5_frames_video{video:02d}",
        title,
        "Two rows of five small pictures: the true mean frame of each digit above, below it the synthetic "
        "frame that was learned for it.",
        (MOVING5,),
        figures.learned_frames(shown, columns, title),
    )


def similarity(video: int, folder: Path = RESULTS) -> Picture:
    """Kernel of each frame and each learned frame, with the true boundaries."""
    stored = arrays(ARRAYS, str(video), folder)
    edges = boundaries(stored["truth"])
    title = f"Moving5, test video {video}: similarity to the learned frames (line: label, dashed: truth)"
    labels = np.argmax(stored["similarity"], axis=1)
    return Picture(
        f"moving5_similarity_video{video:02d}",
        title,
        f"Heat map of {len(labels)} frames by five synthetic frames. There are {len(edges)} true "
        f"boundaries; the most similar synthetic frame changes {np.count_nonzero(np.diff(labels))} times, at "
        f"{len(set(edges) & set(boundaries(labels)))} of them.",
        (ARRAYS,),
        figures.similarity_map(stored["similarity"], edges, title, quantity="kernel k(x, v)"),
    )


def gram(video: int = 5, folder: Path = RESULTS) -> Picture:
    """Gram matrices of the first of the two videos for every kernel."""
    stored = arrays(ARRAYS, "gram", folder)
    truth = arrays(ARRAYS, str(video), folder)["truth"]
    grams = {}
    for key in stored:
        if not key.endswith("/range"):
            low, high = stored[f"{key}/range"]
            grams[key.replace("_", " ")] = low + (high - low) * stored[key] / 255
    title = f"Moving5, test video {video}: Gram matrices, each with its own scale; ticks at true boundaries"
    widths = {
        key: f"{stored[f'{key}/range'][0]:.4g} to {stored[f'{key}/range'][1]:.4g}"
        for key in ("gaussian", "ntk")
    }
    return Picture(
        "moving5_gram_matrices",
        title,
        f"Heat maps of {len(grams)} kernels over {len(truth)} frames. Nearly all values of the Gaussian go "
        f"from {widths['gaussian']}, of the NTK from {widths['ntk']}; blocks on the diagonal are actions.",
        (ARRAYS,),
        figures.gram_matrices(grams, boundaries(truth), title),
    )


def losses(folder: Path = RESULTS) -> Picture:
    """Loss over epochs of all test videos of Moving5."""
    curves = arrays(ARRAYS, "loss", folder)["curves"]
    chosen = int(read_facts("table2_moving5_choice", folder)["chosen"]["epochs"])
    title = f"Moving5: the loss over epochs of {len(curves)} test videos, and the number of epochs chosen"
    median = np.median(curves, axis=0)
    return Picture(
        "moving5_loss",
        title,
        f"Loss curves. The median falls from {median[0]:.2f} in the first epoch to {median[chosen - 1]:.2f} "
        f"in the {chosen}th and {median[-1]:.2f} in the {len(median)}th.",
        (ARRAYS, "table2_moving5_choice.json"),
        figures.loss_curves(
            {"seed 0": curves},
            title,
            marked=chosen,
            loss="mean loss √MMD² + λ‖V‖",
        ),
    )


def motion(video: int, folder: Path = RESULTS, moving: bool = True) -> Picture:
    """How the approximation moves towards the video, in the plane of two principal components."""
    stored = arrays(ARRAYS, str(video), folder)
    path = stored["path"]
    title = f"Moving5, test video {video}: the synthetic frames' directions over {len(path) - 1} epochs"

    def state(epoch: int | None) -> Figure:
        return figures.motion(
            stored["frames"],
            digits(stored["truth"]),
            path,
            title,
            shares=stored["shares"].tolist(),
            epoch=epoch,
        )

    lengths = np.linalg.norm(path[-1] - path[0], axis=1)
    return Picture(
        f"moving5_motion_video{video:02d}",
        title,
        f"Directions of frames as points in the plane of two principal components, a sign a digit; the "
        f"{path.shape[1]} synthetic frames end {lengths.min():.2f} to {lengths.max():.2f} from their start.",
        (ARRAYS,),
        state(None),
        tuple(state(epoch) for epoch in range(len(path))) if moving else (),
    )
