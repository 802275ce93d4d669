from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.simulate.draw.pose import BONES, Joint, pose
from courtside.simulate.scene import Action, Moment

LEFT_RIGHT = [(left, Joint[left.name.replace("L_", "R_")]) for left in Joint if left.name.startswith("L_")]
SOLES = [Joint.L_HEEL, Joint.L_TOE, Joint.R_HEEL, Joint.R_TOE]


def crowd(count: int, seed: int = 0, action: Action | None = None) -> Moment:
    random = np.random.default_rng(seed)
    xy = random.uniform(-10, 10, (count, 2))
    heading = random.uniform(-np.pi, np.pi, count)
    return Moment(
        time_s=0.0,
        on_floor=np.ones(count, bool),
        xy=xy,
        heading=heading,
        velocity=random.normal(0, 2.5, (count, 2)),
        stride=random.uniform(0, 20, count),
        jump_m=np.zeros(count),
        action=np.full(count, int(action)) if action is not None else random.integers(0, len(Action), count),
        phase=random.uniform(0, 1, count),
        look_at=xy + 1,
        ball=np.array([0.0, 0.0, 1.0]),
        holder=None,
        dribble=False,
        clock_s=600.0,
        shot_clock_s=24.0,
        period=1,
        score=(0, 0),
        attacking=0,
        direction=1,
    )


def lengths(joints: np.ndarray) -> np.ndarray:
    return np.stack([np.linalg.norm(joints[:, a] - joints[:, b], axis=1) for a, b in BONES], 1)


def test_nobody() -> None:
    assert pose(crowd(0), np.zeros(0)).shape == (0, len(Joint), 3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.9), st.booleans())
def test_bones_never_change_their_lengths(seed: int, jump: float, has_ball: bool) -> None:
    moment = crowd(12, seed)
    tall = np.linspace(1.6, 2.25, 12)
    still = replace(moment, velocity=np.zeros((12, 2)), action=np.zeros(12, np.int64))
    busy = replace(moment, jump_m=np.full(12, jump), holder=3 if has_ball else None, ball=np.array([*moment.xy[3], 1.3]))
    np.testing.assert_allclose(lengths(pose(busy, tall)), lengths(pose(still, tall)), atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_somebody_who_does_not_jump_has_a_foot_on_the_floor_and_none_below(seed: int) -> None:
    joints = pose(crowd(20, seed), np.full(20, 2.0))
    lowest = joints[:, SOLES, 2].min(1)
    np.testing.assert_allclose(lowest, 0, atol=0.03)


@pytest.mark.parametrize("action", [Action.SHOOT, Action.REACH, Action.LAYUP])
def test_a_jump_lifts_the_feet_by_as_much(action: Action) -> None:
    moment = crowd(5, 1, action)
    joints = pose(replace(moment, jump_m=np.full(5, 0.5)), np.full(5, 2.0))
    lowest = joints[:, SOLES, 2].min(1)
    assert ((lowest > 0.35) & (lowest < 0.62)).all()


def test_half_a_stride_later_the_legs_have_changed_places() -> None:
    moment = replace(
        crowd(1), heading=np.zeros(1), velocity=np.array([[3.0, 0.0]]), stride=np.array([1.0]), action=np.array([int(Action.MOVE)]), xy=np.zeros((1, 2))
    )
    now, later = (pose(replace(moment, stride=np.array([stride])), np.array([2.0]))[0] for stride in (1.0, 1.0 + np.pi))
    legs = [(left, right) for left, right in LEFT_RIGHT if left >= Joint.L_HIP]
    for left, right in legs:
        np.testing.assert_allclose(now[left] * (1, -1, 1), later[right], atol=1e-9)


def test_right_is_right_and_the_toes_point_ahead() -> None:
    # heading -y is away from the main camera, whose right is +x
    moment = replace(crowd(1, action=Action.MOVE), heading=np.array([-np.pi / 2]), velocity=np.zeros((1, 2)), xy=np.zeros((1, 2)))
    joints = pose(moment, np.array([2.0]))[0]
    for left, right in LEFT_RIGHT:
        assert joints[right][0] > joints[left][0]
    assert joints[Joint.R_TOE][1] < joints[Joint.R_HEEL][1] - 0.1
    assert 1.85 < joints[Joint.HEAD][2] + 0.12 < 2.05


@pytest.mark.parametrize(
    ("action", "above_head"), [(Action.REACH, True), (Action.SHOOT, True), (Action.MOVE, False), (Action.GUARD, False), (Action.SCREEN, False)]
)
def test_arms_go_up_for_what_needs_them_up(action: Action, above_head: bool) -> None:
    moment = replace(crowd(1, action=action), velocity=np.zeros((1, 2)), phase=np.array([0.9]))
    joints = pose(moment, np.array([2.0]))[0]
    assert (joints[Joint.R_WRIST][2] > joints[Joint.HEAD][2]) == above_head


def test_the_holders_hands_are_at_the_ball() -> None:
    moment = replace(
        crowd(1, action=Action.HOLD), velocity=np.zeros((1, 2)), heading=np.zeros(1), xy=np.zeros((1, 2)), holder=0, ball=np.array([0.45, 0.0, 1.25])
    )
    joints = pose(moment, np.array([2.0]))[0]
    for wrist in (Joint.L_WRIST, Joint.R_WRIST):
        assert np.linalg.norm(joints[wrist] - moment.ball) < 0.2


def test_who_sits_is_lower_and_has_his_feet_on_the_floor() -> None:
    moment = replace(crowd(2, action=Action.MOVE), velocity=np.zeros((2, 2)))
    joints = pose(moment, np.full(2, 1.9), np.array([True, False]))
    assert joints[0, Joint.HEAD, 2] < joints[1, Joint.HEAD, 2] - 0.3
    np.testing.assert_allclose(joints[:, SOLES, 2].min(1), 0, atol=0.05)
