import pytest

from dkva.cli.segmenting.recording_reading import RecordingReading, rate_for

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(("shortest", "rate"), [(None, 5), (2.999, 10), (3.0, 5), (60.0, 5)])
def test_shorter_actions_are_looked_at_more_often(shortest, rate):
    assert rate_for(shortest) == rate


def test_the_encoder_is_made_once():
    reading = RecordingReading("pixels", size=8)
    assert reading.opened() is RecordingReading("pixels", size=8, fps=2).opened()
    assert reading.opened().size == (8, 8)
    with pytest.raises(ValueError, match="takes no size"):
        RecordingReading("colour", size=8).opened()


def test_why_the_encoder_is_the_one_that_it_is():
    assert RecordingReading("pixels").reason() == ""
    name = RecordingReading().opened().id
    assert RecordingReading().reason().startswith(f"encoder {name}: ")
