from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from courtside.media import mark_cuts, read_frames
from courtside.types import Frame, Image

Scene = Callable[[int, int, int], Image]
WIDTH, HEIGHT = 320, 180


def cuts(images: list[Image]) -> list[int]:
    return [frame.index for frame, cut in mark_cuts(Frame(i, i / 30, image) for i, image in enumerate(images)) if cut]


def pan(scene: Scene, seed: int, n_frames: int, step_px: int = 1, blur: int = 0) -> list[Image]:
    """A camera moving right over a wide scene."""
    wide = scene(seed, WIDTH + 600, HEIGHT)
    if blur:
        wide = cv2.blur(wide, (blur, 1)).astype(np.uint8)
    return [wide[:, i * step_px : i * step_px + WIDTH] for i in range(n_frames)]


def lit(image: Image, gain: float) -> Image:
    burnt: Image = np.clip(image * gain, 0, 255).astype(np.uint8)
    return burnt


@pytest.mark.parametrize("n_frames", [0, 1, 2, 3, 4, 20])
def test_every_frame_comes_out_once_in_order_and_one_shot_has_no_cut(scene: Scene, n_frames: int) -> None:
    frames = [Frame(i, i / 30, image) for i, image in enumerate(pan(scene, 1, n_frames))]
    out = list(mark_cuts(frames))
    assert [frame for frame, _ in out] == frames
    assert not any(cut for _, cut in out)


@pytest.mark.parametrize("at", [1, 2, 4, 17, 18, 19])
def test_a_hard_cut_wherever_it_is(scene: Scene, at: int) -> None:
    assert cuts(pan(scene, 1, at) + pan(scene, 2, 20 - at)) == [at]


def test_several_cuts(scene: Scene) -> None:
    assert cuts([image for seed in range(1, 6) for image in pan(scene, seed, 12)]) == [12, 24, 36, 48]


@pytest.mark.parametrize("gain", [0.0, 0.3, 2.0, 1000.0], ids=["black", "dark", "bright", "white"])
@pytest.mark.parametrize("lasts", [1, 2])
@pytest.mark.parametrize("at", [0, 1, 10, 18])
def test_a_strobe_is_not_a_cut(scene: Scene, gain: float, lasts: int, at: int) -> None:
    images = pan(scene, 1, 20)
    for i in range(at, at + lasts):
        images[i] = lit(images[i], gain)
    assert cuts(images) == []


def test_a_burnt_out_strobe_is_known_by_what_comes_after(scene: Scene) -> None:
    images = pan(scene, 1, 20)
    images[10], images[11] = lit(images[10], 4), lit(images[11], 4)
    assert cuts(images) == []


def test_two_strobes_three_frames_apart(scene: Scene) -> None:
    images = pan(scene, 1, 20)
    images[9], images[12] = lit(images[9], 3), lit(images[12], 3)
    assert cuts(images) == []


def test_one_foreign_frame_is_not_a_cut(scene: Scene) -> None:
    images = pan(scene, 1, 20)
    images[10] = scene(2, WIDTH, HEIGHT)
    assert cuts(images) == []


@pytest.mark.parametrize(("step_px", "blur"), [(4, 0), (10, 10), (20, 20), (30, 30)])
def test_a_fast_blurred_pan_is_not_a_cut(scene: Scene, step_px: int, blur: int) -> None:
    assert cuts(pan(scene, 1, 20, step_px, blur)) == []


@pytest.mark.parametrize("factor", [0.97, 1.03, 1.05])
def test_a_zoom_is_not_a_cut(scene: Scene, factor: float) -> None:
    big = scene(1, 2 * WIDTH, 2 * HEIGHT)
    sides = [factor**i * (1 if factor > 1 else 1.8) for i in range(12)]
    images = [cv2.getRectSubPix(cv2.resize(big, None, fx=s, fy=s), (WIDTH, HEIGHT), (big.shape[1] * s / 2, big.shape[0] * s / 2)) for s in sides]
    assert cuts([image.astype(np.uint8) for image in images]) == []


@pytest.mark.parametrize("lasts", [8, 16])
def test_a_dissolve_is_one_cut_near_its_end(scene: Scene, lasts: int) -> None:
    a, b = pan(scene, 1, 40 + lasts, 0), pan(scene, 2, 40 + lasts, 0)
    share = np.clip((np.arange(40 + lasts) - 19) / (lasts + 1), 0, 1)
    found = cuts([(x * (1 - s) + y * s).astype(np.uint8) for x, y, s in zip(a, b, share, strict=True)])
    assert len(found) == 1
    assert 20 + lasts // 2 <= found[0] <= 20 + lasts + 8


@pytest.mark.parametrize(("lasts", "step_px"), [(8, 0), (16, 0), (30, 0), (8, 2), (30, 2)])
def test_a_wipe_is_one_cut_before_its_end(scene: Scene, lasts: int, step_px: int) -> None:
    a, b = pan(scene, 1, 80 + lasts, step_px), pan(scene, 2, 80 + lasts, step_px)
    edge = np.clip((np.arange(80 + lasts) - 59) * WIDTH // (lasts + 1), 0, WIDTH)
    found = cuts([np.concatenate([y[:, :x], z[:, x:]], 1) for y, z, x in zip(b, a, edge.tolist(), strict=True)])
    assert len(found) == 1
    assert 60 <= found[0] <= 60 + lasts + 8


def test_a_slow_dissolve(scene: Scene) -> None:
    a, b = pan(scene, 1, 150, 0), pan(scene, 2, 150, 0)
    share = np.clip((np.arange(150) - 79) / 31, 0, 1)
    found = cuts([(x * (1 - s) + y * s).astype(np.uint8) for x, y, s in zip(a, b, share, strict=True)])
    assert len(found) == 1
    assert 80 <= found[0] <= 118


def test_strobes_in_a_pan_are_no_wipe(scene: Scene) -> None:
    images = pan(scene, 1, 120, 3)
    for i in (50, 51, 61, 71, 87, 88):
        images[i] = lit(images[i], 3)
    assert cuts(images) == []


def test_a_pan_that_starts_and_stops_is_no_wipe(scene: Scene) -> None:
    wide = scene(1, WIDTH + 600, HEIGHT)
    where = np.concatenate([np.zeros(60, int), np.arange(0, 600, 20), np.full(60, 580)])
    assert cuts([wide[:, x : x + WIDTH] for x in where.tolist()]) == []


@pytest.mark.parametrize(("second", "n_cuts"), [(2, 1), (1, 0)], ids=["to another shot", "and back"])
def test_a_fade_through_black(scene: Scene, second: int, n_cuts: int) -> None:
    down = [lit(image, 1 - i / 10) for i, image in enumerate(pan(scene, 1, 11, 0))]
    up = [lit(image, i / 10) for i, image in enumerate(pan(scene, second, 11, 0))]
    images = pan(scene, 1, 10, 0) + down + [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 5 + up + pan(scene, second, 10, 0)
    assert len(cuts(images)) == n_cuts


@pytest.mark.parametrize("size", [(1, 1), (16, 9), (61, 37), (640, 360), (1920, 1080), (108, 192)])
def test_any_size(scene: Scene, size: tuple[int, int]) -> None:
    assert cuts([scene(1, *size)] * 5 + [scene(2, *size)] * 5) == ([] if size == (1, 1) else [5])


def test_it_looks_two_frames_ahead_and_no_further(scene: Scene) -> None:
    pulled: list[int] = []

    def source() -> Iterator[Frame]:
        for i, image in enumerate(pan(scene, 1, 20)):
            pulled.append(i)
            yield Frame(i, i / 30, image)

    marked = mark_cuts(source())
    for frame, _ in marked:
        assert len(pulled) <= frame.index + 3


def test_closing_closes_the_source(scene: Scene) -> None:
    closed: list[bool] = []

    def source() -> Iterator[Frame]:
        try:
            for i, image in enumerate(pan(scene, 1, 20)):
                yield Frame(i, i / 30, image)
        finally:
            closed.append(True)

    marked = mark_cuts(source())
    next(marked)
    marked.close()
    assert closed == [True]


# Looked at by eye: pr16 goes from the coach to the game at 4, jazz_thunder begins with five frames of another play; nba3 and nba4 have arena strobes,
# pr13 a fast blurred pan, and no other clip has a cut.
@pytest.mark.parametrize(
    ("name", "expected"), [("pr16.avi", [4]), ("jazz_thunder.mp4", [5]), ("nba4.avi", []), ("nba3.avi", []), ("pr13.avi", []), ("highschool.mp4", [])]
)
def test_real_clips(shared_data: Path, name: str, expected: list[int]) -> None:
    assert [frame.index for frame, cut in mark_cuts(read_frames(shared_data / "clips" / name)) if cut] == expected
