"""Videos of one made-up activity that goes on smoothly, at another pace in each."""

import itertools

import numpy as np
from made_videos import Made
from short_training import for_epochs

#: Settings of a network for them that is learned in seconds.
SMALL = {
    "hidden": 32,
    "width": 16,
    "heads": 2,
    "layers": 1,
    "feed_forward": 32,
    "outputs": 16,
    "frames": 32,
    "dropout": 0.0,
    "learning_rate": 1e-2,
    "epochs": 20,
}

#: Where they are trained.
TRAINING = "dkva.alignment.frame_training"


def made_progress(count=4, *, frames=40, phases=4, features=8, noise=0.3, activity="tea"):
    """So many videos, whose features are waves of how far the activity is, from 0 to 1, and noise."""
    shape = np.random.default_rng(7)
    speeds, starts = shape.uniform(2, 7, features), shape.uniform(0, 2 * np.pi, features)
    videos = []
    for index in range(count):
        rng = np.random.default_rng([index, 2])
        n = frames + int(rng.integers(frames // 2))
        pace = np.exp(np.repeat(rng.normal(0, 0.8, 6), -(-n // 6))[:n])
        progress = np.cumsum(pace) / pace.sum()
        waves = np.sin(progress[:, None] * speeds + starts)
        noisy = waves + noise * rng.normal(size=waves.shape)
        phase = np.minimum((progress * phases).astype(int), phases - 1)
        videos.append(Made(f"{activity}/v{index}", noisy.astype(np.float32), phase))
    return videos


def with_and_without(train, videos, **settings):
    """A model, and one that was not trained."""
    few = train(videos, **settings)
    with for_epochs(0, TRAINING):
        return few, train(videos, **settings)


def right(model, videos):
    """Share of frames that are matched to one of their phase, over all pairs."""
    return np.mean(
        [
            np.mean(y.labels[model.align(x.frames, y.frames).assignment.argmax(1)] == x.labels)
            for x, y in itertools.permutations(videos, 2)
        ]
    )
