"""Label files as people have them, and what is read from them."""

import itertools

from dkva.datasets import DataError, LabelReading, load_labels


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def runs(labels):
    """Runs of equal labels, as (label, frames)."""
    return [(str(label), len(list(run))) for label, run in itertools.groupby(labels)]


def truth_of(folder, content, n_frames=300, *, name="v.txt", video="", n_features=None, **reading):
    """What `load_labels` makes of a file."""
    path = write(folder, name, content)
    return load_labels(path, n_frames, LabelReading(**reading), video=video, n_features=n_features)


def read(folder, content, n_frames=300, **how):
    """Runs of the labels, and notes by name as (text, value)."""
    truth = truth_of(folder, content, n_frames, **how)
    assert len(truth.labels) == n_frames
    assert truth.labels.dtype.kind == "U"
    return runs(truth.labels), {note.name: (note.text, note.value) for note in truth.notes}


def refused(folder, content, n_frames=300, **how):
    """The error's line and text, one line without the folder."""
    try:
        truth_of(folder, content, n_frames, **how)
    except DataError as error:
        text = str(error).removeprefix(f"{folder}/")
        assert "\n" not in text
        assert "; " in text  # a remedy
        return error.line, text
    raise AssertionError("it was read")
