"""What options ask for, and what they may not ask for together; see ../test_segment.py for the command."""

import click
import pytest
from click.testing import CliRunner

from dkva.cli import method_options
from dkva.cli.method_options import MethodCommand
from dkva.cli.segmenting.asking import asked_way, in_one_line

pytestmark = pytest.mark.fast


@click.command(cls=MethodCommand, of_recordings=lambda path: path.suffix == ".mp4")
@click.argument("paths", nargs=-1)
@click.option("--method")
@click.option("--shortest", type=float)
def ask(paths, method, shortest, **settings):
    """The way that is asked for."""
    del paths
    rest = {"levels": None, "nested": False, "together": False}
    way = asked_way((3,), method, 0, settings, "processes", 1, **rest, shortest=shortest)
    click.echo(f"{way.method.id} {way.n_segments} {way.shortest} {dict(way.settings)} {way.by_default}")


def asked(*arguments):
    return CliRunner().invoke(ask, arguments).output.strip()


def test_a_shortest_action_is_of_methods_that_smooth():
    assert asked("v.npy", "--shortest", "2").startswith("kms 3 2.0 {")
    assert asked("v.npy", "--shortest", "2", "--method", "dkva").startswith("dkva 3 2.0 {")
    assert asked("v.mp4", "--shortest", "2").startswith("smoothed_kmeans 3 2.0 {")
    assert asked("v.npy").startswith("kms 3 None {")
    refused = asked("v.npy", "--shortest", "2", "--method", "ward")
    assert refused.startswith(
        "Error: --shortest: ward has no smoothing over time for it to set; it is of kms, "
    )


@pytest.mark.parametrize(
    ("method", "option"), [("kms", "averaging"), ("dkva", "smoothing"), ("smoothed_kmeans", "smoothing")]
)
def test_smoothing_is_given_once(method, option):
    refused = asked("v.npy", "--method", method, "--shortest", "2", f"--{option}", "0.1")
    assert refused == f"Error: --shortest: sets --{option}, which is given, too; leave one out"
    assert asked("v.npy", "--method", method, f"--{option}", "0.1").startswith(f"{method} 3 None")


def test_what_recordings_have_unless_told(monkeypatch):
    monkeypatch.setattr(method_options, "RECORDING_SHORTEST", 2.5)
    assert asked("v.mp4").startswith("smoothed_kmeans 3 2.5 ")
    assert asked("v.mp4").endswith(" True")
    assert asked("v.mp4", "--shortest", "4").startswith("smoothed_kmeans 3 4.0 ")
    assert asked("v.mp4", "--shortest", "4").endswith(" False")
    assert asked("v.mp4", "--smoothing", "0.1").startswith("smoothed_kmeans 3 None ")
    assert asked("v.npy").startswith("kms 3 None ")


@pytest.mark.parametrize("error", [ValueError("a"), ImportError("a")])
def test_a_refusal_is_one_line(error):
    def refuse():
        raise error

    with pytest.raises(click.ClickException, match=r"^a$"):
        in_one_line(refuse)
    assert in_one_line(lambda: 3) == 3
