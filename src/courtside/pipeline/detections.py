"""Detections kept as they are made, so that an interrupted analysis does not pay for them twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv

_FRAMES_PER_PART = 100


class DetectionCache:
    """A folder of parts of 100 frames each, written aside and renamed. ``key`` says what they were made with; parts made with another key are thrown away."""

    def __init__(self, folder: Path, key: Mapping[str, Any]) -> None:
        self.folder = folder
        stamp, wanted = folder / "key.json", json.dumps(dict(key), sort_keys=True)
        if not stamp.is_file() or stamp.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            stamp.write_text(wanted)
        self._new: list[sv.Detections] = []
        self._old: tuple[int, dict[str, np.ndarray[Any, Any]]] | None = None

    def get(self, frame: int) -> sv.Detections | None:
        """Return the detections of a frame, or None when it was not reached before."""
        part = frame // _FRAMES_PER_PART
        if self._old is None or self._old[0] != part:
            path = self._path(part)
            if not path.is_file():
                return None
            with np.load(path, allow_pickle=False) as file:
                self._old = part, dict(file)
        table = self._old[1]
        rows = table["frame"] == frame
        return sv.Detections(table["xyxy"][rows], confidence=table["confidence"][rows], class_id=table["class_id"][rows])

    def put(self, frame: int, detections: sv.Detections) -> None:
        """Add a frame's detections; frames come in order."""
        self._new.append(detections)
        if (frame + 1) % _FRAMES_PER_PART:
            return
        part, path = frame // _FRAMES_PER_PART, self._path(frame // _FRAMES_PER_PART)
        if len(self._new) == _FRAMES_PER_PART:  # whole parts only
            aside = path.with_suffix(".part")
            with aside.open("wb") as file:
                np.savez(
                    file,
                    frame=np.concatenate([np.full(len(found), part * _FRAMES_PER_PART + i) for i, found in enumerate(self._new)]),
                    xyxy=np.concatenate([found.xyxy for found in self._new]),
                    confidence=np.concatenate([found.confidence for found in self._new if found.confidence is not None]),
                    class_id=np.concatenate([found.class_id for found in self._new if found.class_id is not None]),
                )
            aside.replace(path)
        self._new.clear()

    def remove(self) -> None:
        """Delete the folder, once the records hold everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, part: int) -> Path:
        return self.folder / f"detections-{part:06d}.npz"
