"""Pages of cuts: their data, their model in node, and all of them in a browser."""

import base64
import hashlib
import html.parser
import io
import itertools
import json
import re
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import NodeModel, data_of, made_cut
from rendered import numbered, render, shown_number

from dkva.export.documents import labels_in, read_json, timed
from dkva.export.elan import eaf
from dkva.export.page import Still, page
from dkva.export.subtitles import webvtt
from dkva.export.timeline import LOOKS, styles

LABELS = [0] * 20 + [1] * 10 + [0] * 15 + [2] * 25 + [1] * 10
LEVELS = [[0] * 45 + [1] * 35, LABELS, [0] * 20 + [3] * 10 + [0] * 15 + [1] * 15 + [2] * 10 + [3] * 10]


@pytest.fixture(scope="module")
def node():
    model = NodeModel()
    yield model
    model.close()


@pytest.fixture(scope="module")
def cut():
    return page(made_cut(LABELS, levels=LEVELS), media=["clip.mp4"])


def corrected(answer, tmp_path):
    """The document that a page saves, as dkva reads it."""
    path = tmp_path / "clip.corrected.json"
    path.write_text(answer["json"])
    doc = read_json(path)
    assert doc is not None
    return doc


# --- the file -----------------------------------------------------------------------------------------


class Elements(html.parser.HTMLParser):
    """Whether each element is closed, and the content security policy."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.policy, self.links = [], [], "", []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("src", "href") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag not in {"meta", "link", "img", "br", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_one_file_whose_policy_allows_what_is_in_it_and_nothing_else(cut):
    elements = Elements(cut)
    assert len(set(elements.ids)) == len(elements.ids)
    assert all(link.startswith("#") for link in elements.links)
    policy = dict(part.strip().split(" ", 1) for part in elements.policy.split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["media-src"] == "'self' file: blob:"
    for kind, tag in (("script-src", "<script>"), ("style-src", "<style>")):
        inside = cut.split(tag)[1].split(tag.replace("<", "</"))[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert policy[kind] == f"'sha256-{digest}'"


def test_nothing_of_a_document_ends_the_script_or_the_title():
    doc = made_cut(LABELS) | {"video": "</script><!-- <b>&@@STYLE@@"}
    doc["segments"][0]["name"] = "</script><script>alert(1)</script>"
    text = page(doc)
    Elements(text)
    assert data_of(text)["document"] == doc
    assert text.count("alert(1)") == 1


def test_the_palette_is_that_of_pictures(cut):
    assert [tuple(look) for look in data_of(cut)["palette"]] == list(styles(range(LOOKS)).values())
    assert len(set(styles(range(LOOKS)).values())) == LOOKS


def test_stills_are_inside():
    text = page(made_cut(LABELS), stills={(0, 20): Still(7, b"\xff\xd8jpeg")})
    (still,) = data_of(text)["stills"]
    assert (still[:3], base64.b64decode(still[3])) == ([0, 20, 7], b"\xff\xd8jpeg")


def test_without_times_or_with_too_few_there_is_one_line():
    doc = made_cut(LABELS)
    with pytest.raises(ValueError, match="clip: has no times, which the page needs: give --fps"):
        page({key: value for key, value in doc.items() if key != "frames_per_second"})
    with pytest.raises(ValueError, match="has 80 times for 80 frames: give one for each frame and one"):
        page(doc, times=np.arange(80.0))


def test_another_cut_has_corrections_of_its_own():
    doc = made_cut(LABELS)
    other = made_cut(LABELS[::-1])
    kept = {data_of(page(each | {"key": key}))["store"] for each in (doc, other) for key in ("", "a", "b")}
    assert len(kept) == 4  # by the key if there is one


def test_an_action_keeps_its_look_from_coarse_to_fine(cut):
    looks = [dict(each["looks"]) for each in data_of(cut)["cuts"]]
    assert [len(each) for each in looks] == [2, 3, 4]
    assert [each["level"] for each in data_of(cut)["cuts"]] == [0, None, 2]  # the cut is its own level
    rows = [np.array([look[label] for label in row]) for look, row in zip(looks, LEVELS, strict=True)]
    assert looks[1] == {0: 0, 1: 2, 2: 1}  # 2 shares most frames with the coarser 1
    assert (rows[0][:20] == rows[2][:20]).all()
    assert len(set(np.concatenate(rows))) == 4


def test_a_cut_that_is_none_of_the_levels_has_a_place_among_them():
    doc = made_cut(LABELS, levels=[LEVELS[0], LEVELS[2]])
    assert [each["level"] for each in data_of(page(doc))["cuts"]] == [0, None, 1]


# --- times ----------------------------------------------------------------------------------------------


def variable(rng, n):
    return np.cumsum(rng.integers(900, 9000, n)) / 90_000


TIMES = {
    "30 a second": lambda n: np.arange(n) / 30,
    "29.97 a second, late": lambda n: 1.4 + np.arange(n) * 1001 / 30_000,
    "milliseconds of Matroska": lambda n: np.round(np.arange(n) / 23.976, 3),
    "a camera's": lambda n: variable(np.random.default_rng(1), n),
    "two rates": lambda n: np.cumsum(np.where(np.arange(n) < n // 2, 1 / 25, 1 / 60)),
    "late by less than a microsecond": lambda n: 4e-7 + np.arange(n) / 30,
}


@pytest.mark.parametrize("name", TIMES)
def test_times_of_every_frame_are_those_of_the_document(name, node):
    times = TIMES[name](3001)
    text = page(made_cut([0] * 1000 + [1] * 2000), times=times)
    answer = node(text)
    assert answer["times"] == [round(time, 6) for time in times.tolist()]
    assert answer["at"] == list(range(3000))
    if name not in ("a camera's", "two rates"):
        assert len(data_of(text)["times"]["pieces"]) == 1
    if name == "two rates":
        assert len(data_of(text)["times"]["pieces"]) <= 3


@settings(max_examples=20)
@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=60), st.sampled_from([1, 7, 1000, 90_000]))
def test_times_are_exact_whatever_they_are(node, steps, unit):
    times = np.concatenate([[0], np.cumsum(steps)]) / unit
    doc = made_cut([0] * len(steps))
    assert node(page(doc, times=times))["times"] == [round(time, 6) for time in times.tolist()]


# --- the model ------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8"), max_size=8)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=40),
    st.sampled_from([1.0, 29.97, 1000.0, 3000.0]),
    st.dictionaries(st.integers(0, 4), st.none() | NAMES | st.integers(0, 3)),
    st.sampled_from([[], ["a b&c.mp4"], ["../x%22y.mkv", "x.mkv"]]),
)
def test_files_of_an_uncorrected_page_are_those_of_the_library(node, labels, rate, names, media):
    doc = made_cut(labels, rate=rate)
    if names:
        doc["segments"] = [run | {"name": names.get(run["label"])} for run in doc["segments"]]
    answer = node(page(doc, media=media))
    assert answer["vtt"] == webvtt(doc)
    assert answer["eaf"] == eaf(doc, media)
    assert not answer["changed"]


def test_the_document_loses_what_no_longer_holds_and_keeps_the_rest(node, tmp_path):
    doc = made_cut(LABELS, levels=LEVELS)
    text = page(doc | {"scores": {"mof": 1.0}, "suggestion": {"k": 3}})
    found = corrected(node(text), tmp_path)
    assert "levels" not in found
    assert "scores" not in found
    assert "suggestion" not in found
    assert found["corrected"] == {"of": "abc", "level": 3}
    assert found["key"] == ""
    same = {"format", "video", "method", "frames", "features", "segments", "settings", "reading", "source"}
    assert {key: found[key] for key in same} == {key: doc[key] for key in same}
    coarse = corrected(node(text, ["show", 0]), tmp_path)
    assert coarse["corrected"]["level"] == 2
    assert labels_in(coarse).tolist() == LEVELS[0]


def test_only_segments_of_unchanged_frames_keep_their_margin(node, tmp_path):
    doc = made_cut(LABELS)
    for run in doc["segments"]:
        run["confidence"] = 0.5
    found = corrected(node(page(doc), ["setEnd", 0, 23], ["assign", 3, None]), tmp_path)
    assert [run["margin"] for run in found["segments"]] == [None, None, 0.25, 0.25, 0.25]
    assert [run["confidence"] for run in found["segments"]] == [None, None, 0.5, 0.5, 0.5]
    assert [run["label"] for run in found["segments"]] == [0, 1, 0, 3, 1]
    assert found["segments"][0]["end_time"] == 2.3


def test_classes_stay_only_as_long_as_they_are_right(node, tmp_path):
    classes = ["pour", "stir", "cut"]
    doc = made_cut(LABELS) | {"classes": classes}
    doc["segments"] = [run | {"name": classes[run["label"]]} for run in doc["segments"]]
    assert corrected(node(page(doc)), tmp_path)["classes"] == classes
    assert corrected(node(page(doc), ["setEnd", 0, 23]), tmp_path)["classes"] == classes
    assert "classes" not in corrected(node(page(doc), ["rename", 0, "fill"]), tmp_path)
    assert "classes" not in corrected(node(page(doc), ["assign", 0, None]), tmp_path)


def test_a_name_holds_for_all_segments_in_every_cut_and_is_one_line(node, cut, tmp_path):
    answer = node(cut, ["rename", 0, "  pour \n the   milk "])
    found = corrected(answer, tmp_path)
    assert [run["name"] for run in found["segments"]] == ["pour the milk", None] * 2 + [None]
    assert answer["names"] == ["pour the milk", "Action 1", "Action 2"]
    assert node(cut, ["rename", 0, "pour"], ["show", 0])["names"] == ["pour", "Action 1"]
    emptied = node(cut, ["rename", 0, "pour"], ["rename", 0, ""])
    assert not emptied["changed"]
    assert "name" not in corrected(emptied, tmp_path)["segments"][0]


def test_what_is_typed_in_one_go_is_one_change(node, cut):
    letters = [["rename", 0, "pouring"[:n], {"typing": True}] for n in range(1, 8)]
    answer = node(cut, *letters, ["typed"], *[["rename", 0, "x", {"typing": True}], ["undo"]])
    assert answer["names"][0] == "pouring"
    assert node(cut, *letters, ["typed"], ["undo"])["names"][0] == "Action 0"
    both = node(cut, *letters, ["rename", 1, "a", {"typing": True}], ["undo"])
    assert both["names"][:2] == ["pouring", "Action 1"]


def test_a_cut_in_two_of_one_action_is_one_segment_in_files(node, cut):
    answer = node(cut, ["split", 5])
    assert len(answer["runs"]) == 6
    assert answer["vtt"] == webvtt(made_cut(LABELS))
    parted = node(cut, ["split", 5], ["assign", 1, 1])
    assert [(run["start"], run["label"]) for run in parted["runs"]][:3] == [(0, 0), (5, 1), (30, 0)]


def test_what_cannot_be_done_is_said_and_changes_nothing(node, cut):
    calls = [
        ["setStart", 0, 5], ["setEnd", 4, 75], ["setStart", 1, 0], ["setStart", 1, 20], ["setStart", 1, 30],
        ["setEnd", 0, 30], ["setEnd", 0, 20], ["setEnd", 1, 20], ["split", 20], ["split", 0],
        ["merge", 0, -1], ["merge", 4, 1], ["assign", 0, 9],
    ]  # fmt: skip
    answer = node(cut, *calls)
    assert all(said.endswith(".") and len(said) > 15 for said in answer["said"])
    assert not answer["changed"]
    assert not answer["undoable"]
    assert node(cut, ["undo"], ["redo"])["runs"] == answer["runs"]


def edits(draw):
    """A call of the model; some can be made and some cannot."""
    frame, label = st.integers(0, 80), st.integers(0, 4)
    return draw(
        st.one_of(
            st.tuples(st.just("rename"), st.integers(0, 4), NAMES),
            st.tuples(st.sampled_from(["setStart", "setEnd"]), st.integers(0, 4), frame),
            st.tuples(st.just("split"), frame),
            st.tuples(st.just("merge"), st.integers(0, 4), st.sampled_from([-1, 1])),
            st.tuples(st.just("assign"), st.integers(0, 3), st.none() | label),
            st.tuples(st.just("show"), st.integers(0, 2)),
            st.tuples(st.sampled_from(["undo", "redo", "discard"])),
        )
    )


@settings(max_examples=25)
@given(st.data())
def test_whatever_is_changed_segments_cover_the_video_and_can_be_undone(node, cut, tmp_path_factory, data):
    calls = [edits(data.draw) for _ in range(data.draw(st.integers(0, 12)))]
    # an edit of a segment that is gone is none that the page makes
    kept, at = [], node(cut)
    for call in calls:
        if call[0] in ("setStart", "setEnd", "merge", "assign") and call[1] >= len(at["runs"]):
            continue
        kept.append(call)
        at = node(cut, *kept)
        edges = [(run["start"], run["end"]) for run in at["runs"]]
        assert edges[0][0] == 0
        assert edges[-1][1] == 80
        assert all(end == start for (_, end), (start, _) in itertools.pairwise(edges))
        assert all(start < end for start, end in edges)
    found = corrected(at, tmp_path_factory.mktemp("corrected"))
    assert at["vtt"] == webvtt(found)
    assert at["eaf"] == eaf(found, ["clip.mp4"])
    assert timed(found, 10.0) == found
    joined = [run["label"] for run in found["segments"]]
    assert all(a != b for a, b in itertools.pairwise(joined))
    again = node(cut, saved=json.loads(json.dumps(at["state"])))
    assert {name: again[name] for name in ("json", "vtt", "eaf", "shown")} == {
        name: at[name] for name in ("json", "vtt", "eaf", "shown")
    }
    back = node(cut, *kept, *[["undo"]] * 20)
    assert not back["changed"]
    forth = node(cut, *kept, *[["undo"]] * 20, *[["redo"]] * 40, ["show", at["shown"]])
    if not at["redoable"]:
        assert forth["json"] == at["json"]


def test_kept_corrections_that_do_not_fit_are_left_out(node, cut):
    plain = node(cut)
    for bad in (
        {"cuts": {"1": {"runs": [[0, 0], [90, 1]], "looks": [[0, 0], [1, 1]]}}},
        {"cuts": {"1": {"runs": [[0, 0], [10, 7]], "looks": [[0, 0]]}}},
        {"cuts": {"1": {"runs": [[5, 0]], "looks": [[0, 0]]}}},
        {"cuts": {"9": {"runs": [[0, 0]], "looks": [[0, 0]]}}},
        {"names": "x", "cuts": {"1": {}}, "shown": "2"},
        {"names": [[0, 5], ["a", "b"]]},
    ):
        assert node(cut, saved=bad)["json"] == plain["json"]


# --- in a browser ---------------------------------------------------------------------------------------

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A folder with a clip of 80 frames that show their number, 10 a second, as browsers play it."""
    folder = tmp_path_factory.mktemp("page")
    render(folder / "clip.webm", numbered(80), rate=10, codec="libvpx", options={"g": "10"})
    return folder


@pytest.fixture
def visit(browser, clip):
    """Open a page beside the clip: `visit(doc, width=…)`; nothing else is asked for, and nothing fails."""
    tabs = []

    def opened(
        doc=None, *, width=1280, height=900, media=("clip.webm",), scheme="light", expected=(), **more
    ):
        path = clip / "clip.html"
        path.write_text(page(doc or made_cut(LABELS, levels=LEVELS), media=media, **more))
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        tab = context.new_page()
        said, asked = [], []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tabs.append(
            (tab, said, asked, {path.as_uri(), *((clip / name).as_uri() for name in media)}, expected)
        )
        tab.goto(path.as_uri())
        return tab

    yield opened
    for tab, said, asked, allowed, expected in tabs:
        assert [text for text in said if not any(word in text for word in expected)] == []
        assert {url for url in asked if not url.startswith(("data:", "blob:"))} <= allowed
        tab.context.close()


def wait(tab, condition):
    """Playwright's own way evaluates text within the page, which its policy forbids."""
    for _ in range(400):
        if tab.evaluate(f"Boolean({condition})"):
            return
        tab.wait_for_timeout(25)
    pytest.fail(f"never: {condition}")


def picture(shade):
    """A grey JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuvj420p"
    encoder.time_base = Fraction(1, 10)
    frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade, np.uint8), format="rgb24")
    return b"".join(map(bytes, [*encoder.encode(frame.reformat(format="yuvj420p")), *encoder.encode(None)]))


def ready(tab):
    wait(tab, "!video.hidden && video.readyState >= 2 && !video.seeking")
    return tab


def rows(tab):
    return tab.evaluate(
        "[...document.querySelectorAll('#list .row')].map(row => row.innerText.split('\\n')[0])"
    )


def saved(tab, button, tmp_path):
    with tab.expect_download() as waiting:
        tab.click(button)
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def pressed(tab, keys):
    for key in keys.split():
        tab.keyboard.press(key)


def shows(tab, number):
    """Wait until the picture on screen shows this number."""
    shown = None
    for _ in range(100):
        with av.open(io.BytesIO(tab.locator("#video").screenshot())) as picture:
            image = next(picture.decode(video=0)).to_ndarray(format="rgb24")
        height, width, _ = image.shape
        margin = max(0, (width - height * 64 // 48) // 2)  # the clip is 64 × 48 pixels
        shown = shown_number(image[:, margin : width - margin])
        if shown == number:
            return
        tab.wait_for_timeout(25)
    pytest.fail(f"frame {shown} is shown and not {number}")


@WIDTHS
def test_a_typed_name_is_seen_everywhere_and_saved(visit, width, tmp_path):
    tab = ready(visit(width=width))
    tab.fill("#legend li:nth-child(2) input", "stir <fast>")
    tab.evaluate("document.querySelector('#list').scrollIntoView()")
    wait(tab, "document.querySelectorAll('#list .row').length === 5")
    assert rows(tab) == ["Action 0", "stir <fast>", "Action 0", "Action 2", "stir <fast>"]
    assert "stir <fast>" in tab.inner_text("#assign")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    path = saved(tab, "#save-json", tmp_path)
    assert path.name == "clip.corrected.json"
    doc = read_json(path)
    assert [run["name"] for run in doc["segments"]] == [None, "stir <fast>", None, None, "stir <fast>"]
    assert saved(tab, "#save-vtt", tmp_path).read_text() == webvtt(doc)
    path = saved(tab, "#save-eaf", tmp_path)
    assert (path.name, path.read_text()) == ("clip.eaf", eaf(doc, ["clip.webm"]))


def test_the_slider_goes_from_coarse_to_fine(visit):
    tab = ready(visit())
    assert tab.input_value("#slider") == "1"
    seen = []
    for stop in "012":
        tab.fill("#slider", stop)
        seen.append((len(rows(tab)), tab.inner_text("#level")))
    assert seen == [
        (2, "2 actions, 2 segments"), (5, "3 actions, 5 segments (as cut)"), (6, "4 actions, 6 segments")
    ]  # fmt: skip
    assert tab.get_attribute("#slider", "aria-valuetext") == seen[-1][1]


def test_without_levels_it_is_said_how_to_get_them(visit):
    tab = visit(made_cut(LABELS))
    assert not tab.is_visible("#slider")
    assert "--levels 2-12" in tab.inner_text("#no-levels")


def test_the_player_goes_where_one_clicks_and_shows_that_frame(visit):
    tab = ready(visit())
    tab.click("#list .row:nth-child(4)")
    assert "frame 45" in tab.inner_text("#clock")
    shows(tab, 45)
    box = tab.locator("#timeline").bounding_box()
    tab.mouse.click(box["x"] + box["width"] * 25.5 / 80, box["y"] + 20)
    assert "frame 25" in tab.inner_text("#clock")
    shows(tab, 25)
    assert tab.inner_text("#edit-title") == "Segment 2 of 5"
    pressed(tab, ". .")
    tab.click("#frame-on")
    tab.click("#frame-back")
    shows(tab, 27)
    tab.click("#play")
    wait(tab, "video.currentTime > 3.1")
    tab.click("#play")
    assert tab.evaluate("video.paused")
    assert "Action 0" in tab.inner_text("#now")


def test_the_time_line_zooms_by_wheel_and_scrolls_by_the_line_below(visit):
    tab = ready(visit())

    def inside():
        return tab.evaluate(
            "[parseFloat(document.querySelector('.window').style.left), "
            "parseFloat(document.querySelector('.window').style.width)]"
        )

    assert inside() == [0, 100]
    box, below = (tab.locator(name).bounding_box() for name in ("#timeline", "#overview"))
    tab.mouse.move(box["x"] + box["width"] / 4, box["y"] + 20)
    tab.mouse.wheel(0, -240)
    tab.wait_for_timeout(100)
    assert inside() == pytest.approx([12.5, 50], abs=0.2)  # what was under the pointer is there still
    tab.mouse.wheel(box["width"] / 2, 0)
    tab.wait_for_timeout(100)
    assert inside() == pytest.approx([37.5, 50], abs=0.2)
    tab.mouse.click(below["x"] + 2, below["y"] + 9)
    assert inside() == pytest.approx([0, 50], abs=0.2)
    tab.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 20)
    assert "frame 30" in tab.inner_text("#clock")
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.5 + 2, box["y"] + 20)
    tab.mouse.up()
    assert "frame 20" in tab.inner_text("#clock")
    tab.click("#fit")
    assert inside() == [0, 100]


def test_a_changed_segment_keeps_a_picture_of_its_frames(visit):
    images = [picture(shade) for shade in (10, 200)]
    stills = {(0, 20): Still(18, images[0]), (20, 30): Still(25, images[1])}
    tab = ready(visit(stills=stills))
    titles = "[...document.querySelectorAll('.row')].map(row => row.querySelector('img')?.title ?? '')"
    assert tab.evaluate(titles) == ["Frame 18", "Frame 25", "", "", ""]
    assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth)")
    pressed(tab, "j . . [")  # the second begins with frame 22
    assert tab.evaluate(titles) == ["Frame 18", "Frame 25", "", "", ""]
    pressed(tab, "m")  # and ends with frame 44
    assert tab.evaluate(titles) == ["Frame 18", "Frame 25", "", ""]


def test_all_can_be_done_by_keys_alone(visit, tmp_path):
    tab = ready(visit())
    pressed(tab, "j n")
    tab.keyboard.type("pour j s [")
    pressed(tab, "Enter")
    assert tab.evaluate("document.activeElement.id") == "timeline"
    assert rows(tab)[1] == "pour j s ["
    pressed(tab, ". . . [")  # frame 23
    assert "0:02.30 – 0:03.00" in tab.inner_text("#edit-times")
    pressed(tab, ", , ]")  # frame 21 is before this segment
    assert "before this segment" in tab.inner_text("#status")
    pressed(tab, "ArrowRight ArrowRight s m k M u")  # 4.1 s: in the third, which is cut and put together
    doc = read_json(saved(tab, "#save-json", tmp_path))
    assert [(run["start"], run["label"]) for run in doc["segments"]][:3] == [(0, 0), (23, 1), (30, 0)]
    pressed(tab, "Home PageDown")
    assert tab.inner_text("#level") == "2 actions, 2 segments"
    pressed(tab, "l l")
    assert tab.inner_text("#level") == "4 actions, 6 segments"
    pressed(tab, "+ + 0 - ?")
    assert tab.is_visible("#help")
    pressed(tab, "Escape")
    assert not tab.is_visible("#help")
    pressed(tab, "u u u u u u u u")
    assert "Nothing to undo" in tab.inner_text("#status")
    assert tab.inner_text("#level") == "3 actions, 5 segments (as cut)"
    assert rows(tab)[1] == "Action 1"
    pressed(tab, "Space")
    wait(tab, "!video.paused")


def test_focus_is_seen_on_all_that_the_tab_key_reaches(visit):
    tab = ready(visit())
    pressed(tab, "j")
    reached, styles_seen = set(), set()
    for _ in range(60):
        tab.keyboard.press("Tab")
        ident, style = tab.evaluate(
            "[document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if document_left := ident == "" and tab.evaluate("document.activeElement === document.body"):
            break
        reached.add(ident)
        styles_seen.add(style)
    assert document_left
    buttons = {"save-json", "save-vtt", "save-eaf", "keys", "play", "start-here", "split", "merge-next"}
    assert buttons | {"timeline", "assign", "slider", "list"} <= reached
    assert "none" not in styles_seen


def test_a_reload_loses_nothing_and_corrections_can_be_discarded(visit):
    tab = ready(visit())
    tab.fill("#legend li:nth-child(1) input", "pour")
    pressed(tab, "Escape j . [ l")
    tab.reload()  # at once
    ready(tab)
    assert tab.inner_text("#level") == "4 actions, 6 segments"
    assert "Your corrections" in tab.inner_text("#status")
    pressed(tab, "h")
    assert rows(tab)[0] == "pour"
    assert "0:00.0 – 0:02.1" in tab.inner_text("#list .row:nth-child(1)")
    tab.click("#discard")
    assert rows(tab)[0] == "Action 0"
    pressed(tab, "u")
    assert rows(tab)[0] == "pour"
    pressed(tab, "U")
    tab.reload()
    assert rows(tab)[0] == "Action 0"
    assert tab.evaluate("localStorage.length") == 0


def test_a_recording_elsewhere_can_be_opened(visit, clip):
    tab = visit(media=["gone.webm", "gone.mp4"], expected=["ERR_FILE_NOT_FOUND"])
    tab.wait_for_selector("#missing:visible")
    assert "clip.mp4 is not where it was" in tab.inner_text("#missing")
    pressed(tab, "Space j")
    assert "frame 20" in tab.inner_text("#clock")
    tab.set_input_files("#open", clip / "clip.webm")
    ready(tab)
    shows(tab, 20)
    assert tab.evaluate("video.src").startswith("blob:")


def test_features_have_a_page_without_a_recording(visit):
    tab = visit(media=())
    assert "without a recording" in tab.inner_text("#missing")
    pressed(tab, "j j ArrowRight s")
    assert len(rows(tab)) == 6


@WIDTHS
def test_ten_thousand_segments_stay_usable(visit, width, tmp_path):
    rng = np.random.default_rng(0)
    labels = np.repeat((np.cumsum(rng.integers(1, 60, 10_000)) % 60), 3)
    tab = ready(visit(made_cut(labels.tolist()), width=width))
    count = "document.querySelectorAll('*').length"
    assert tab.evaluate(count) < 800
    pressed(tab, "End")
    assert tab.inner_text("#edit-title") == "Segment 10000 of 10000"
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    wait(tab, "document.querySelector('#segment-9999')")
    assert tab.evaluate(count) < 800
    pressed(tab, "k M")
    assert tab.inner_text("#edit-title") == "Segment 9998 of 9999"
    pressed(tab, "+ " * 12)
    assert len(read_json(saved(tab, "#save-json", tmp_path))["segments"]) in (9998, 9999)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def luminance(colour):
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(visit, scheme):
    """WCAG AA: 4.5 to 1, of all that is written, fields and their hints included."""
    tab = ready(visit(scheme=scheme))
    pressed(tab, "?")
    pairs = tab.evaluate(
        """() => {
          const of = e => getComputedStyle(e);
          const ground = e => {
            for (; e; e = e.parentElement)
              if (of(e).backgroundColor !== 'rgba(0, 0, 0, 0)') return of(e).backgroundColor;
          };
          const written = [...document.querySelectorAll('body *')]
            .filter(e => e.innerText || e.matches('[type=text]'))
            .filter(e => e.checkVisibility() && !e.matches(':disabled, :disabled *'));
          const pairs = written.map(e => of(e).color + '|' + ground(e));
          for (const e of document.querySelectorAll('input[type=text]'))
            pairs.push(getComputedStyle(e, '::placeholder').color + '|' + ground(e));
          return [...new Set(pairs)];
        }"""
    )
    assert len(pairs) > 4
    for pair in pairs:
        a, b = sorted(map(luminance, pair.split("|")), reverse=True)
        assert (a + 0.05) / (b + 0.05) >= 4.5, pair


def test_what_is_touched_on_a_phone_is_large_enough(visit):
    tab = ready(visit(width=390, height=844))
    sizes = tab.evaluate(
        """[...document.querySelectorAll("button, select, input, .row")].filter(e => e.checkVisibility())
             .map(e => [e, e.getBoundingClientRect()])
             .map(([e, box]) => [e.id || e.className, box.width, box.height])"""
    )
    small = [each for each in sizes if min(each[1:]) < 32 and each[0] not in ("open", "discard")]
    assert len(sizes) > 20
    assert small == []


def test_roles_and_names_for_those_who_do_not_see_it(visit):
    tab = ready(visit())
    for role, name in (
        ("slider", "Position in the recording"), ("slider", "Coarse to fine"), ("listbox", "Segments"),
        ("textbox", "Name of action 1"), ("button", "Play"), ("combobox", "Action"),
    ):  # fmt: skip
        assert tab.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
    pressed(tab, "j")
    chosen = tab.locator("[role=option][aria-selected=true]")
    assert (chosen.count(), chosen.get_attribute("aria-posinset")) == (1, "2")
    assert tab.get_attribute("#list", "aria-activedescendant") == chosen.get_attribute("id")
    assert tab.get_attribute("#timeline", "aria-valuetext") == "0:02.0, Action 1"
