"""Feature files as other programs write them, of one matrix: text and bytes by what wrote them."""

import io

import numpy as np

#: Frames [n, d] that every file below holds: 20 of 4 features.
FRAMES = np.random.default_rng(5).normal(size=(20, 4)).astype(np.float32)
NAMES = ("nose_x", "nose_y", "tail_x", "tail_y")


def rows(frames=FRAMES, separator=",", *, first=None, last="", decimal="."):
    """Lines of numbers, each after what `first` gives for its row and before `last`."""
    lines = []
    for i, frame in enumerate(frames):
        cells = [str(value).replace(".", decimal) for value in frame.tolist()]
        lines.append(separator.join(cells if first is None else [str(first(i)), *cells]) + last + "\n")
    return "".join(lines)


def pandas_csv(names=NAMES, frames=FRAMES, *, index=True, separator=",", decimal="."):
    """As `DataFrame.to_csv()` writes: an index column, whose name is empty."""
    head = separator.join([""] * index + list(map(str, names))) + "\n"
    return head + rows(frames, separator, first=int if index else None, decimal=decimal)


def numpy_text(frames=FRAMES, **settings):
    """As `numpy.savetxt` writes."""
    text = io.StringIO()
    np.savetxt(text, frames, **{"fmt": "%.18e", **settings})
    return text.getvalue()


def r_table(names=NAMES, frames=FRAMES):
    """As R's `write.table` writes: names of rows, and one name of a column less than columns."""
    head = " ".join(f'"{name}"' for name in names) + "\n"
    return head + rows(frames, " ", first=lambda i: f'"{i + 1}"')


def deeplabcut(frames=FRAMES, first=int, individuals=None):
    """Three lines of names, or four with individuals; a likelihood for each point of two values."""
    points = ("nose", "tail")
    head = ["scorer"] + ["DLC_resnet50_mouse"] * 6
    lines = [head]
    if individuals:
        lines.append(["individuals"] + [name for name in individuals for _ in range(3)])
    lines.append(["bodyparts"] + [point for point in points for _ in range(3)])
    lines.append(["coords"] + ["x", "y", "likelihood"] * 2)
    for i, (a, b, c, d) in enumerate(frames.tolist()):
        lines.append([str(cell) for cell in (first(i), a, b, 0.9, c, d, 0.8)])
    return "".join(",".join(line) + "\n" for line in lines)


def sleap(frames=FRAMES, track=lambda i: "", frame=int):
    """SLEAP's analysis: a line for each instance of a frame."""
    head = "track,frame_idx,instance.score,nose.x,nose.y,nose.score,tail.x,tail.y,tail.score\n"
    body = "".join(
        f"{track(i)},{frame(i)},0.9,{a},{b},0.5,{c},{d},0.4\n"
        for i, (a, b, c, d) in enumerate(frames.tolist())
    )
    return head + body


def anipose(frames=FRAMES):
    """Anipose: coordinates, errors and numbers of cameras, and the number of the frame at the end."""
    head = "nose_x,nose_y,nose_z,nose_error,nose_ncams,nose_score,center_0,fnum\n"
    body = "".join(f"{a},{b},{c},0.5,2,0.9,{d},{i}\n" for i, (a, b, c, d) in enumerate(frames.tolist()))
    return head + body


def mediapipe(frames=FRAMES):
    """Landmarks of MediaPipe as people save them."""
    head = "frame,timestamp (ms),x0,y0,z0,visibility0,x1,presence1\n"
    body = "".join(
        f"{i},{33 * i},{a},{b},{c},0.5,{d},0.4\n" for i, (a, b, c, d) in enumerate(frames.tolist())
    )
    return head + body


def openface(frames=FRAMES):
    """OpenFace: blanks after the commas, time and confidence beside the numbers."""
    head = "frame, timestamp, confidence, gaze_0_x, gaze_0_y, AU01_r, AU02_r\n"
    body = "".join(
        f"{i + 1}, {i / 30:.3f}, 0.98, {a}, {b}, {c}, {d}\n" for i, (a, b, c, d) in enumerate(frames.tolist())
    )
    return head + body


def simba(frames=FRAMES):
    """Points with x, y and p, as SimBA names them."""
    head = ",Ear_left_x,Ear_left_y,Ear_left_p,Tail_x,Tail_y,Tail_p\n"
    body = "".join(f"{i},{a},{b},0.9,{c},{d},0.8\n" for i, (a, b, c, d) in enumerate(frames.tolist()))
    return head + body
