from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
import supervision as sv

from courtside.errors import ConfigError
from courtside.render.video import render_clip
from courtside.types import RIM, ClipInfo, Frame, Image, Person, Team

INFO = ClipInfo("clip.mp4", 64, 48, Fraction(30), None)
TEAMS = {"Knicks": Team("Knicks", "#F58426")}


def frames(n: int, width: int = 64, height: int = 48) -> Iterator[Frame]:
    for i in range(n):
        yield Frame(i, i / 30, np.full((height, width, 3), 100, np.uint8))


def nobody(_: int) -> list[Person]:
    return []


class Sink:
    def __init__(self) -> None:
        self.images: list[Image] = []
        self.times: list[float] = []
        self.n_advanced = 0

    def write(self, image: Image, time_s: float) -> None:
        assert self.n_advanced == len(self.images)
        self.images.append(image)
        self.times.append(time_s)

    def advance(self) -> None:
        self.n_advanced += 1


@pytest.mark.parametrize("n", [0, 1, 5])
def test_every_frame_is_written_once_at_its_time(n: int) -> None:
    sink = Sink()
    render_clip(frames(n), INFO, nobody, None, TEAMS, frozenset(), sink.write, sink.advance)
    assert sink.times == [i / 30 for i in range(n)]
    assert sink.n_advanced == n
    assert all((image == 100).all() for image in sink.images)


def test_each_frame_shows_its_own_people_and_marks() -> None:
    sink = Sink()
    rim = sv.Detections(np.array([[40, 30, 44, 34]], np.float32), class_id=np.array([RIM]))
    render_clip(
        frames(5),
        INFO,
        lambda i: [Person(1, (5.0, 5.0, 15.0, 35.0), "player", "Knicks")] if i == 1 else [],
        lambda i: rim if i == 2 else sv.Detections.empty(),
        TEAMS,
        frozenset({"rim"}),
        sink.write,
        sink.advance,
        ball=lambda i: (40.0, 30.0, 44.0, 34.0) if i == 3 else None,
    )
    assert [bool((image != 100).any()) for image in sink.images] == [False, True, True, True, False]


def test_no_record_of_detections_draws_no_overlay() -> None:
    sink = Sink()
    render_clip(frames(1), INFO, nobody, None, TEAMS, frozenset({"ball", "boxes"}), sink.write, sink.advance)
    assert (sink.images[0] == 100).all()


def test_a_frame_of_another_size_is_scaled_to_the_clips() -> None:
    sink = Sink()
    render_clip(frames(2, 128, 72), INFO, nobody, None, TEAMS, frozenset(), sink.write, sink.advance)
    assert {image.shape for image in sink.images} == {(48, 64, 3)}


@pytest.mark.parametrize(("overlays", "teams"), [(frozenset({"bals"}), TEAMS), (frozenset(), {"Knicks": Team("Knicks", "orange")})])
def test_what_can_be_refused_is_refused_before_the_first_frame(overlays: frozenset[str], teams: dict[str, Team]) -> None:
    sink = Sink()
    with pytest.raises(ConfigError):
        render_clip(frames(2), INFO, nobody, None, teams, overlays, sink.write, sink.advance)
    assert not sink.images


def test_one_frame_at_a_time() -> None:
    """The next frame is only asked for when the one before has been written, so nothing piles up."""
    sink = Sink()

    def watched() -> Iterator[Frame]:
        for frame in frames(5):
            assert len(sink.images) == frame.index
            yield frame

    render_clip(watched(), INFO, nobody, None, TEAMS, frozenset(), sink.write, sink.advance)
    assert len(sink.images) == 5
