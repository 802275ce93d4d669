"""Clips in and out: probe, decode with true timestamps, cuts, H.264."""

from courtside.media.cuts import mark_cuts
from courtside.media.decode import read_frames
from courtside.media.encode import VideoWriter
from courtside.media.prefetch import prefetch
from courtside.media.probe import probe

__all__ = ["VideoWriter", "mark_cuts", "prefetch", "probe", "read_frames"]
