"""Masks in the records: there when the tracker follows masks, and otherwise not missed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import supervision as sv

from courtside.errors import RecordsError
from courtside.records import MaskTable, RecordsWriter, read_records
from courtside.types import ClipInfo

WIDTH, HEIGHT = 64, 48
INFO = ClipInfo("clip.mp4", WIDTH, HEIGHT, Fraction(30), None)


def masks_of(frame: int, n: int) -> np.ndarray:
    return np.random.default_rng(frame).random((n, HEIGHT, WIDTH)) < 0.3


def compact(dense: np.ndarray) -> sv.CompactMask:
    boxes = np.tile([3, 4, 40, 30], (len(dense), 1))
    return sv.CompactMask.from_dense(dense, boxes, (HEIGHT, WIDTH))


def write(folder: Path, n_frames: int, n_masks: dict[int, int]) -> None:
    with RecordsWriter(folder, INFO, {}) as writer:
        for i in range(n_frames):
            writer.add_frame(i, i / 30, False, np.eye(3))
            if i in n_masks:
                writer.add_masks(i, list(range(1, n_masks[i] + 1)), compact(masks_of(i, n_masks[i])))


def test_without_masks_there_is_no_table(tmp_path: Path) -> None:
    write(tmp_path / "records", 3, {})
    assert not (tmp_path / "records" / "masks.parquet").exists()
    assert read_records(tmp_path / "records").masks is None


def test_masks_come_back_whatever_frame_is_asked_for(tmp_path: Path) -> None:
    n_masks = {1: 2, 255: 1, 256: 3, 300: 4, 599: 2}
    write(tmp_path / "records", 600, n_masks)
    table = read_records(tmp_path / "records").masks
    assert table is not None
    for i in (0, 1, 2, 255, 256, 300, 599, 600, 1):  # back again, too
        ids, masks = table.of(i)
        n = n_masks.get(i, 0)
        assert ids.tolist() == list(range(1, n + 1)) and masks.shape == (n, HEIGHT, WIDTH)
        if n:
            np.testing.assert_array_equal(masks.to_dense(), compact(masks_of(i, n)).to_dense())


def test_the_first_frames_need_no_mask(tmp_path: Path) -> None:
    write(tmp_path / "records", 600, {400: 1})
    table = read_records(tmp_path / "records").masks
    assert table is not None and len(table.of(3)[0]) == 0 and len(table.of(400)[0]) == 1


def test_a_damaged_table_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "masks.parquet").write_bytes(b"no parquet")
    with pytest.raises(RecordsError, match="analyse the clip again"):
        MaskTable(tmp_path / "masks.parquet", (WIDTH, HEIGHT)).of(0)
