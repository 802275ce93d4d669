from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import peers_ways as ways
import pytest
import supervision as sv
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.types import Image, Reading

MakeClip = Callable[..., Path]
SIZE = (320, 240)


class CountingReader:
    def __init__(self) -> None:
        self.calls: list[int] = []

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        assert all(crop.size for crop in crops)
        self.calls.append(len(crops))
        return [Reading(None, 1.0)] * len(crops)


class CountingEncoder:
    def __init__(self) -> None:
        self.n_crops = 0

    def encode(self, crops: Sequence[Image]) -> np.ndarray:
        self.n_crops += len(crops)
        return np.zeros((len(crops), 1), np.float32)


def boxes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, float).reshape(-1, 4)


def mask(*pieces: tuple[slice, slice]) -> np.ndarray:
    result = np.zeros((50, 600), bool)
    for piece in pieces:
        result[piece] = True
    return result


MAIN, NEAR, FAR = np.s_[10:30, 0:20], np.s_[0:5, 100:105], np.s_[0:5, 590:595]


@pytest.mark.parametrize(("pieces", "kept"), [((), ()), ((MAIN,), (MAIN,)), ((MAIN, NEAR), (MAIN, NEAR)), ((MAIN, NEAR, FAR), (MAIN, NEAR)), ((FAR,), (FAR,))])
def test_pieces_far_from_the_largest_are_dropped(pieces: tuple[tuple[slice, slice], ...], kept: tuple[tuple[slice, slice], ...]) -> None:
    assert np.array_equal(ways.near_pieces(mask(*pieces)), mask(*kept))


@given(st.lists(st.tuples(st.integers(0, 45), st.integers(0, 590), st.integers(1, 40), st.integers(1, 200)), max_size=4))
@settings(max_examples=50, deadline=None)
def test_looking_only_where_the_mask_is_finds_the_same(pieces: list[tuple[int, int, int, int]]) -> None:
    one = mask(*(np.s_[y : y + height, x : x + width] for y, x, height, width in pieces))
    expected = ways.near_pieces(one)
    corners = ways.tidy(one)
    assert np.array_equal(one, expected)
    assert corners == tuple(sv.mask_to_xyxy(expected[None])[0])


def test_masks_lie_in_their_boxes() -> None:
    assert ways.ellipses(boxes(), (50, 60)).shape == (0, 50, 60)
    (one,) = ways.ellipses(boxes((10, 5, 30, 45)), (50, 60))
    assert one.dtype == bool
    assert 0.7 < one.sum() / (20 * 40) < 0.87  # pi / 4, and the rim
    assert tuple(sv.mask_to_xyxy(one[None])[0]) == (10, 5, 30, 45)


@pytest.mark.parametrize(
    ("row", "n_pixels"),
    [((0, 0, 0, 0), 1), ((2.7, 3.2, 5.9, 6.9), 4 * 4), ((-5, -5, 1, 1), 2 * 2), ((55, 45, 70, 70), 5 * 5)],
)
def test_a_box_as_a_mask(row: tuple[float, ...], n_pixels: int) -> None:
    assert ways.box_masks(boxes(row), (50, 60)).sum() == n_pixels


def nobody() -> ways.Given:
    return ways.Given(np.zeros(0, int), np.zeros(0, int), boxes(), np.zeros(0, int), boxes())


def two_players(n_frames: int) -> ways.Given:
    """Two players walk to the right, each with a number on; a third number is nobody's."""
    frame = np.repeat(np.arange(n_frames), 2)
    player = np.concatenate([boxes((40 + i, 40, 100 + i, 180), (200 + i, 60, 250 + i, 200)) for i in range(n_frames)])
    number_frame = np.repeat(np.arange(0, n_frames, ways.READ_EVERY), 3)
    number = np.concatenate(
        [boxes((60 + i, 75, 78 + i, 95), (217 + i, 95, 232 + i, 112), (2, 2, 20, 20)) for i in range(0, n_frames, ways.READ_EVERY)],
    )
    return ways.Given(frame, np.tile([7, 12], n_frames), player, number_frame, number)


def test_boxes_come_back_from_their_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("given") / "boxes.npz"
    stored = two_players(6)
    stored.save(path)
    again = ways.Given.load(path)
    assert all(np.array_equal(value, getattr(again, key)) for key, value in vars(stored).items())
    assert np.array_equal(again.players(3)[1], stored.xyxy[6:8])
    assert len(again.numbers(5)) == 3
    assert len(again.numbers(4)) == 0


@pytest.mark.parametrize("way", ways.WAYS)
def test_a_clip_without_anybody(way: str, make_clip: MakeClip) -> None:
    clip = make_clip(n_frames=6, size=SIZE)
    done = ways.WAYS[way](clip, nobody(), 6, ways.Models(CountingReader(), CountingEncoder()))
    assert (done.n_frames, done.n_masks, done.n_read, done.owners) == (6, 0, 0, [])
    assert len(done.pictures) == 6


def test_the_ways_come_to_the_same_in_fewer_calls(make_clip: MakeClip, scene: Callable[[int, int, int], Image]) -> None:
    n_frames = 11
    clip = make_clip("scene.avi", size=SIZE, codec="ffv1", pix_fmt="bgr0", images=[scene(i, *SIZE) for i in range(n_frames)])
    readers = {way: CountingReader() for way in ways.WAYS}
    encoders = {way: CountingEncoder() for way in ways.WAYS}
    done = {way: work(clip, two_players(n_frames), n_frames, ways.Models(readers[way], encoders[way])) for way, work in ways.WAYS.items()}

    assert done["notebook"].pictures == done["masks"].pictures
    assert len(set(done["boxes"].pictures)) == n_frames
    owners = [(frame, number, player) for frame in (0, 5, 10) for number, player in ((0, 7), (1, 12))]
    assert {way: sorted(one.owners) for way, one in done.items()} == dict.fromkeys(ways.WAYS, owners)
    assert readers["notebook"].calls == [1] * 9  # nobody's too: they are read before they are given to anyone
    assert readers["masks"].calls == readers["boxes"].calls == [2, 2, 2]
    assert {way: encoder.n_crops for way, encoder in encoders.items()} == dict.fromkeys(ways.WAYS, 2)
    assert all(one.n_masks == 2 * n_frames for way, one in done.items() if way != "boxes")


def test_a_clip_is_done_no_further_than_asked(make_clip: MakeClip) -> None:
    clip = make_clip(n_frames=8, size=SIZE)
    assert {work(clip, nobody(), 3, ways.Models(CountingReader(), CountingEncoder())).n_frames for work in ways.WAYS.values()} == {3}


def test_memory_is_that_of_a_process_with_an_interpreter_in_it() -> None:
    assert 5 < ways.peak_mb() < 100_000
