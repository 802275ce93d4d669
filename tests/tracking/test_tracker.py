from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import supervision as sv
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.tracking.tracker import BoxTracker
from courtside.types import BALL, NUMBER, PLAYER, REFEREE, Frame

NOTHING = sv.Detections(np.zeros((0, 4), np.float32), confidence=np.zeros(0, np.float32), class_id=np.zeros(0, int))


def ids(tracked: sv.Detections) -> list[int]:
    assert tracked.tracker_id is not None
    return [int(i) for i in tracked.tracker_id]


def follow(tracker: BoxTracker, arena: Any, bodies: list[Any], index: int, rate: float = 30.0, camera: Any = None, glare: int = 0) -> list[int]:
    """Run one frame with a perfect detector."""
    return ids(tracker.update(arena.frame(index, index / rate, bodies, camera, glare), arena.detections(bodies, camera)))


@pytest.mark.parametrize(
    "detections",
    [
        pytest.param(NOTHING, id="none"),
        pytest.param(sv.Detections.empty(), id="none, no classes either"),
        pytest.param(sv.Detections(np.array([[9, 9, 30, 60.0]]), confidence=np.array([0.9]), class_id=np.array([BALL])), id="a ball"),
        pytest.param(sv.Detections(np.array([[9, 9, 30, 60.0]]), confidence=np.array([0.9]), class_id=np.array([NUMBER])), id="a number"),
        pytest.param(sv.Detections(np.array([[9, 9, 30, 60.0]]), confidence=np.array([0.05]), class_id=np.array([PLAYER])), id="a ghost"),
    ],
)
def test_nobody_gives_nobody(arena: Any, detections: sv.Detections) -> None:
    tracker = BoxTracker()
    for i in range(10):
        assert ids(tracker.update(arena.frame(i, i / 30, []), detections)) == []


def test_a_sure_person_is_there_from_the_first_frame_and_a_doubtful_one_once_confirmed(arena: Any) -> None:
    tracker = BoxTracker(birth=0.55, sure=0.75, confirm_s=0.1)
    bodies = [arena.body(700, 500, arena.white, confidence=0.95), arena.body(900, 500, arena.navy, confidence=0.6)]
    seen = [follow(tracker, arena, bodies, i) for i in range(6)]
    assert seen[:3] == [[1]] * 3
    assert seen[4:] == [[1, 2]] * 2


def test_a_flicker_is_never_reported(arena: Any) -> None:
    tracker = BoxTracker(sure=0.75)
    for i in range(40):
        bodies = [arena.body(700, 500, arena.white, confidence=0.6)] if i % 20 == 3 else []
        assert follow(tracker, arena, bodies, i) == []


@pytest.mark.parametrize("rate", [12.5, 29.97, 50.0])
@pytest.mark.parametrize(("away_s", "same"), [(0.8, True), (1.3, False)])
def test_max_age_is_in_seconds_whatever_the_frame_rate(arena: Any, rate: float, away_s: float, same: bool) -> None:
    tracker = BoxTracker(max_age_s=1.0)
    bodies = [arena.body(700, 500, arena.white)]
    n_here, n_away = int(rate), round(away_s * rate)
    for i in range(n_here):
        assert follow(tracker, arena, bodies, i, rate) == [1]
    for i in range(n_here, n_here + n_away):
        assert follow(tracker, arena, [], i, rate) == []
    assert follow(tracker, arena, bodies, n_here + n_away, rate) == ([1] if same else [2])


def test_ids_go_on_after_reset_and_belong_to_the_instance(arena: Any) -> None:
    one, other = BoxTracker(), BoxTracker()
    bodies = [arena.body(700, 500, arena.white), arena.body(900, 500, arena.navy)]
    used: set[int] = set()
    for scene in range(3):
        for i in range(5):
            now = follow(one, arena, bodies, 5 * scene + i)
        assert not used & set(now)
        used |= set(now)
        one.reset()
    assert used == set(range(1, 7))
    assert follow(other, arena, bodies, 0) == [1, 2]


def test_a_reset_forgets_people_in_the_same_place(arena: Any) -> None:
    tracker = BoxTracker()
    bodies = [arena.body(700, 500, arena.white)]
    assert follow(tracker, arena, bodies, 0) == [1]
    tracker.reset()
    assert follow(tracker, arena, bodies, 1) == [2]


@pytest.mark.parametrize("speed", [60.0, 150.0])
def test_a_crossing_of_two_kits_keeps_the_ids(arena: Any, speed: float) -> None:
    tracker = BoxTracker()
    at_end: list[int] = []
    for i in range(60):
        left, right = 760 + speed * i / 30, 760 + 2 * speed - speed * i / 30
        bodies = [arena.body(left, 500, arena.navy), arena.body(right, 506, arena.white)]
        found = arena.detections(bodies)
        if abs(left - right) < 12:
            found = found[1:]  # the one behind is not found
        tracked = tracker.update(arena.frame(i, i / 30, bodies), found)
        at_end = ids(tracked)
    assert at_end == [1, 2]


def test_the_one_who_comes_out_of_a_crowd_in_the_wrong_kit_is_somebody_else(arena: Any) -> None:
    tracker = BoxTracker()
    for i in range(30):
        follow(tracker, arena, [arena.body(760, 500, arena.navy)], i)
    for i in range(30, 40):
        follow(tracker, arena, [], i)
    assert follow(tracker, arena, [arena.body(765, 500, arena.white)], 40) == [2]


def test_two_equal_men_who_vanish_together_are_not_told_apart_by_guessing(arena: Any) -> None:
    tracker = BoxTracker()
    for i in range(30):
        assert follow(tracker, arena, [arena.body(750, 500, arena.white), arena.body(790, 500, arena.white)], i) == [1, 2]
    for i in range(30, 45):
        follow(tracker, arena, [], i)
    # One of them is back, exactly between where the two were.
    assert follow(tracker, arena, [arena.body(770, 500, arena.white)], 45) == []
    for i in range(46, 80):
        late = follow(tracker, arena, [arena.body(770, 500, arena.white)], i)
    assert late == [3]


def test_pan_and_zoom_keep_the_ids(arena: Any) -> None:
    tracker, first = BoxTracker(), []
    bodies = [arena.body(760 + 60 * k, 480 + 10 * (k % 3), arena.white if k % 2 else arena.navy) for k in range(7)]
    for i in range(40):
        zoom = 1.0 + 0.006 * i
        camera = np.array([[zoom, 0, -600 - 14 * i], [0, zoom, -300 - 3 * i]])
        inside = [b for b, box in zip(bodies, arena.boxes(bodies, camera), strict=True) if box[0] > 5 and box[2] < 635]
        now = follow(tracker, arena, inside, i, camera=camera)
        # Half a man's width of pan per frame and no time to learn it: without the camera's motion boxes would pair with neighbours' tracks.
        who = [bodies.index(b) for b in inside]
        first = now if i == 0 else first
        assert now == [first[w] for w in who]
    assert len(now) < len(first)


def test_a_flash_keeps_the_ids(arena: Any) -> None:
    tracker = BoxTracker()
    for i in range(30):
        bodies = [arena.body(700 + 2 * i, 500, arena.navy), arena.body(950 - 2 * i, 520, arena.white)]
        now = follow(tracker, arena, bodies, i, glare=150 if i in (15, 18) else 0)
        assert now == [1, 2]


def test_an_unsure_box_keeps_a_half_hidden_person(arena: Any) -> None:
    tracker = BoxTracker(high=0.5, low=0.15)
    for i in range(60):
        confidence = 0.25 if 20 <= i < 45 else 0.9
        assert follow(tracker, arena, [arena.body(700 + 2 * i, 500, arena.navy, confidence=confidence)], i) == [1]


def test_an_unsure_box_begins_nothing(arena: Any) -> None:
    tracker = BoxTracker(high=0.5, low=0.15)
    for i in range(30):
        assert follow(tracker, arena, [arena.body(700, 500, arena.navy, confidence=0.45)], i) == []


def test_a_second_box_on_somebody_is_nobody(arena: Any) -> None:
    tracker = BoxTracker()
    for i in range(30):
        bodies = [arena.body(700, 500, arena.navy, confidence=0.9), arena.body(703, 497, arena.navy, height=74, confidence=0.8 if i > 10 else 0.0)]
        assert follow(tracker, arena, bodies, i) == [1]


@pytest.mark.parametrize(("first", "then"), [(PLAYER, REFEREE), (REFEREE, PLAYER)])
def test_a_referee_never_continues_a_player(arena: Any, first: int, then: int) -> None:
    tracker = BoxTracker()
    for i in range(20):
        assert follow(tracker, arena, [arena.body(700, 500, arena.grey, class_id=first)], i) == [1]
    later = [follow(tracker, arena, [arena.body(700, 500, arena.grey, class_id=then)], i) for i in range(20, 40)]
    assert not any(1 in now for now in later)
    assert later[-1] == [2]


def test_one_doubtful_vote_for_the_other_role_is_forgiven(arena: Any) -> None:
    tracker = BoxTracker(low=0.15)
    for i in range(20):
        unsure = i == 10
        body = arena.body(700, 500, arena.grey, class_id=REFEREE if unsure else PLAYER, confidence=0.2 if unsure else 0.9)
        assert follow(tracker, arena, [body], i) == [1]


def test_what_a_detection_carries_is_kept_and_the_input_is_not_touched(arena: Any) -> None:
    tracker = BoxTracker()
    people = arena.detections([arena.body(700, 500, arena.white), arena.body(900, 500, arena.navy, class_id=REFEREE)])
    found = sv.Detections(
        np.vstack([[[1.0, 1, 9, 9]], people.xyxy]),
        confidence=np.array([0.9, 0.8, 0.95]),
        class_id=np.array([BALL, PLAYER, REFEREE]),
        data={"name": np.array(["ball", "a", "b"])},
    )
    frame = arena.frame(0, 0.0, [])
    xyxy, image = found.xyxy.copy(), frame.image.copy()
    tracked = tracker.update(frame, found)
    assert list(tracked.data["name"]) == ["a", "b"]
    assert list(tracked.confidence) == [0.8, 0.95]
    assert list(tracked.class_id) == [PLAYER, REFEREE]
    assert np.array_equal(tracked.xyxy, found.xyxy[1:])
    assert found.tracker_id is None
    assert np.array_equal(found.xyxy, xyxy)
    assert np.array_equal(frame.image, image)


def test_state_does_not_grow_with_the_clip(arena: Any) -> None:
    tracker = BoxTracker(max_age_s=0.2)
    image = arena.frame(0, 0.0, []).image[:90, :120]
    rng = np.random.default_rng(3)
    sizes = []
    for i in range(3000):
        corner = rng.uniform(0, [100, 60], (2, 2))
        found = sv.Detections(np.hstack([corner, corner + np.array([12, 30])]), confidence=rng.uniform(0.1, 1, 2), class_id=rng.choice([PLAYER, REFEREE], 2))
        tracker.update(Frame(i, i / 30, image), found)
        if i % 50 == 0:
            sizes.append(len(pickle.dumps(tracker)))
    assert max(sizes[30:]) < 1.3 * max(sizes[:30])


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_order_of_detections_changes_only_the_order(arena: Any, data: st.DataObject) -> None:
    straight, shuffled = BoxTracker(), BoxTracker()
    n = data.draw(st.integers(2, 6))
    place = st.tuples(st.integers(640, 1200), st.integers(400, 640), st.sampled_from([0.3, 0.6, 0.9]), st.sampled_from([PLAYER, REFEREE]))
    places = data.draw(st.lists(place, min_size=n, max_size=n, unique=True))
    for i in range(5):
        bodies = [arena.body(x + 3 * i * (-1) ** k, y, arena.white if k % 2 else arena.navy, 80, c, role) for k, (x, y, c, role) in enumerate(places)]
        frame, found = arena.frame(i, i / 30, bodies), arena.detections(bodies)
        order = np.array(data.draw(st.permutations(range(n))))
        a, b = straight.update(frame, found), shuffled.update(frame, found[order])
        by_box = [dict(zip(map(tuple, t.xyxy.tolist()), ids(t), strict=True)) for t in (a, b)]
        assert by_box[0] == by_box[1]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**16), n_frames=st.integers(1, 15))
def test_any_boxes_at_all_give_each_id_once_a_frame(arena: Any, seed: int, n_frames: int) -> None:
    rng = np.random.default_rng(seed)
    tracker, image = BoxTracker(), arena.frame(0, 0.0, []).image
    for i in range(n_frames):
        n = int(rng.integers(0, 8))
        corner = rng.uniform(-100, 700, (n, 2))
        found = sv.Detections(np.hstack([corner, corner + rng.uniform(0, 120, (n, 2))]), confidence=rng.uniform(0, 1, n), class_id=rng.integers(0, 10, n))
        now = ids(tracker.update(Frame(i, float(rng.uniform(0, 0.1)) + i / 30, image), found))
        assert len(now) == len(set(now))
        assert all(track_id >= 1 for track_id in now)
