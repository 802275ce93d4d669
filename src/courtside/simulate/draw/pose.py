"""Where every joint of every body is at one moment: a pure function of how they run and what they do.

A body is bones of fixed lengths. Feet and hands are given places (the gait's, the action's, the ball's) and knees and elbows follow by two-bone inverse
kinematics, so that a foot that stands on the floor stands on it whatever the rest does.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from courtside.simulate.scene import Action, Floats, Moment


class Joint(IntEnum):
    """Rows of a pose. Left and right are the body's own."""

    PELVIS = 0
    CHEST = 1  # between the shoulders
    HEAD = 2  # the middle of the head
    L_SHOULDER = 3
    L_ELBOW = 4
    L_WRIST = 5
    L_HAND = 6  # finger tips
    R_SHOULDER = 7
    R_ELBOW = 8
    R_WRIST = 9
    R_HAND = 10
    L_HIP = 11
    L_KNEE = 12
    L_ANKLE = 13
    L_HEEL = 14
    L_TOE = 15
    R_HIP = 16
    R_KNEE = 17
    R_ANKLE = 18
    R_HEEL = 19
    R_TOE = 20


BONES: tuple[tuple[Joint, Joint], ...] = (
    (Joint.PELVIS, Joint.CHEST),
    (Joint.CHEST, Joint.HEAD),
    *((Joint.CHEST, Joint(s)) for s in (3, 7)),
    *((Joint(s + i), Joint(s + i + 1)) for s in (3, 7) for i in range(3)),
    *((Joint.PELVIS, Joint(s)) for s in (11, 16)),
    *((Joint(s), Joint(s + 1)) for s in (11, 16)),
    *((Joint(s + 1), Joint(s + 2)) for s in (11, 16)),
    *((Joint(s + 2), Joint(s + 3)) for s in (11, 16)),
    *((Joint(s + 3), Joint(s + 4)) for s in (11, 16)),
)
"""Pairs of joints whose distance never changes."""

# Shares of the body's height, after Drillis and Contini, with a basketball player's longer limbs.
_TRUNK, _NECK, _SHOULDER, _HIP = 0.283, 0.112, 0.100, 0.048
_UPPER_ARM, _FOREARM, _HAND = 0.176, 0.152, 0.085
_THIGH, _SHANK, _ANKLE_UP = 0.247, 0.247, 0.042
_HEEL_BACK, _TOE_AHEAD = 0.028, 0.088
_REACH = 0.995  # a limb is never quite straight
_BALL_GRIP_M = 0.11  # from the ball's middle to a wrist's side


def pose(moment: Moment, height_m: Floats, seated: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Return (P, 21, 3): the joints (``Joint``) of all actors in metres of the court frame.

    Args:
        moment: how the P actors stand; rows that are not ``on_floor`` are posed too.
        height_m: (P,) how tall they are.
        seated: (P,) who sits on a chair at his place instead, nobody by default.
    """
    count = len(height_m)
    sits = np.zeros(count, bool) if seated is None else seated
    tall = height_m[:, None]
    heading, action = moment.heading, moment.action
    forward = np.stack([np.cos(heading), np.sin(heading), np.zeros(count)], 1)
    right = np.stack([-np.sin(heading), np.cos(heading), np.zeros(count)], 1)
    up = np.broadcast_to([0.0, 0.0, 1.0], (count, 3))
    velocity = np.concatenate([moment.velocity, np.zeros((count, 1))], 1)
    speed = np.linalg.norm(velocity, axis=1, keepdims=True)
    along = velocity / np.maximum(speed, 1e-6)
    crouch, spread, lean = _stance(action, moment.phase)
    moving = np.clip(speed[:, 0] / 3.0, 0, 1)
    crouch, spread = crouch + 0.03 * moving, spread * (1 - 0.75 * moving)
    crouch[sits] = 0.0

    joints = np.zeros((count, len(Joint), 3))
    ground = np.concatenate([moment.xy, moment.jump_m[:, None]], 1)
    feet = [_foot(moment, side, along, speed[:, 0], height_m, sits) for side in (-1, 1)]
    hip_out, lateral = _HIP * tall * right, spread[:, None] * right
    offsets = []
    for side, (shift, lift, _) in zip((-1, 1), feet, strict=True):
        offset = shift + side * (lateral + 0.5 * hip_out)
        offset[sits] = (forward * 0.46 + side * 0.12 * right)[sits]
        offsets.append(offset + up * lift[:, None])
    leg = (_THIGH + _SHANK) * height_m * _REACH
    ankle_z = _ANKLE_UP * height_m
    tallest = (_THIGH + _SHANK) * height_m * (0.985 - crouch)
    for side, offset in zip((-1, 1), offsets, strict=True):
        flat = np.linalg.norm((offset - side * hip_out)[:, :2], axis=1)
        tallest = np.minimum(tallest, offset[:, 2] + np.sqrt(np.maximum(leg**2 - flat**2, (0.3 * leg) ** 2)))
    pelvis = ground + up * (tallest + ankle_z)[:, None]
    pelvis[sits, 2] = 0.47
    joints[:, Joint.PELVIS] = pelvis

    for side, first, offset, (_, _, pitch) in zip((-1, 1), (Joint.L_HIP, Joint.R_HIP), offsets, feet, strict=True):
        hip = pelvis + side * hip_out
        knee, ankle = _bend(hip, ground + offset + up * ankle_z[:, None], _THIGH * tall, _SHANK * tall, forward + 0.25 * side * right)
        toe_out = forward + 0.22 * side * right
        toe_out /= np.linalg.norm(toe_out, axis=1, keepdims=True)
        tip, sole = np.cos(pitch)[:, None] * toe_out - np.sin(pitch)[:, None] * up, -np.sin(pitch)[:, None] * toe_out - np.cos(pitch)[:, None] * up
        heel = ankle + tall * (_ANKLE_UP * sole - _HEEL_BACK * tip)
        joints[:, first], joints[:, first + 1], joints[:, first + 2] = hip, knee, ankle
        joints[:, first + 3], joints[:, first + 4] = heel, heel + tall * (_HEEL_BACK + _TOE_AHEAD) * tip

    trunk = up * np.cos(lean)[:, None] + forward * np.sin(lean)[:, None] + 0.045 * velocity
    trunk[sits] = (up + 0.05 * forward)[sits]
    trunk /= np.linalg.norm(trunk, axis=1, keepdims=True)
    chest = pelvis + _TRUNK * tall * trunk
    twist = (0.10 * np.minimum(speed[:, 0], 4) / 2 * np.cos(moment.stride))[:, None]
    across = right + twist * forward
    across -= (across * trunk).sum(1, keepdims=True) * trunk
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    ahead = np.cross(across, trunk)
    joints[:, Joint.CHEST] = chest
    neck = trunk + 0.35 * up
    neck /= np.linalg.norm(neck, axis=1, keepdims=True)
    joints[:, Joint.HEAD] = chest + _NECK * tall * neck
    for side, first in ((-1, Joint.L_SHOULDER), (1, Joint.R_SHOULDER)):
        shoulder = chest + side * _SHOULDER * tall * across
        hand, pole = _hand(moment, side, shoulder, across, ahead, tall, speed[:, 0], sits)
        elbow, wrist = _bend(shoulder, hand, _UPPER_ARM * tall, _FOREARM * tall, pole)
        joints[:, first], joints[:, first + 1], joints[:, first + 2] = shoulder, elbow, wrist
        finger = _unit(wrist - elbow) + _finger(action, ahead)
        joints[:, first + 3] = wrist + _HAND * tall * _unit(finger)
    return joints


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def _smooth(share: Floats) -> Floats:
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _stance(action: npt.NDArray[np.int64], phase: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, each (P,): the bend of the knees (share of the leg), half the spread of the feet (m) and the forward lean (rad)."""
    table = np.zeros((len(Action), 3))
    table[:] = (0.02, 0.10, 0.06)
    table[Action.GUARD] = (0.13, 0.30, 0.32)
    table[Action.DRIBBLE] = (0.09, 0.16, 0.28)
    table[Action.HOLD] = (0.07, 0.18, 0.18)
    table[Action.PASS] = (0.06, 0.16, 0.14)
    table[Action.SHOOT] = (0.03, 0.12, -0.02)
    table[Action.LAYUP] = (0.03, 0.08, 0.05)
    table[Action.REACH] = (0.03, 0.16, 0.02)
    table[Action.SCREEN] = (0.07, 0.27, 0.08)
    crouch, spread, lean = (table[action, column].copy() for column in range(3))
    dip = np.isin(action, (Action.SHOOT, Action.REACH)) * np.sin(np.pi * np.clip(phase / 0.4, 0, 1))
    return crouch + 0.10 * dip, spread, lean + 0.15 * dip


def _foot(moment: Moment, side: int, along: Floats, speed: Floats, height_m: Floats, sits: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return one foot's shift along the run (P, 3), its lift (P,) and how far the toes point down (P,), all above the ground the body stands or jumps from."""
    turn = np.mod(moment.stride + (0.0 if side < 0 else np.pi), 2 * np.pi) / (2 * np.pi)
    half_step = np.minimum(0.13 * speed, 0.235 * height_m)
    swing = np.clip(turn * 2 - 1, 0, 1)  # the first half of a cycle the foot stands: one of the two always does
    reach = np.where(turn < 0.5, 1 - 4 * turn, -np.cos(np.pi * swing))
    raised = np.sin(np.pi * swing)
    lift = raised * np.minimum(0.03 * speed + 0.035 * speed**1.5, 0.21 * height_m) * (speed > 0.05)
    pitch = np.minimum(np.sin(np.pi * np.clip(swing * 1.5, 0, 1)), 1) * np.minimum(lift * 3.0, 0.9)
    air = np.clip(moment.jump_m / 0.15, 0, 1)
    half_step, lift, pitch = half_step * (1 - 0.6 * air), lift * (1 - air), pitch * (1 - air)
    # In the air one leg trails; going up to lay the ball in, one knee is lifted.
    knee_up = (moment.action == Action.LAYUP) * air * (side > 0) * np.sin(np.pi * np.clip(moment.phase * 1.2, 0, 1))
    lift = lift + 0.32 * knee_up + 0.06 * air * (side < 0) * (moment.action != Action.SHOOT)
    pitch = pitch + np.minimum(0.5 * air, lift * 4)
    half_step, lift, pitch = (np.where(sits, 0.0, value) for value in (half_step, lift, pitch))
    shift = along * (half_step * reach)[:, None]
    return shift + 0.18 * knee_up[:, None] * np.stack([np.cos(moment.heading), np.sin(moment.heading), 0 * moment.heading], 1), lift, pitch


def _bend(root: Floats, target: Floats, first: Floats, second: Floats, pole: Floats) -> tuple[Floats, Floats]:
    """Return the middle and the end (P, 3) of two bones from ``root`` towards ``target``, bent towards ``pole``; the end falls short where it can't reach."""
    line = target - root
    distance = np.linalg.norm(line, axis=1, keepdims=True)
    line = line / np.maximum(distance, 1e-9)
    distance = np.clip(distance, np.abs(first - second) + 0.02, (first + second) * _REACH)
    side = pole - (pole * line).sum(1, keepdims=True) * line
    side = _unit(side)
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    sine = np.sqrt(np.maximum(1 - cosine**2, 0))
    middle = root + first * (cosine * line + sine * side)
    return middle, root + distance * line


def _hand(
    moment: Moment, side: int, shoulder: Floats, across: Floats, ahead: Floats, tall: Floats, speed: Floats, sits: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return where one wrist wants to be and which way the elbow points, both (P, 3)."""
    action, phase = moment.action, moment.phase
    up, out = np.array([0.0, 0.0, 1.0]), side * across
    # The arms swing against the legs, the elbows the more bent the faster.
    swing = (-0.12 * np.minimum(speed, 5) - 0.04) * np.cos(moment.stride + (0 if side < 0 else np.pi)) + 0.05
    bend = 0.25 + 0.27 * np.minimum(speed, 4.5)
    first, second = _UPPER_ARM * tall, _FOREARM * tall

    def hang(angle: Floats) -> Floats:
        return np.asarray(np.sin(angle)[:, None] * ahead - np.cos(angle)[:, None] * up)

    arm = first + second
    target = shoulder + first * hang(swing) + second * hang(swing + bend) + out * (0.05 + 0.02 * np.minimum(speed, 3))[:, None]
    pole = -ahead + 0.5 * out - 0.4 * up

    def place(of: Action, outwards: Floats | float, forwards: Floats | float, upwards: Floats | float, elbow: Floats | None = None) -> None:
        chosen = action == of
        if chosen.any():
            shifts = [np.broadcast_to(np.asarray(value, float), (len(action),))[:, None] for value in (outwards, forwards, upwards)]
            target[chosen] = (shoulder + arm * (shifts[0] * out + shifts[1] * ahead + shifts[2] * up))[chosen]
            if elbow is not None:
                pole[chosen] = elbow[chosen]

    down_out = 0.8 * out - up
    rise = _smooth(phase / 0.45)
    wave = 0.12 * np.sin(moment.stride * 0.5 + side)
    place(Action.GUARD, 0.62 + 0.1 * side * wave, 0.42, (-0.18 if side < 0 else -0.32) + wave, down_out)
    place(Action.DRIBBLE, 0.30 if side > 0 else 0.42, 0.38, -0.55 if side > 0 else -0.38, 0.4 * out - ahead)
    place(Action.HOLD, -0.12, 0.5, -0.34, out - 0.6 * up)
    thrust = _smooth(phase / 0.6)
    place(Action.PASS, -0.12 + 0.08 * thrust, 0.45 + 0.5 * thrust, -0.30 + 0.22 * thrust, out - 0.5 * up)
    place(Action.SHOOT, -0.14, 0.42 - 0.1 * rise, (-0.45 + 1.38 * rise) - (0.12 * rise if side < 0 else 0.0), out * 0.4 + ahead - 0.3 * up)
    place(Action.LAYUP, -0.05 if side > 0 else 0.25, 0.35, (-0.4 + 1.3 * rise) if side > 0 else (-0.35 + 0.5 * rise), out * 0.5 + ahead * 0.6 - 0.4 * up)
    place(Action.REACH, 0.16, 0.18, 0.1 + 0.86 * _smooth(phase / 0.3), out + 0.3 * ahead)
    place(Action.SCREEN, -0.42, 0.28, -0.55 - 0.03 * side, out - 0.4 * up)
    if sits.any():
        target[sits] = (shoulder + arm * (-0.15 * out + 0.55 * ahead - 0.62 * up))[sits]
        pole[sits] = (out - 0.5 * up)[sits]
    if moment.holder is not None:
        _take_ball(moment, side, shoulder[moment.holder], out[moment.holder], ahead[moment.holder], target)
    return target, pole


def _take_ball(moment: Moment, side: int, shoulder: Floats, out: Floats, ahead: Floats, target: Floats) -> None:
    """Put the hand of whoever has the ball to it: both hands, or the nearer one while it bounces."""
    row = moment.holder
    offset = moment.ball - shoulder
    if row is None or np.linalg.norm(offset) > 1.6:
        return
    if moment.dribble or moment.action[row] == Action.DRIBBLE:
        right = np.array([-np.sin(moment.heading[row]), np.cos(moment.heading[row]), 0.0])
        nearer = 1 if (moment.ball[:2] - moment.xy[row]) @ right[:2] >= 0 else -1
        if side == nearer:
            above = moment.ball + np.array([0.0, 0.0, 0.10])
            above[2] = max(above[2], shoulder[2] - 0.62)  # the hand waits while the ball is down
            target[row] = above
        return
    under = np.array([0.0, 0.0, -0.05 if side > 0 else 0.0])
    target[row] = moment.ball + _BALL_GRIP_M * out - 0.08 * ahead + under
    if moment.action[row] == Action.LAYUP and side < 0 and moment.phase[row] > 0.35:
        target[row] = shoulder + 0.3 * out + 0.35 * ahead + np.array([0, 0, 0.1])


def _finger(action: npt.NDArray[np.int64], ahead: Floats) -> Floats:
    """Return (P, 3): how the hand bends on from the forearm."""
    bend = np.zeros((len(action), 1))
    bend[action == Action.SHOOT] = 0.6
    bend[action == Action.GUARD] = 0.2
    return bend * ahead
