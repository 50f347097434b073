"""Embedded frames by which videos of one activity can be matched: views of a video, and losses."""
