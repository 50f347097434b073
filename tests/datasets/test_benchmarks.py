import numpy as np
import pytest
import releases

from dkva import evaluate
from dkva.datasets import BENCHMARKS, CLUSTERS, LENGTH_POLICIES, DataError

pytestmark = pytest.mark.fast


def test_table_1():
    rows = {name: tuple(benchmark.table1) for name, benchmark in BENCHMARKS.items()}
    assert rows == {
        "50salads": (50, 11788, 19, 64),
        "mpii_cooking": (273, 10555, 17, 64),
        "breakfast": (1712, 2099, 6, 64),
        "hollywood_extended": (937, 835, 3, 64),
        "desktop_assembly": (76, 779, 23, 512),
        "yti": (150, 520, 9, 3000),
    }


@pytest.mark.parametrize("name", BENCHMARKS)
def test_descriptions_are_whole(name):
    benchmark = BENCHMARKS[name]
    assert benchmark.name == name
    assert benchmark.lengths in LENGTH_POLICIES
    assert benchmark.folders[0] in releases.FOLDERS
    for clusters in CLUSTERS:
        k = getattr(benchmark, clusters)
        assert all(value > 1 for value in ([k] if isinstance(k, int) else k.values()))
    # Table 1's segments are the mean K, at times rounded up.
    k = [benchmark.authors] if isinstance(benchmark.authors, int) else list(benchmark.authors.values())
    assert 0 <= benchmark.table1.segments - np.mean(k) < 1


def opened(tmp_path, name, **options):
    releases.all_six(tmp_path)
    return BENCHMARKS[name].open(tmp_path, **options)


@pytest.mark.parametrize(
    ("name", "clusters", "expected"),
    [
        ("50salads", "authors", [19]),
        ("50salads", "twfinch", [18]),
        ("mpii_cooking", "authors", [17, 17]),
        ("mpii_cooking", "twfinch", [36, 4]),
        ("breakfast", "authors", [4, 4, 5]),
        ("breakfast", "twfinch", [4, 4, 5]),
        ("hollywood_extended", "authors", [3, 3]),
        ("desktop_assembly", "authors", [23]),
        ("yti", "authors", [10, 6]),
    ],
)
def test_every_release_opens_with_its_k(tmp_path, name, clusters, expected):
    videos = opened(tmp_path, name, clusters=clusters)
    assert [video.n_segments for video in videos] == expected
    assert len(videos) == len(videos[:]) == len(expected)
    assert videos[0] in list(videos)
    for video in videos:
        features, labels = video.load()
        assert len(features) == len(labels) >= video.n_segments
    root = tmp_path / BENCHMARKS[name].folders[0]
    assert [video.name for video in BENCHMARKS[name].open(root)] == [video.name for video in videos]


def test_twfinchs_mpii_has_each_dish():
    dishes = BENCHMARKS["mpii_cooking"].twfinch
    assert len(dishes) == 59
    assert (dishes["d01"], dishes["d04"], dishes["d74"]) == (14, 36, 21)


def test_a_flat_breakfast(tmp_path):
    releases.add_video(tmp_path, "P03_cam01_P03_juice", ["SIL"] * 9)
    (video,) = BENCHMARKS["breakfast"].open(tmp_path)
    assert (video.activity, video.n_segments) == ("juice", 5)


def test_an_unknown_activity(tmp_path):
    releases.add_video(tmp_path, "coffee/P03", ["SIL"] * 9)
    path, _ = releases.add_video(tmp_path, "soup/P03_cam01_P03_soup", ["SIL"] * 9)
    with pytest.raises(DataError, match="is of no activity of Breakfast; name it or its folder") as caught:
        BENCHMARKS["breakfast"].open(tmp_path)
    assert caught.value.path == path
    good, bad = BENCHMARKS["breakfast"].open(tmp_path, strict=False)
    assert good.load()[1] is not None
    with pytest.raises(DataError, match="no activity"):
        bad.load()


class TestBackground:
    def test_is_left_out_by_its_label(self, tmp_path):
        with_background, without = opened(tmp_path, "yti")
        _, truth = with_background.load()
        scores = evaluate(truth, truth, ignore=with_background.ignore)
        assert set(scores.matching.values()) == {"3", "7"}
        assert scores.n_frames == 8
        _, truth = without.load()  # the first label by sorted name is an action here
        assert evaluate(truth, truth, ignore=without.ignore).n_frames == len(truth)

    @pytest.mark.parametrize(
        ("lines", "label", "number"),
        [([(0, "background"), (1, "jack_up")], "background", "0"), ([(-1, "none"), (0, "go")], "none", "-1")],
    )
    def test_may_be_named_by_the_mapping(self, tmp_path, lines, label, number):
        releases.add_mapping(tmp_path, lines)
        action = lines[1][1]
        releases.add_video(tmp_path, "cpr/cpr_0001", [label] * 5 + [action] * 5)
        releases.add_video(tmp_path, "cpr/cpr_0002", [number] * 5 + [lines[1][0]] * 5)
        releases.add_video(tmp_path, "cpr/cpr_0003", ["-1"] * 5 + [action] * 5)
        for video in BENCHMARKS["yti"].open(tmp_path):
            _, truth = video.load()
            assert set(evaluate(truth, truth, ignore=video.ignore).matching.values()) == {truth[-1]}

    @pytest.mark.parametrize("name", sorted(set(BENCHMARKS) - {"yti"}))
    def test_counts_elsewhere(self, tmp_path, name):
        assert {video.ignore for video in opened(tmp_path, name)} == {()}


class TestGranularity:
    def test_mid_is_the_default(self, tmp_path):
        videos = opened(tmp_path, "50salads")
        assert (videos.granularity, videos[0].coarse) == ("mid", None)

    def test_eval_is_matched_at_mid(self, tmp_path):
        videos = opened(tmp_path, "50salads", granularity="eval")
        (video,) = videos
        assert video.coarse == {"cut_tomato": "0", "cut_cheese": "0", "mix": "1"}
        _, truth = video.load()
        swapped = np.repeat([1, 0, 2], [10, 10, 10])
        assert evaluate(truth, swapped, coarse=video.coarse).mof == 1

    def test_what_the_release_lacks(self, tmp_path):
        with pytest.raises(DataError, match=r"mappinghigh\.txt: not found"):
            opened(tmp_path, "50salads", granularity="high")
        videos = BENCHMARKS["50salads"].open(tmp_path, granularity="high", strict=False)
        assert [error.path.name for error in videos.problems] == ["mappinghigh.txt"]
        with pytest.raises(ValueError, match="choose one of mid, eval, high"):
            BENCHMARKS["50salads"].open(tmp_path, granularity="low")
        with pytest.raises(ValueError, match="granularity of Breakfast"):
            BENCHMARKS["breakfast"].open(tmp_path, granularity="eval")


class TestFolders:
    @pytest.mark.parametrize("name", ["Hollywood_extended", "hollywood extended", "HollywoodExtended"])
    def test_names_of_other_releases(self, tmp_path, name):
        releases.hollywood(tmp_path / name)
        assert BENCHMARKS["hollywood_extended"].find(tmp_path) == tmp_path / name

    def test_links(self, tmp_path):
        releases.hollywood(tmp_path / "disk/he")
        (tmp_path / "data").mkdir()
        (tmp_path / "data/HollywoodExtended").symlink_to(tmp_path / "disk/he")
        assert len(BENCHMARKS["hollywood_extended"].open(tmp_path / "data")) == 2

    def test_of_another_data_set(self, tmp_path):
        releases.all_six(tmp_path)
        with pytest.raises(DataError, match="is the folder of Breakfast; give that of YouTube"):
            BENCHMARKS["yti"].open(tmp_path / "Breakfast")

    def test_two_for_one(self, tmp_path):
        for name in ("YTI", "YouTubeInstructions"):
            (tmp_path / name).mkdir()
        with pytest.raises(DataError, match="holds YTI and YouTubeInstructions"):
            BENCHMARKS["yti"].open(tmp_path)

    def test_that_are_not_there(self, tmp_path):
        with pytest.raises(DataError, match="holds no Breakfast; name its folder Breakfast"):
            BENCHMARKS["breakfast"].open(tmp_path)
        with pytest.raises(DataError, match="is no folder"):
            BENCHMARKS["breakfast"].open(tmp_path / "none")
        (tmp_path / "Breakfast").mkdir()
        for root in (tmp_path, tmp_path / "Breakfast"):
            with pytest.raises(DataError, match="has no folder features/"):
                BENCHMARKS["breakfast"].open(root)

    def test_unknown_clusters(self, tmp_path):
        with pytest.raises(ValueError, match="choose one of authors, twfinch"):
            BENCHMARKS["breakfast"].open(tmp_path, clusters="mine")


@pytest.mark.data
def test_real_breakfast_videos(data_root):
    videos = BENCHMARKS["breakfast"].open(data_root / "breakfast_sample")
    assert [(video.activity, video.n_segments) for video in videos] == [("coffee", 4)] * 3
    assert videos[0].load()[0].shape == (917, 64)
