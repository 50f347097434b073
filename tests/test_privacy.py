"""Nothing leaves the machine: every step from a recording to the next one with the network refused."""

import json
import subprocess
import sys

import numpy as np
import pytest
from rendered import render

STEPS = """
import socket, sys

def refuse(event, given):
    # Sockets within the machine (of threads, of displays) are no network.
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        raise RuntimeError(f"asked the network: {event} {given}")
    if event in ("socket.connect", "socket.sendto") and given[0].family in (socket.AF_INET, socket.AF_INET6):
        raise RuntimeError(f"asked the network: {event} {given[1:]}")

sys.addaudithook(refuse)
import json
from dkva.cli.main import main
for line in sys.stdin:
    try:
        main(json.loads(line))
    except SystemExit as end:
        print(end.code, file=sys.stderr)
"""


@pytest.fixture
def alone(tmp_path):
    """Call `dkva` in a process that is refused the network."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", STEPS], text=True, cwd=tmp_path, **pipes)

    def call(*arguments):
        process.stdin.write(json.dumps([*map(str, arguments)]) + "\n")
        process.stdin.flush()
        said = []
        while (line := process.stderr.readline()) and not line.strip().isdecimal():
            said.append(line)
        assert line.strip() == "0", "".join(said)

    yield call
    process.kill()
    process.communicate()


def test_the_network_is_refused(tmp_path):
    """The hook that the other test relies on does refuse it."""
    asking = STEPS.replace("from dkva.cli.main import main", "import urllib.request").replace(
        "main(json.loads(line))", "urllib.request.urlopen('http://192.0.2.1/')"
    )
    done = subprocess.run([sys.executable, "-c", asking], input="[]\n", capture_output=True, text=True)
    assert "asked the network" in done.stderr


def test_nothing_leaves_the_machine(alone, tmp_path):
    colours = np.array([[200, 30, 30], [30, 200, 30], [200, 30, 30], [30, 30, 200]], np.uint8)
    frames = np.broadcast_to(colours.repeat(15, axis=0)[:, None, None], (60, 48, 64, 3))
    for name in ("mine.mp4", "other.mp4"):
        render(tmp_path / name, frames, rate=10)
    every = [
        part
        for kind in ("vtt", "srt", "ffmetadata", "eaf", "boris", "otio", "losslesscut")
        for part in ("--export", kind)
    ]
    more = ("--encoder", "colour", "--shortest", "1s")
    alone(
        "segment",
        "mine.mp4",
        "-k",
        3,
        "--levels",
        "2-3",
        "--html",
        "--chapters",
        "--clips",
        *every,
        *more,
    )
    doc = json.loads((tmp_path / "dkva-out/mine.json").read_text())
    assert [run["label"] for run in doc["segments"]] == [0, 1, 0, 2]
    corrected = doc | {"key": "", "corrected": {"of": doc["key"]}}
    (tmp_path / "mine.corrected.json").write_text(json.dumps(corrected))
    alone("export", "mine.corrected.json", "--clips", "--reencode", "--export", "otio")
    alone("segment", "mine.mp4", "-k", 3, "--labels", "mine.corrected.json", "--out", "scored", *more)
    assert json.loads((tmp_path / "scored/mine.json").read_text())["scores"]["mof"] == 1
    alone(
        "transfer",
        "mine.mp4",
        "other.mp4",
        "--labels",
        "mine.corrected.json",
        "--encoder",
        "colour",
    )
    page = (tmp_path / "dkva-out/mine.html").read_text()
    assert "http:" not in page.replace("http://www.mpi.nl", "").replace("http://www.w3.org", "")
    assert "https:" not in page
