"""Joined recordings."""

from reproduce.collections import basic_motions


def test_sequences_are_real_pieces_joined():
    frames, labels = basic_motions.sequence("test", 0)
    assert frames.shape == (4000, 12)
    again, _ = basic_motions.sequence("test", 0)
    assert (frames == again).all()
    assert not (basic_motions.sequence("test", 1)[1] == labels).all()
