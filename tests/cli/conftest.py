"""Shared by the tests of commands."""

import pytest

from dkva.cli.main import main


@pytest.fixture
def dkva(capsys):
    """Call `dkva` in this process: exit status, stdout, stderr."""

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out = capsys.readouterr()
        return stop.value.code, out.out, out.err

    return call
