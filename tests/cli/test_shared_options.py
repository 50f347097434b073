"""Options of several commands are the same in each."""

import pytest

from dkva.cli.compare import compare
from dkva.cli.segment import segment

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("name", ["missing", "scheduler", "no_cache"])
def test_commands_share_them(name):
    first, second = (
        next(each for each in command.params if each.name == name) for command in (compare, segment)
    )
    assert first.to_info_dict() == second.to_info_dict()
    assert first.help
