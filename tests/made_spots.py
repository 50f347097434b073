"""Videos of a wandering spot, as pixels."""

import numpy as np


def made_spots(count, frames=40, size=16):
    """Videos of a spot on one way over another ground, in another colour, and how far on its way it is."""
    row, column = np.mgrid[:size, :size]
    videos, progress = [], []
    for index in range(count):
        rng = np.random.default_rng([index, 9])
        phase = np.linspace(0, 1, frames) ** rng.uniform(0.3, 3)
        y, x = 3 + 10 * phase, 8 + 5 * np.sin(6 * phase)
        spot = np.exp(-((row - y[:, None, None]) ** 2 + (column - x[:, None, None]) ** 2) / 6)
        pixels = rng.uniform(0, 0.4, (1, size, size, 3)) + spot[..., None] * rng.uniform(0.5, 1, 3)
        videos.append((255 * np.clip(pixels, 0, 1)).astype(np.uint8))
        progress.append(phase)
    return videos, progress
