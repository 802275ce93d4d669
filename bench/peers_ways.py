"""The same work between the models, done three ways; one way a process, so that its memory is its own. Started by bench/peers.py.

    python bench/peers_ways.py WAY CLIP BOXES.npz FRAMES

prints one line of JSON. The work: every frame is read, its players are drawn in their team's colour with a label; every 5th frame the number boxes are
matched with players and read; every 30th frame the players' kits are cut out and encoded. The boxes are given. What a segmenter would give, a mask for each
player, is an ellipse in his box; making it is not counted. Drawn pictures are thrown away: encoding is not counted either.

    notebook  masks as booleans the size of the picture, frames and masks kept until the end, one call of the reader for each number box
    masks     the same pictures, streamed: masks as run lengths (supervision's CompactMask), one call of the reader for all numbers that have an owner
    boxes     what courtside does: boxes only, streamed, its own drawing of people
"""

from __future__ import annotations

import json
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.identity.matching import match_numbers
from courtside.media.decode import read_frames
from courtside.models import zoo
from courtside.models.appearance import kit_crop
from courtside.pipeline.analyze import padded_crop
from courtside.pipeline.stopwatch import Stopwatch
from courtside.render.label import choose_font
from courtside.render.people import draw_people
from courtside.types import AppearanceEncoder, Image, NumberReader, Person, Team

Boxes = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

READ_EVERY, LOOK_EVERY = 5, 30
_LEAST_IOS, _NEAR_PX, _LEAST_AREA = 0.9, 300.0, 100
_TEAMS = (Team("Team A", "#E4572E"), Team("Team B", "#2E86E4"))


@dataclass
class Given:
    """The boxes of a clip: n of players, sorted by ``frame`` (n,), with ``tracker_id`` (n,) and ``xyxy`` (n, 4); and m of numbers."""

    frame: npt.NDArray[np.int64]
    tracker_id: npt.NDArray[np.int64]
    xyxy: Boxes
    number_frame: npt.NDArray[np.int64]
    number_xyxy: Boxes

    def players(self, frame: int) -> tuple[npt.NDArray[np.int64], Boxes]:
        """Return the ids (p,) and boxes (p, 4) of a frame."""
        rows = self.frame == frame
        return self.tracker_id[rows], self.xyxy[rows]

    def numbers(self, frame: int) -> Boxes:
        """Return the number boxes (k, 4) of a frame."""
        return np.asarray(self.number_xyxy[self.number_frame == frame], float)

    def save(self, path: Path) -> None:
        """Write an npz."""
        np.savez(path, **vars(self))

    @staticmethod
    def load(path: Path) -> Given:
        """Read the npz."""
        with np.load(path, allow_pickle=False) as file:
            return Given(**file)


@dataclass
class Done:
    """What a way of doing it came to."""

    watch: Stopwatch = field(default_factory=Stopwatch)
    cpu_s: float = 0.0
    n_frames: int = 0
    n_masks: int = 0
    n_read: int = 0
    n_calls: int = 0
    owners: list[tuple[int, int, int]] = field(default_factory=list)
    """frame, row of the number box, tracker id of the player it was given to."""
    pictures: list[int] = field(default_factory=list)
    """A checksum of each drawn picture."""

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Count the block to ``stage``, and its processor time to all."""
        began = time.process_time()
        with self.watch.time(stage):
            yield
        self.cpu_s += time.process_time() - began

    def read(self, reader: NumberReader, crops: list[Image]) -> None:
        """Read the crops in one call; what they say is dropped."""
        if crops:
            reader.read(crops)
            self.n_calls += 1
            self.n_read += len(crops)

    def drawn(self, picture: Image) -> None:
        """Note a finished picture."""
        self.pictures.append(zlib.crc32(np.ascontiguousarray(picture).data))
        self.n_frames += 1


@dataclass
class Models:
    """The two models that the work calls."""

    reader: NumberReader
    encoder: AppearanceEncoder


def notebook_way(clip: Path, given: Given, n_frames: int, models: Models) -> Done:
    """Do it as the notebook does."""
    done = Done()
    frames: list[Image] = []
    people: list[sv.Detections] = []
    kits: list[Image] = []
    stream = islice(sv.get_video_frames_generator(source_path=str(clip)), n_frames)
    while (frame := _next(stream, done)) is not None:
        index = len(frames)
        ids, boxes = given.players(index)
        dense = ellipses(boxes, frame.shape[:2])
        with done.time("masks"):
            masks = np.array([near_pieces(mask) for mask in dense]).reshape(dense.shape)
            seen = sv.Detections(xyxy=sv.mask_to_xyxy(masks=masks).astype(float), mask=masks, tracker_id=ids) if len(ids) else sv.Detections.empty()
        frames.append(frame)
        people.append(seen)
        done.n_masks += len(ids)
        if index % LOOK_EVERY == 0:
            with done.time("kits"):
                kits += [sv.crop_image(frame, box) for box in _middle(boxes)]
        if index % READ_EVERY == 0:
            numbers = given.numbers(index)
            with done.time("read"):
                for crop in [sv.crop_image(frame, box) for box in sv.pad_boxes(xyxy=numbers, px=10, py=10)]:
                    done.read(models.reader, [crop])
            with done.time("match"):
                done.owners += [(index, number, int(ids[player])) for player, number in _pairs(seen.mask, box_masks(numbers, frame.shape[:2]))]
    with done.time("kits"):
        models.encoder.encode(kits)
    draw = _mask_drawing()
    for frame, seen in zip(frames, people, strict=True):
        with done.time("draw"):
            picture = draw(frame, seen)
        done.drawn(picture)
    return done


def masks_way(clip: Path, given: Given, n_frames: int, models: Models) -> Done:
    """Make the notebook's pictures, streaming, with compact masks."""
    done = Done()
    draw = _mask_drawing()
    stream = (frame.image for frame in islice(read_frames(clip, warn=_quiet), n_frames))
    while (frame := _next(stream, done)) is not None:
        index, size = done.n_frames, (frame.shape[0], frame.shape[1])
        ids, boxes = given.players(index)
        dense = ellipses(boxes, size)
        with done.time("masks"):
            tight = np.array([tidy(mask) for mask in dense]).reshape(-1, 4)
            seen = sv.Detections(xyxy=tight, mask=sv.CompactMask.from_dense(dense, tight, size), tracker_id=ids) if len(ids) else sv.Detections.empty()
        done.n_masks += len(ids)
        _look(done, index, frame, boxes, models)
        if index % READ_EVERY == 0:
            numbers = given.numbers(index)
            with done.time("match"):
                # a single True seen as a mask the size of the picture: only its boxes are ever cut out of it
                whole = np.broadcast_to(np.True_, (len(numbers), *size))
                pairs = _pairs(seen.mask, sv.CompactMask.from_dense(whole, numbers, size))
            with done.time("read"):
                done.read(models.reader, [padded_crop(frame, numbers[number], 0.2) for number in sorted({number for _, number in pairs})])
            done.owners += [(index, number, int(ids[player])) for player, number in pairs]
        with done.time("draw"):
            picture = draw(frame, seen)
        done.drawn(picture)
    return done


def boxes_way(clip: Path, given: Given, n_frames: int, models: Models) -> Done:
    """Do it as courtside does."""
    done = Done()
    teams = {team.name: team for team in _TEAMS}
    stream = (frame.image for frame in islice(read_frames(clip, warn=_quiet), n_frames))
    while (frame := _next(stream, done)) is not None:
        index = done.n_frames
        ids, xyxy = given.players(index)
        _look(done, index, frame, xyxy, models)
        if index % READ_EVERY == 0:
            numbers = given.numbers(index)
            with done.time("match"):
                pairs = match_numbers(numbers, xyxy, _LEAST_IOS)
            with done.time("read"):
                done.read(models.reader, [padded_crop(frame, numbers[number], 0.2) for number, _ in pairs])
            done.owners += [(index, number, int(ids[player])) for number, player in pairs]
        with done.time("draw"):
            people = [
                Person(int(one), (box[0], box[1], box[2], box[3]), "player", _TEAMS[one % 2].name, str(one % 100), "Player", 1.0)
                for one, box in zip(ids, xyxy.tolist(), strict=True)
            ]
            picture = draw_people(frame, people, teams)
        done.drawn(picture)
    return done


Way = Callable[[Path, Given, int, Models], Done]
WAYS: Mapping[str, Way] = {"notebook": notebook_way, "masks": masks_way, "boxes": boxes_way}


def ellipses(boxes: Boxes, size: tuple[int, int]) -> Masks:
    """Return (n, height, width): the ellipse in each box, as a segmenter would give it."""
    result = np.zeros((len(boxes), *size), np.uint8)
    for mask, (x1, y1, x2, y2) in zip(result, boxes, strict=True):
        centre, half = (round((x1 + x2) / 2), round((y1 + y2) / 2)), (round((x2 - x1) / 2), round((y2 - y1) / 2))
        cv2.ellipse(mask, centre, half, 0, 0, 360, 1, cv2.FILLED)
    return result.view(np.bool_)


def box_masks(boxes: Boxes, size: tuple[int, int]) -> Masks:
    """Return (n, height, width): each box, both ends included, as a mask."""
    result = np.zeros((len(boxes), *size), np.bool_)
    for mask, (x1, y1, x2, y2) in zip(result, np.maximum(boxes, 0).astype(int), strict=True):
        mask[y1 : y2 + 1, x1 : x2 + 1] = True
    return result


def near_pieces(mask: Masks, reach_px: float = _NEAR_PX) -> Masks:
    """Return the mask (height, width) without the pieces whose centre is farther than ``reach_px`` from that of the largest."""
    n_labels, labels, stats, centres = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    if n_labels < 2:
        return mask.copy()
    main = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    kept = np.zeros_like(mask)
    for piece in range(1, n_labels):
        if piece == main or np.linalg.norm(centres[piece] - centres[main]) <= reach_px:
            kept[labels == piece] = True
    return kept


def tidy(mask: Masks) -> tuple[int, int, int, int]:
    """Drop the far pieces in place, looking only where the mask is; return the corners of what is left, both included, as ``sv.mask_to_xyxy`` does."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    part = mask[y : y + height, x : x + width]
    if part.size:
        part[:] = near_pieces(np.ascontiguousarray(part))
        dx, dy, width, height = cv2.boundingRect(np.ascontiguousarray(part).view(np.uint8))
        x, y = x + dx, y + dy
    return x, y, max(x + width - 1, 0), max(y + height - 1, 0)


def _pairs(players: Masks | sv.CompactMask | None, numbers: Masks | sv.CompactMask) -> list[tuple[int, int]]:
    """Return the (player, number) pairs that overlap by more than 0.9 of the smaller, the surest first."""
    if players is None or not len(players) or not len(numbers):
        return []
    ios = sv.mask_iou_batch(masks_true=players, masks_detection=numbers, overlap_metric=sv.OverlapMetric.IOS)
    pairs = [(int(player), int(number)) for player, number in np.argwhere(ios > _LEAST_IOS)]
    return sorted(pairs, key=lambda pair: -ios[pair])


def _mask_drawing() -> Callable[[Image, sv.Detections], Image]:
    palette = sv.ColorPalette.from_hex([team.color for team in _TEAMS])
    fill = sv.MaskAnnotator(color=palette, opacity=0.5, color_lookup=sv.ColorLookup.INDEX)
    label = sv.RichLabelAnnotator(
        color=palette,
        color_lookup=sv.ColorLookup.INDEX,
        text_color=sv.Color.WHITE,
        font_path=str(choose_font("#0 Player")),
        font_size=40,
        text_position=sv.Position.BOTTOM_CENTER,
        text_offset=(0, 10),
    )

    def draw(frame: Image, seen: sv.Detections) -> Image:
        picture = frame.copy()
        if not len(seen):
            return picture
        large = seen[np.asarray(seen.area, float) > _LEAST_AREA]
        assert isinstance(large, sv.Detections) and large.tracker_id is not None
        ids = large.tracker_id.astype(np.int64)
        picture = fill.annotate(scene=picture, detections=large, custom_color_lookup=ids % 2)
        return label.annotate(scene=picture, detections=large, labels=[f"#{one % 100} Player" for one in ids], custom_color_lookup=ids % 2)

    return draw


def _look(done: Done, index: int, frame: Image, boxes: Boxes, models: Models) -> None:
    if index % LOOK_EVERY == 0:
        with done.time("kits"):
            models.encoder.encode([kit_crop(frame, box) for box in boxes])


def _middle(boxes: Boxes, share: float = 0.4) -> Boxes:
    """Return the boxes shrunk about their centres to ``share`` of their sides."""
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) * share / 2
    return np.concatenate([centre - half, centre + half], 1)


def _next(stream: Iterator[Image], done: Done) -> Image | None:
    with done.time("decode"):
        return next(stream, None)


def _quiet(_: str) -> None:
    """Tell nobody of damaged frames: both decoders step over them."""


def peak_mb() -> float:
    """Return this process's peak memory so far."""
    status = Path("/proc/self/status")
    # Linux hands ru_maxrss down to a child: it would report a large parent's memory as its own
    if status.exists() and (found := re.search(r"VmHWM:\s*(\d+)", status.read_text())):
        return int(found[1]) / 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Do the work of the command line and print what it took."""
    way, clip, given, n_frames = sys.argv[1:]
    models = Models(zoo.create("numbers", "courtside"), zoo.create("appearance", "color"))
    blank = np.zeros((20, 20, 3), np.uint8)
    models.reader.read([blank])  # loads the network: no part of the work
    models.encoder.encode([blank])
    boxes_given = Given.load(Path(given))
    base_mb = peak_mb()
    done = WAYS[way](Path(clip), boxes_given, int(n_frames), models)
    figures = {key: value for key, value in vars(done).items() if key != "watch"}
    print(json.dumps({**figures, "stages_s": dict(done.watch.spent_s), "base_mb": base_mb, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
