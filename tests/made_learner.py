"""Learners as a stranger adds them: means of all training frames, moved to their frames by epochs."""

#: The file.
SOURCE = '''
    import os
    import signal
    from pathlib import Path
    from typing import NamedTuple

    import numpy as np

    from dkva.experiments.registry import Listed

    LISTED = Listed(
        "means",
        "means of a collection",
        "labels each frame by the nearest of K means of all training frames",
        "Nobody, a learner for tests, 2026",
        "averages:train",
        "learner",
        restore="averages:Means",
    )


    def killed_once(sign):
        """End the process as the system does when memory is short, if the file is there."""
        if sign and Path(sign).exists():
            Path(sign).unlink()
            os.kill(os.getpid(), signal.SIGKILL)


    class Means:
        def __init__(self, arrays):
            self.means = arrays["means"]

        def arrays(self):
            return {"means": self.means}

        def segment(self, features):
            if len(features) == 31:
                killed_once(os.environ.get("FATAL_VIDEO"))
            return ((features[:, None] - self.means) ** 2).sum(axis=-1).argmin(axis=1)


    def train(videos, *, n_segments, seed, checkpoint, epochs: int = 4, log: str = "", fatal: str = ""):
        """A model.

        Args:
            videos: of the collection.
            n_segments: K.
            seed: of the first means.
            checkpoint: for the state.
            epochs: passes over
                the frames.
            log: a file that has a line for each epoch.
            fatal: a file for which the process is killed after two epochs.
        """
        if epochs > 99:
            raise ValueError(f"epochs is {epochs}: give at most 99")
        if epochs == 13:
            raise RuntimeError("thirteen is unlucky")
        frames = np.concatenate([video.features() for video in videos])
        first = frames[:: len(frames) // n_segments][:n_segments] + seed
        state = checkpoint.load() or {"means": first, "epoch": 0}
        model = Means(state)
        for epoch in range(int(state["epoch"]), epochs):
            labels = model.segment(frames)
            model.means = np.stack(
                [
                    frames[labels == m].mean(axis=0) if (labels == m).any() else model.means[m]
                    for m in range(n_segments)
                ]
            )
            checkpoint.save({"means": model.means, "epoch": np.array(epoch + 1)})
            if log:
                with Path(log).open("a") as file:
                    file.write(f"{epoch}\\n")
            if epoch == 1:
                killed_once(fatal)
        return model


    PAIRS = Listed(
        "pairs",
        "means of a collection, which match",
        "matches frames that are as many frames after the first of the same mean",
        "Nobody, a learner for tests, 2026",
        "averages:train",
        "learner",
        restore="averages:Pairs",
    )


    class Alignment(NamedTuple):
        assignment: np.ndarray
        unmatched_x: np.ndarray
        unmatched_y: np.ndarray


    class Pairs(Means):
        def align(self, x, y):
            x, y = (self._places(each) for each in (x, y))
            same = np.array([[one == other for other in y] for one in x], np.float32)
            return Alignment(0.75 * same, 1 - 0.75 * same.max(axis=1), 1 - 0.75 * same.max(axis=0))

        def _places(self, features):
            labels = self.segment(features).tolist()
            return [(label, labels[:i].count(label)) for i, label in enumerate(labels)]


    CLASSES = Listed(
        "classes",
        "means of classes",
        "labels each frame by the nearest mean of a class",
        "Nobody, a learner for tests, 2026",
        "averages:learn",
        "learner",
        restore="averages:Means",
        supervised=True,
    )


    def learn(videos, *, n_segments):
        frames = np.concatenate([video.features() for video in videos])
        truth = np.concatenate([video.truth() for video in videos])
        return Means({"means": np.stack([frames[truth == name].mean(axis=0) for name in sorted(set(truth))])})


    DIRECTIONS = Listed(
        "directions",
        "directions of means",
        "embeds frames by the means of activities that they point to",
        "Nobody, a learner for tests, 2026",
        "averages:look",
        "learner",
        restore="averages:Directions",
        mixes=True,
        does=("embed", "align"),
    )


    class Directions:
        __init__, arrays, align = Means.__init__, Means.arrays, Pairs.align

        def embed(self, features):
            if len(features) == 31:
                killed_once(os.environ.get("FATAL_VIDEO"))
            if len(features) == 13:
                raise RuntimeError("thirteen is unlucky")
            return (features @ self.means.T / np.linalg.norm(features, axis=1)[:, None]).astype(np.float32)

        def _places(self, features):
            return self.embed(features).argmax(axis=1).tolist()


    def look(videos, *, log: str = ""):
        """A model.

        Args:
            videos: of the collection.
            log: a file that has a line for each video.
        """
        if log:
            Path(log).write_text("".join(f"{video.name}\\n" for video in videos))
        names = sorted({video.activity for video in videos})
        frames = {name: [video.features() for video in videos if video.activity == name] for name in names}
        return Directions({"means": np.stack([np.concatenate(frames[name]).mean(axis=0) for name in names])})
'''

#: The lines.
ENTRIES = {
    "dkva.methods": {
        "means": "averages:LISTED",
        "classes": "averages:CLASSES",
        "pairs": "averages:PAIRS",
        "directions": "averages:DIRECTIONS",
    }
}
