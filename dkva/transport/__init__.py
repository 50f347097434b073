"""Optimal transport between frames and actions, and between the frames of two videos; systems built on it."""

from dkva.transport.fused_gw import Alignment, Transport, align_frames, decode

__all__ = ["Alignment", "Transport", "align_frames", "decode"]
