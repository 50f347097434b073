"""A method as a stranger adds it: one file, and one entry point that names its listing."""

#: The file.
SOURCE = '''
    import warnings

    import numpy as np

    from dkva.experiments.registry import Listed

    LISTED = Listed(
        "every_tenth",
        "every tenth frame",
        "begins a segment at every tenth frame",
        "Nobody, a method for tests, 2026",
        "tenths:every_tenth",
    )


    def every_tenth(features, n_segments, *, seed, step: int = 10, first: bool = False, shape: str = "flat"):
        """Labels [n].

        Args:
            features: frames [n, d].
            n_segments: the most labels.
            step: frames between
                two beginnings.
            first: whether the first frame is a segment of its own.
            shape: nothing.
        """
        if step < 1:
            raise ValueError(f"step is {step}: give at least 1")
        if step == 7:
            warnings.warn("seven is unlucky")
        labels = np.minimum((np.arange(len(features)) + seed) // step, n_segments - 1)
        return labels.astype(float) if shape == "float" else labels[: len(labels) - (shape == "short")]
'''

#: The line.
ENTRY = {"dkva.methods": {"every_tenth": "tenths:LISTED"}}

#: A method that cuts several videos at once, by their largest feature; one alone is numbered by itself.
TOGETHER = """
    import warnings

    import numpy as np

    from dkva.base.segments import renumbered
    from dkva.experiments.registry import Listed

    LISTED = Listed(
        "largest",
        "largest feature",
        "labels each frame by its largest feature",
        "Nobody, a method for tests, 2026",
        "tallest:largest",
        together="tallest:largest_of_all",
    )


    def largest(features, n_segments, shift: int = 0):
        return renumbered(features.argmax(axis=1) + shift)


    def largest_of_all(videos, n_segments, *, seed, shift: int = 0):
        if shift == 13:
            raise ValueError("shift is 13: give another one")
        if shift == 7:
            warnings.warn("seven is unlucky")
        return [features.argmax(axis=1) + shift for features in videos][: len(videos) - (shift == 99)]
"""

TOGETHER_ENTRY = {"dkva.methods": {"largest": "tallest:LISTED"}}
