import subprocess
import sys

import pytest

from dkva import __version__

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "command", [["--help"], ["segment", "--help"], ["train", "--help"], ["methods", "-h"], []]
)
def test_help_has_an_example(dkva, command):
    code, text, _ = dkva(*command)
    assert code == (0 if command else 2)
    assert "Example" in text
    assert "dkva segment" in text


def test_all_commands_are_listed(dkva):
    text = dkva("--help")[1]
    for name in ("check", "data", "methods", "report", "segment", "train"):
        assert f"\n  {name} " in text
    assert dkva("--version")[1] == f"dkva {__version__}\n"


def test_a_wrong_call_is_one_line(dkva):
    code, text, errors = dkva("segement")
    assert (code, text) == (2, "")
    assert errors.startswith("error: No such command 'segement'")
    assert len(errors.splitlines()) == 1


def test_help_does_not_wait_for_what_takes_seconds():
    code = (
        "import contextlib, sys, dkva.cli.main\n"
        "for command in (['--help'], ['segment', '--help'], ['train', '--help'], ['methods']):\n"
        "    with contextlib.suppress(SystemExit): dkva.cli.main.main(command)\n"
        "heavy = ('jax', 'sklearn', 'matplotlib', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def test_the_package_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "dkva", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"dkva {__version__}\n"
