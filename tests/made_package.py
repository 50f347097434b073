"""A package as users of dkva may have it, for tests to write and change."""

import textwrap

#: A package as a user of dkva may have it: methods, what they import, videos, and a measure.
PACKAGE = {
    "__init__": "",
    "parts": """
        import numpy as np

        def uniform(n, m):
            return np.arange(n) * m // n
    """,
    "far": "SHARE = 0.25\n",
    "other": "UNUSED = 1\n",
    "methods": """
        import os
        import signal
        import time
        from pathlib import Path

        import numpy as np

        from made.parts import uniform

        CALLS = []

        def split(features, n_segments, turned=0):
            CALLS.append(("split", len(features)))
            return np.roll(uniform(len(features), n_segments), turned)

        def noisy(features, n_segments, *, seed, name, share=None):
            import made.far as far

            CALLS.append((seed, name))
            rng = np.random.default_rng([seed, *name.encode()])
            labels = uniform(len(features), n_segments)
            flipped = rng.random(len(labels)) < (far.SHARE if share is None else share)
            return np.where(flipped, rng.integers(n_segments, size=len(labels)), labels)

        def noisy_too(features, n_segments, *, seed, name, share=None):
            return noisy(features, n_segments, seed=seed, name=name, share=share)

        def counting(features, n_segments):
            CALLS.append("counting")
            return np.minimum(np.arange(len(features)) // len(CALLS), n_segments - 1)

        def slow(features, n_segments, *, seed, name, seconds=0.1):
            time.sleep(seconds)
            return noisy(features, n_segments, seed=seed, name=name)

        def deadly(features, n_segments, *, name, sign):
            if name == "v5" and Path(sign).exists():
                os.kill(os.getpid(), signal.SIGKILL)
            return split(features, n_segments)

        def deadly_once(features, n_segments, *, name, sign):
            if name == "v5" and Path(sign).exists():
                Path(sign).unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            return split(features, n_segments)

        class OwnError(Exception):
            def __init__(self, problem, place):
                super().__init__(f"{place}: {problem}")

        def failing(features, n_segments, *, name):
            if name == "v0":
                raise OwnError("no such cut", name)
            if name == "v1":
                return {}["no such cut"]
            return split(features, n_segments)
    """,
    "videos": """
        import numpy as np

        def load(seed, n=40):
            rng = np.random.default_rng(seed)
            truth = np.repeat([0, 1, 2], [n // 2, n // 4, n - n // 2 - n // 4])
            return rng.normal(size=(n, 4)) + 1.5 * np.eye(4)[truth], truth

        def gone(path):
            raise FileNotFoundError(f"{path}: not found")
    """,
    "plan": """
        from functools import partial

        from dkva.experiments.experiment import Method, Task
        from made.methods import slow, split
        from made.videos import load

        METHODS = [Method("slow", slow, {"seconds": 0.08}), Method("split", split)]
        TASKS = [Task(f"v{i}", partial(load, i), str(i), 3, (0, 1)) for i in range(24)]
    """,
    "learners": """
        import time
        from pathlib import Path

        import numpy as np

        class Means:
            def __init__(self, centres):
                self.centres = centres

            def arrays(self):
                return {"centres": self.centres}

            def segment(self, features):
                return ((features[:, None] - self.centres) ** 2).sum(axis=-1).argmin(axis=1)

            def embed(self, features):
                return features @ self.centres.T

        def restore(arrays):
            return Means(arrays["centres"])

        def train(videos, *, n_segments, seed, checkpoint, epochs=4, seconds=0.0, log=None):
            frames = np.concatenate([video.features() for video in videos])
            state = checkpoint.load()
            if state is None:
                drawn = np.random.default_rng(seed).choice(len(frames), n_segments, replace=False)
                state = {"centres": frames[drawn], "epoch": np.array(0)}
            centres = state["centres"]
            for epoch in range(int(state["epoch"]), epochs):
                labels = Means(centres).segment(frames)
                means = [frames[labels == m].mean(axis=0) for m in range(n_segments) if (labels == m).any()]
                centres = np.stack(means + [centres[m] for m in range(n_segments) if not (labels == m).any()])
                if log:
                    with Path(log).open("a") as file:
                        file.write(f"{epoch}\\n")
                checkpoint.save({"centres": centres, "epoch": np.array(epoch + 1)})
                time.sleep(seconds)
            return Means(centres)

        def learn_classes(videos, *, n_segments):
            frames = np.concatenate([video.features() for video in videos])
            truth = np.concatenate([video.truth() for video in videos])
            return Means(np.stack([frames[truth == m].mean(axis=0) for m in range(n_segments)]))

        def failing(videos, *, n_segments):
            raise RuntimeError("no such training")

        def fickle(videos, *, n_segments, sign):
            if Path(sign).exists():
                raise RuntimeError("not again")
            return Means(videos[0].features()[:n_segments])
    """,
    "pairs": """
        import numpy as np

        def nearest(embedded, other, truth, other_truth, metric="square"):
            distances = ((embedded[:, None] - other) ** 2).sum(axis=-1)
            right = truth == other_truth[distances.argmin(axis=1)]
            return {"right": right.mean(), "frames": len(truth)}
    """,
    "collection_plan": """
        import sys
        from functools import partial

        from dkva.experiments.collections import Collection
        from dkva.experiments.learners import Learner, Member
        from made.learners import restore, train
        from made.videos import load

        def videos(count, start=0, activities=("a",)):
            return tuple(
                Member(f"{activities[i % len(activities)]}/v{i}", partial(load, i), str(i))
                for i in range(start, start + count)
            )

        def slow(log):
            return Learner("means", train, restore, settings={"epochs": 12, "seconds": 0.15, "log": log})

        COLLECTION = Collection("made", videos(4), videos(3, 10), 3)
    """,
    "measures": """
        import numpy as np

        def right(truth, labels, ignore=None):
            mine = (truth == labels)[truth != ignore]
            return {"mof": mine.mean(), "f1": 1 - mine.mean(), "found": len(set(labels.tolist()))}

        def share(truth, labels, n_segments, **options):
            row = right(truth, labels, **options)
            found = np.int64(row["found"])
            return {"share": np.float64(row["mof"]), "nothing": np.float32("nan"), "found": found}

        def twin(truth, labels, n_segments, **options):
            return share(truth, labels, n_segments, **options)
    """,
}

#: The learner "means" of the package above, as modules of a package that lists it.
NEAREST_MEANS = {
    "listing": """
from dkva.experiments.registry import Listed

LISTED = Listed(
    "means", "nearest means", "assigns frames to means", "Nobody, a method for tests, 2026",
    "nearest:train", kind="learner", restore="nearest:restore",
)
""",
    "nearest": textwrap.dedent(PACKAGE["learners"]),
}
