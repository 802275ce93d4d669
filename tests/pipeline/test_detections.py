"""The cache that makes an interrupted analysis cheap to go on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import supervision as sv

from courtside.pipeline.detections import DetectionCache


def found(frame: int) -> sv.Detections:
    n = frame % 3
    return sv.Detections(np.full((n, 4), frame, np.float32), confidence=np.full(n, 0.5, np.float32), class_id=np.full(n, 3))


def test_whole_parts_come_back(tmp_path: Path) -> None:
    cache = DetectionCache(tmp_path / "cache", {"a": 1})
    assert cache.get(0) is None
    for frame in range(250):
        cache.put(frame, found(frame))
    again = DetectionCache(tmp_path / "cache", {"a": 1})
    for frame in range(200):
        kept = again.get(frame)
        assert kept is not None and np.array_equal(kept.xyxy, found(frame).xyxy)
    assert again.get(200) is None  # the unfinished part was never written
    for frame in range(200, 300):
        again.put(frame, found(frame))
    assert DetectionCache(tmp_path / "cache", {"a": 1}).get(299) is not None


def test_another_key_starts_afresh(tmp_path: Path) -> None:
    cache = DetectionCache(tmp_path / "cache", {"a": 1})
    for frame in range(100):
        cache.put(frame, found(frame))
    assert DetectionCache(tmp_path / "cache", {"a": 2}).get(0) is None


def test_remove(tmp_path: Path) -> None:
    DetectionCache(tmp_path / "cache", {}).remove()
    assert not (tmp_path / "cache").exists()
