"""The pixel-free records of one clip: what ANALYZE writes and RESOLVE and RENDER read, as Parquet tables in a folder.

``frames`` has one row per frame, ``detections`` one per box (``tracker_id`` 0 where it is not tracked), ``readings`` one per number read off a tracked player,
``appearances`` one per sampled look at a player's kit. Where the tracker follows masks there is also ``masks``, one row per tracked person and frame, where
the camera is followed ``movers``, one per small thing that moved by itself.
``manifest.json`` is written last: a folder without it is not finished.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from courtside.court.sighting import Sighting
from courtside.errors import RecordsError
from courtside.scoreboard import Glance
from courtside.types import ClipInfo

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import supervision as sv

FORMAT = 1
"""Raised when the tables change in a way that older folders can't be read."""

_OPTIONAL = ("masks", "court", "score", "movers")  # tables that are only there when something is in them: older readers and records know nothing of them
_ROWS_PER_GROUP_FRAMES = 256  # frames held in memory before they are flushed

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FrameTable:
    """Per frame: ``time_s`` (n,), ``cut`` (n,) bool, True on the first frame of a new shot, ``motion`` (n, 2, 3) from the last frame's pixels to this one's."""

    time_s: npt.NDArray[np.float64]
    cut: npt.NDArray[np.bool_]
    motion: npt.NDArray[np.float64]


@dataclass(frozen=True)
class DetectionTable:
    """Per box: ``frame``, ``tracker_id`` (0: not tracked) and ``class_id`` (m,), ``confidence`` (m,) 0-1, ``xyxy`` (m, 4) pixels."""

    frame: Ints
    tracker_id: Ints
    class_id: Ints
    confidence: Floats
    xyxy: Floats


@dataclass(frozen=True)
class ReadingTable:
    """Per reading: ``frame`` and ``tracker_id`` (r,), the number box ``xyxy`` (r, 4), ``chance`` (r, 101) over ``NUMBERS``; the rest of 1 is "not legible"."""

    frame: Ints
    tracker_id: Ints
    xyxy: Floats
    chance: Floats


@dataclass(frozen=True)
class AppearanceTable:
    """Per sampled look: ``frame`` and ``tracker_id`` (a,), ``vector`` (a, d), ``color`` (a, 3) the kit's median colour, BGR 0-255."""

    frame: Ints
    tracker_id: Ints
    vector: Floats
    color: Floats


@dataclass(frozen=True)
class MoverTable:
    """Per small thing that moved by itself: ``frame`` (s,), sorted, and the middle ``xy`` (s, 2) in pixels."""

    frame: Ints
    xy: Floats


class MaskTable:
    """The masks of a clip, on disk: only those near the frame last asked for are in memory.

    Per mask: ``frame``, ``tracker_id``, its own box ``x``, ``y``, ``width`` and ``height`` in pixels, and ``counts``, the box's run lengths column by column,
    beginning with what is not the person (as in COCO).

    Args:
        path: the Parquet file.
        size: (width, height) of the frames.
    """

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self.path, self._size = path, size
        self._part: tuple[int, pa.Table] | None = None
        self._first: list[int] | None = None

    def of(self, frame: int) -> tuple[Ints, sv.CompactMask]:
        """Return the tracker ids (n,) and the masks of one frame.

        Raises:
            RecordsError: the file is missing or damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq
        import supervision as sv

        try:
            with pq.ParquetFile(self.path) as file:
                if self._first is None:
                    groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
                    self._first = [group.column(0).statistics.min for group in groups]
                part = int(np.searchsorted(self._first, frame, side="right")) - 1
                if part >= 0 and (self._part is None or self._part[0] != part):
                    self._part = part, file.read_row_group(part)
        except (OSError, AttributeError, pa.ArrowInvalid) as error:
            raise RecordsError(f"{self.path}: missing or damaged; delete the folder and analyse the clip again") from error
        rows: list[dict[str, Any]] = []
        if part >= 0 and self._part is not None:
            start, end = (int(i) for i in np.searchsorted(self._part[1].column("frame").to_numpy(), (frame, frame + 1)))
            rows = self._part[1].slice(start, end - start).to_pylist()
        masks = sv.CompactMask(
            [np.array(row["counts"], np.int32) for row in rows],
            np.array([(row["height"], row["width"]) for row in rows], np.int32).reshape(-1, 2),
            np.array([(row["x"], row["y"]) for row in rows], np.int32).reshape(-1, 2),
            (self._size[1], self._size[0]),
        )
        return np.array([row["tracker_id"] for row in rows], np.int64), masks


@dataclass(frozen=True)
class Records:
    """All that is known of one clip before anybody is named."""

    clip: ClipInfo
    frames: FrameTable
    detections: DetectionTable
    readings: ReadingTable
    appearances: AppearanceTable
    settings: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    timing_s: Mapping[str, float] | None = None
    masks: MaskTable | None = None
    """None where the tracker followed boxes."""
    court: tuple[Sighting, ...] = ()
    """What was seen of the court, in the frames that were looked at."""
    mirrored: bool | None = None
    """Whether the clip is mirrored, so that its numbers were read turned round; None where they did not tell, or nobody asked."""
    score: tuple[Glance, ...] = ()
    """What was read off the score graphic, in the frames that were looked at."""
    movers: MoverTable | None = None
    """Small things that moved by themselves; None where nobody looked, or nothing did."""

    def detections_of(self, frame: int) -> sv.Detections:
        """Return everything the detector found in one frame, for drawing."""
        import supervision as sv

        table = self.detections
        rows = slice(*np.searchsorted(table.frame, (frame, frame + 1)))
        return sv.Detections(table.xyxy[rows], confidence=table.confidence[rows], class_id=table.class_id[rows])


def _schemas() -> dict[str, pa.Schema]:
    import pyarrow as pa

    box = [pa.field(side, pa.float32()) for side in ("x1", "y1", "x2", "y2")]
    frame, tracker = pa.field("frame", pa.int32()), pa.field("tracker_id", pa.int32())
    return {
        "frames": pa.schema([frame, pa.field("time_s", pa.float64()), pa.field("cut", pa.bool_()), pa.field("motion", pa.list_(pa.float64(), 6))]),
        "detections": pa.schema([frame, tracker, pa.field("class_id", pa.int8()), pa.field("confidence", pa.float32()), *box]),
        "readings": pa.schema([frame, tracker, *box, pa.field("chance", pa.list_(pa.float32()))]),
        "masks": pa.schema([frame, tracker, *(pa.field(name, pa.int16()) for name in ("x", "y", "width", "height")), pa.field("counts", pa.list_(pa.int32()))]),
        "court": pa.schema([frame, *(pa.field(name, pa.list_(pa.float32())) for name in ("landmarks", "confidence", "paint"))]),
        "score": pa.schema(
            [
                frame,
                pa.field("box", pa.list_(pa.float32())),
                *(pa.field(name, pa.list_(kind)) for name, kind in (("role", pa.string()), ("text", pa.string()), ("confidence", pa.float32()))),
            ]
        ),
        "movers": pa.schema([frame, pa.field("x", pa.float32()), pa.field("y", pa.float32())]),
        "appearances": pa.schema([frame, tracker, pa.field("vector", pa.list_(pa.float32())), pa.field("color", pa.list_(pa.float32(), 3))]),
    }


class RecordsWriter:
    """Writes a records folder as the clip is analysed, a few seconds at a time, into ``FOLDER.part``; renamed when the ``with`` block ends well.

    Args:
        folder: where the records will be.
        clip: the clip they are of.
        settings: what the analysis was made with; stored in the manifest.
    """

    def __init__(self, folder: Path, clip: ClipInfo, settings: Mapping[str, Any]) -> None:
        self.folder, self.clip, self.settings = folder, clip, settings
        self.warnings: list[str] = []
        self.timing_s: dict[str, float] = {}
        self.mirrored: bool | None = None
        self._aside = folder.with_name(folder.name + ".part")
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._files: dict[str, pq.ParquetWriter] = {}
        self._n_frames = 0

    def __enter__(self) -> Self:
        import pyarrow.parquet as pq

        shutil.rmtree(self._aside, ignore_errors=True)
        try:
            self._aside.mkdir(parents=True)
            for name, schema in _schemas().items():
                self._rows[name] = []
                if name in _OPTIONAL:
                    continue  # made with its first row
                self._files[name] = pq.ParquetWriter(self._aside / f"{name}.parquet", schema, compression="zstd")
        except OSError as error:
            raise RecordsError(f"{self.folder.parent}: can't write there ({error.strerror or error}); choose another output folder") from error
        return self

    def add_frame(self, frame: int, time_s: float, cut: bool, motion: npt.NDArray[np.float64]) -> None:
        """Add a frame's row; frames come in order."""
        self._rows["frames"].append({"frame": frame, "time_s": time_s, "cut": cut, "motion": np.asarray(motion, float)[:2].ravel().tolist()})
        self._n_frames += 1
        if self._n_frames % _ROWS_PER_GROUP_FRAMES == 0:
            self._flush()

    def add_detections(
        self, frame: int, tracker_ids: Sequence[int], class_ids: Sequence[int], confidences: Sequence[float], xyxy: npt.NDArray[np.number]
    ) -> None:
        """Add a frame's boxes, all sequences (n,), ``xyxy`` (n, 4)."""
        for tracker_id, class_id, confidence, box in zip(tracker_ids, class_ids, confidences, xyxy, strict=True):
            row = {"frame": frame, "tracker_id": int(tracker_id), "class_id": int(class_id), "confidence": float(confidence)}
            self._rows["detections"].append(row | _box(box))

    def add_reading(self, frame: int, tracker_id: int, xyxy: npt.NDArray[np.number], chance: Floats) -> None:
        """Add one reading."""
        self._rows["readings"].append({"frame": frame, "tracker_id": tracker_id, "chance": chance.tolist()} | _box(xyxy))

    def add_appearance(self, frame: int, tracker_id: int, vector: Floats, color: Floats) -> None:
        """Add one look at a player's kit."""
        self._rows["appearances"].append({"frame": frame, "tracker_id": tracker_id, "vector": vector.tolist(), "color": color.tolist()})

    def add_masks(self, frame: int, tracker_ids: Sequence[int], masks: sv.CompactMask) -> None:
        """Add a frame's masks, one for each of ``tracker_ids`` (n,)."""
        import supervision as sv

        for i, (tracker_id, (x, y)) in enumerate(zip(tracker_ids, masks.offsets.tolist(), strict=True)):
            crop = masks.crop(i)
            size = {"x": x, "y": y, "width": crop.shape[1], "height": crop.shape[0]}
            self._rows["masks"].append({"frame": frame, "tracker_id": tracker_id, **size, "counts": sv.mask_to_rle(crop)})

    def add_court(self, sighting: Sighting) -> None:
        """Add what was seen of the court in one frame."""
        columns = {name: np.ravel(getattr(sighting, name)).tolist() for name in ("landmarks", "confidence", "paint")}
        self._rows["court"].append({"frame": sighting.frame, **columns})

    def add_glance(self, glance: Glance) -> None:
        """Add what was read off the score graphic in one frame."""
        read = list(glance.texts.values())
        columns = {"role": list(glance.texts), "text": [text for text, _ in read], "confidence": [confidence for _, confidence in read]}
        self._rows["score"].append({"frame": glance.frame, "box": glance.box, **columns})

    def add_movers(self, frame: int, xy: npt.NDArray[np.number]) -> None:
        """Add the middles (s, 2) of the small things that moved in one frame; frames come in order."""
        self._rows["movers"] += [{"frame": frame, "x": x, "y": y} for x, y in xy.tolist()]

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        for name, rows in self._rows.items():
            if rows and name not in self._files:
                self._files[name] = pq.ParquetWriter(self._aside / f"{name}.parquet", _schemas()[name], compression="zstd")
            if rows:
                self._files[name].write_table(pa.Table.from_pylist(rows, schema=self._files[name].schema))
                rows.clear()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        failure = error if isinstance(error, OSError) else None
        try:
            if kind is None:
                self._flush()
            for file in self._files.values():
                file.close()
        except OSError as full:
            failure = failure or full
        if failure is not None or kind is not None:
            shutil.rmtree(self._aside, ignore_errors=True)
        if failure is not None:
            reason = failure.strerror or failure
            raise RecordsError(f"{self.folder}: can't write ({reason}); free some space or choose another output folder, and run again") from failure
        if kind is not None:
            return
        clip = self.clip
        manifest = {
            "format": FORMAT,
            "clip": {
                "path": clip.path,
                "width": clip.width,
                "height": clip.height,
                "rate": str(clip.rate),
                "n_frames": self._n_frames,
                "rotation": clip.rotation,
            },
            "settings": dict(self.settings),
            "warnings": self.warnings,
            "timing_s": self.timing_s,
            "mirrored": self.mirrored,
        }
        (self._aside / "manifest.json").write_text(json.dumps(manifest, indent=2))
        shutil.rmtree(self.folder, ignore_errors=True)
        self._aside.rename(self.folder)


def _box(xyxy: npt.NDArray[np.number]) -> dict[str, float]:
    return dict(zip(("x1", "y1", "x2", "y2"), map(float, xyxy), strict=True))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a finished records folder, or None where there is none (or an older format's).

    Raises:
        RecordsError: the manifest is damaged.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text())
        return manifest if manifest["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError) as error:
        raise RecordsError(f"{path}: damaged; delete the folder and analyse the clip again") from error


def read_records(folder: Path) -> Records:
    """Read a records folder.

    Raises:
        RecordsError: it is missing, unfinished or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    manifest = read_manifest(folder)
    if manifest is None:
        raise RecordsError(f"{folder}: no finished records there; run `courtside analyze` on the clip first")
    try:
        tables = {name: pq.read_table(folder / f"{name}.parquet", schema=schema) for name, schema in _schemas().items() if name not in _OPTIONAL}
        clip = ClipInfo(**{**manifest["clip"], "rate": Fraction(manifest["clip"]["rate"])})
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{folder}: damaged ({str(error).splitlines()[0]}); delete the folder and analyse the clip again") from error

    def column(table: str, name: str, dtype: type[Any]) -> npt.NDArray[Any]:
        return np.asarray(tables[table].column(name).to_numpy(), dtype)

    def vectors(table: str, name: str) -> npt.NDArray[np.float32]:
        rows = tables[table].column(name).combine_chunks()  # no Python lists: a long clip has thousands of readings of 101 chances
        return np.asarray(rows.flatten().to_numpy(), np.float32).reshape(len(rows), -1) if len(rows) else np.zeros((0, 0), np.float32)

    def boxes(table: str) -> Floats:
        return np.stack([column(table, side, np.float32) for side in ("x1", "y1", "x2", "y2")], 1)

    motion = np.asarray(tables["frames"].column("motion").combine_chunks().flatten().to_numpy(), float).reshape(-1, 2, 3)
    return Records(
        clip,
        FrameTable(column("frames", "time_s", np.float64), column("frames", "cut", np.bool_), motion),
        DetectionTable(
            column("detections", "frame", np.int64),
            column("detections", "tracker_id", np.int64),
            column("detections", "class_id", np.int64),
            column("detections", "confidence", np.float32),
            boxes("detections"),
        ),
        ReadingTable(column("readings", "frame", np.int64), column("readings", "tracker_id", np.int64), boxes("readings"), vectors("readings", "chance")),
        AppearanceTable(
            column("appearances", "frame", np.int64),
            column("appearances", "tracker_id", np.int64),
            vectors("appearances", "vector"),
            vectors("appearances", "color"),
        ),
        manifest["settings"],
        tuple(manifest["warnings"]),
        manifest["timing_s"],
        MaskTable(folder / "masks.parquet", (clip.width, clip.height)) if (folder / "masks.parquet").is_file() else None,
        _read_court(folder / "court.parquet"),
        manifest.get("mirrored"),  # older records know nothing of it
        score=_read_score(folder / "score.parquet"),
        movers=_read_movers(folder / "movers.parquet"),
    )


def _optional(path: Path) -> pa.Table | None:
    """Return an optional table, None where it is not there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        return None
    try:
        return pq.read_table(path, schema=_schemas()[path.stem])
    except (OSError, pa.ArrowInvalid) as error:
        raise RecordsError(f"{path}: damaged; delete the folder and analyse the clip again") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    table = _optional(path)
    rows: list[dict[str, Any]] = table.to_pylist() if table is not None else []
    return rows


def _read_movers(path: Path) -> MoverTable | None:
    table = _optional(path)
    if table is None:
        return None
    return MoverTable(table.column("frame").to_numpy().astype(np.int64), np.stack([table.column(side).to_numpy() for side in ("x", "y")], 1).astype(np.float32))


def _read_court(path: Path) -> tuple[Sighting, ...]:
    rows = _rows(path)
    pairs = {name: [np.array(row[name], float).reshape(-1, 2) for row in rows] for name in ("landmarks", "paint")}
    return tuple(
        Sighting(row["frame"], landmarks, np.array(row["confidence"], float), paint)
        for row, landmarks, paint in zip(rows, pairs["landmarks"], pairs["paint"], strict=True)
    )


def _read_score(path: Path) -> tuple[Glance, ...]:
    return tuple(
        Glance(
            row["frame"],
            None if row["box"] is None else tuple(row["box"]),
            {role: (text, confidence) for role, text, confidence in zip(row["role"], row["text"], row["confidence"], strict=True)},
        )
        for row in _rows(path)
    )
