import pytest

from dkva.datasets.reading import FeatureReading, LabelReading

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: FeatureReading(missing="drop"), "missing"),
        (lambda: FeatureReading(columns=("a",), drop=("b",)), "columns and drop are both given"),
        (lambda: LabelReading(lengths="stretch"), "length policy"),
        (lambda: LabelReading(fps=0), "fps is 0"),
        (lambda: LabelReading(fps=float("nan")), "fps is nan"),
    ],
)
def test_wrong_settings_are_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()
