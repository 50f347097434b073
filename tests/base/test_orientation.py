import pytest

from dkva.base.orientation import looks_turned

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("shape", "turned"),
    [((300, 64), False), ((2048, 300), True), ((2048, 5000), True), ((64, 300), True), ((300, 300), False)],
)
def test_rows_that_look_like_features(shape, turned):
    assert looks_turned(*shape) == turned
