"""Records written and read back."""

from __future__ import annotations

import errno
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from courtside.errors import RecordsError
from courtside.records import RecordsWriter, read_manifest, read_records
from courtside.types import ClipInfo

CLIP = ClipInfo("game.mp4", 1280, 720, Fraction(30000, 1001), None)


def write(folder: Path, n_frames: int) -> None:
    with RecordsWriter(folder, CLIP, {"key": "a"}) as writer:
        for i in range(n_frames):
            writer.add_frame(i, i / 30, i == 5, np.eye(3))
            writer.add_detections(i, [1, 0], [3, 2], [0.9, 0.4], np.array([[0, 0, 10, 20], [2, 3, 4, 5]], float))
            if i % 10 == 0:
                writer.add_reading(i, 1, np.array([2, 3, 4, 5.0]), np.full(101, 0.005, np.float32))
                writer.add_appearance(i, 1, np.arange(4, dtype=np.float32), np.array([1, 2, 3], np.float32))
        writer.warnings.append("a note")


@pytest.mark.parametrize("n_frames", [0, 1, 600])
def test_round_trip(tmp_path: Path, n_frames: int) -> None:
    write(tmp_path / "records", n_frames)
    records = read_records(tmp_path / "records")
    assert records.clip == ClipInfo("game.mp4", 1280, 720, Fraction(30000, 1001), n_frames)
    assert np.allclose(records.frames.time_s, np.arange(n_frames) / 30)
    assert np.flatnonzero(records.frames.cut).tolist() == ([5] if n_frames > 5 else [])
    assert records.frames.motion.shape == (n_frames, 2, 3)
    assert len(records.detections.frame) == 2 * n_frames
    assert records.readings.chance.shape[0] == len(range(0, n_frames, 10)) == len(records.appearances.vector)
    assert records.settings == {"key": "a"} and records.warnings == ("a note",)
    if n_frames:
        assert records.detections_of(0).class_id is not None and records.detections_of(0).class_id.tolist() == [3, 2]
        assert len(records.detections_of(n_frames)) == 0


@pytest.mark.parametrize("mirrored", [None, True, False])
def test_whether_the_clip_is_mirrored_is_kept(tmp_path: Path, mirrored: bool | None) -> None:
    with RecordsWriter(tmp_path / "records", CLIP, {}) as writer:
        writer.mirrored = mirrored
    assert read_records(tmp_path / "records").mirrored is mirrored


def test_records_that_know_nothing_of_mirrors_are_read(tmp_path: Path) -> None:
    write(tmp_path / "records", 3)
    path = tmp_path / "records" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["mirrored"]
    path.write_text(json.dumps(manifest))
    assert read_records(tmp_path / "records").mirrored is None


def test_an_error_leaves_nothing_and_keeps_what_was(tmp_path: Path) -> None:
    write(tmp_path / "records", 3)

    def fail() -> None:
        with RecordsWriter(tmp_path / "records", CLIP, {}) as writer:
            writer.add_frame(0, 0.0, False, np.eye(3))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(read_records(tmp_path / "records").frames.time_s) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["records"]


def test_missing_and_damaged(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="courtside analyze"):
        read_records(tmp_path / "nothing")
    assert read_manifest(tmp_path / "nothing") is None
    write(tmp_path / "records", 3)
    (tmp_path / "records" / "detections.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(RecordsError, match="damaged"):
        read_records(tmp_path / "records")
    (tmp_path / "records" / "manifest.json").write_text("{")
    with pytest.raises(RecordsError, match="damaged"):
        read_manifest(tmp_path / "records")


def test_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsError, match="output folder"), RecordsWriter(tmp_path / "file" / "records", CLIP, {}):
        pass


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(RecordsError, match="No space left"):
        write(tmp_path / "records", 600)
    assert not list(tmp_path.iterdir())


def test_what_moved_is_kept_where_it_was_looked_for(tmp_path: Path) -> None:
    with RecordsWriter(tmp_path / "records", CLIP, {}) as writer:
        for i in range(3):
            writer.add_frame(i, i / 30, False, np.eye(3))
        writer.add_movers(0, np.zeros((0, 2)))
        writer.add_movers(1, np.array([(10.5, 20.0), (30.0, 40.25)]))
    movers = read_records(tmp_path / "records").movers
    assert movers is not None and movers.frame.tolist() == [1, 1] and movers.xy.tolist() == [[10.5, 20.0], [30.0, 40.25]]
    write(tmp_path / "older", 3)
    assert read_records(tmp_path / "older").movers is None
