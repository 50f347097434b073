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
