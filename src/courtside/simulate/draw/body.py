"""People as pixels: limbs as tapered, shaded capsules, torso and head as textures wrapped around elliptical bodies; each on a tile of twice the resolution.

The tile carries alpha, so that edges are smooth; who covers whom is told by a picture of ids beside the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Camera
from courtside.simulate.draw.look import NUMBER_ALPHA, Look
from courtside.simulate.draw.pose import Joint
from courtside.simulate.scene import Color, Floats
from courtside.types import Image

Ids = npt.NDArray[np.uint8]

J = Joint
# Segments of one side: (from, to, share of the bone from, to, radii as shares of the body's height along it)
_ONE_SIDE: tuple[tuple[str, int, int, float, float, tuple[float, ...]], ...] = (
    ("thigh", 11, 12, 0.0, 1.0, (0.042, 0.043, 0.039, 0.033, 0.029)),
    ("calf", 12, 13, 0.0, 1.0, (0.028, 0.0315, 0.030, 0.022, 0.0175)),
    ("sock", 12, 13, 0.5, 1.0, (0.029, 0.024, 0.021, 0.0195, 0.019)),
    ("shoe", 14, 15, 0.0, 1.0, (0.0225, 0.0235, 0.022, 0.0205, 0.0175)),
    ("collar", 13, 14, -0.25, 0.75, (0.022, 0.022, 0.022, 0.022, 0.0225)),
    ("leg", 11, 12, -0.05, 1.0, (0.055, 0.060, 0.060, 0.060, 0.062)),
    ("shin", 12, 13, 0.0, 1.0, (0.040, 0.039, 0.036, 0.034, 0.036)),
    ("arm", 3, 4, 0.0, 1.0, (0.0275, 0.0290, 0.0255, 0.0230, 0.0205)),
    ("forearm", 4, 5, 0.0, 1.0, (0.0210, 0.0235, 0.0205, 0.0165, 0.0140)),
    ("hand", 5, 6, 0.0, 1.0, (0.0135, 0.0180, 0.0180, 0.0145, 0.0090)),
    ("sleeve", 3, 4, 0.0, 1.0, (0.0330, 0.0350, 0.0340, 0.0330, 0.0330)),
    ("cuff", 4, 5, 0.0, 1.0, (0.0270, 0.0270, 0.0240, 0.0210, 0.0200)),
)
_PER_SIDE = len(_ONE_SIDE)
_NAMES = [f"{name} {side}" for side in "LR" for name, *_ in _ONE_SIDE] + ["neck", "pelvis"]
_ROW = {name: row for row, name in enumerate(_NAMES)}


def _table() -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    joints, shares, radii = [], [], []
    for side in (0, 1):
        for _, start, end, first, last, radius in _ONE_SIDE:
            step = side * (5 if start >= J.L_HIP else 4)
            joints.append((start + step, end + step))
            shares.append((first, last))
            radii.append(radius)
    joints += [(J.CHEST, J.HEAD), (J.L_HIP, J.R_HIP)]
    shares += [(0.1, 0.9), (0.0, 1.0)]
    radii += [(0.042, 0.034, 0.031, 0.030, 0.029), (0.050, 0.055, 0.056, 0.055, 0.050)]
    return np.array(joints), np.array(shares), np.array(radii)


_JOINTS, _SHARES, _RADII = _table()
_ROUND = np.array([0.3 if name.split()[0] in {"leg", "shin", "sleeve"} else 1.0 for name in _NAMES])  # a hem is cut straight, a joint is round
# Bands from the edge of a limb to its light: share of its radius, shift towards the light, brightness.
_BANDS = np.array([(1.0, 0.0, 0.70), (0.86, 0.08, 0.84), (0.66, 0.17, 0.95), (0.36, 0.28, 1.04)])
_LIGHT = np.array([-0.5, -0.86])  # on the picture: from the upper left
_SHIFT = 4  # bits of sub-pixel
_UNCOVERED = np.where(np.arange(256) > NUMBER_ALPHA - 26, 0, 255 - np.arange(256)).astype(np.uint8)

# Half breadth and half depth of the torso from the neck to the hips, of the head from crown to chin, as shares of the body's height.
_TORSO_V = np.array([0, 0.05, 0.10, 0.16, 0.25, 0.40, 0.60, 0.75, 0.88, 1.0])
_TORSO_A = np.array([0.038, 0.064, 0.096, 0.107, 0.103, 0.097, 0.088, 0.085, 0.089, 0.088])
_TORSO_B = np.array([0.034, 0.045, 0.055, 0.062, 0.068, 0.068, 0.061, 0.060, 0.066, 0.066])
_HEAD_V = np.array([0, 0.04, 0.12, 0.25, 0.45, 0.65, 0.80, 0.92, 1.0])
_HEAD_A = 0.0375 * np.array([0.12, 0.50, 0.80, 0.98, 1.0, 0.93, 0.76, 0.52, 0.20])
_HEAD_B = 0.0470 * np.array([0.12, 0.50, 0.80, 0.98, 1.0, 0.93, 0.80, 0.58, 0.25])


@dataclass(frozen=True)
class BodyBox:
    """Where one person was drawn.

    ``xyxy`` in pixels bounds everything drawn of him inside the picture, ``area_px`` is about how many pixels the whole body has, those outside included.
    ``number`` bounds the number that faces the camera, None when none does; ``number_share`` (0-1) is how squarely it does, ``number_area_px`` its pixels.
    """

    row: int
    xyxy: tuple[float, float, float, float]
    area_px: int
    number: tuple[float, float, float, float] | None
    number_share: float
    number_area_px: float


class Bodies:
    """All people of one picture, measured once, to be drawn one by one in the order that others decide.

    Args:
        camera: what sees them.
        joints: (n, 21, 3) metres, see ``pose``.
        height_m: (n,).
        look_at: (n, 2) floor points their heads turn to.
        looks: n of them.
    """

    def __init__(self, camera: Camera, joints: Floats, height_m: Floats, look_at: Floats, looks: Sequence[Look]) -> None:
        self.camera, self.looks, self._heights = camera, looks, height_m
        count = len(joints)
        flat, depth = camera.project(joints.reshape(-1, 3))
        self._at = flat.reshape(count, len(J), 2)
        self._deep = depth.reshape(count, len(J))
        self.depth = self._deep.mean(1) if count else np.zeros(0)
        scale = camera.focal_px / np.maximum(self._deep, 0.3)
        self.visible = (self._deep.min(1) > 0.5) if count else np.zeros(0, bool)
        self._joints, self._scale = joints, scale
        build = np.array([look.build for look in looks]) if count else np.zeros(0)
        self._build = 0.5 + 0.5 * build
        shares = np.broadcast_to(_SHARES, (count, *_SHARES.shape)).copy()
        self._colors, self._there = _dress(looks, shares)
        first, second = self._at[:, _JOINTS[:, 0]], self._at[:, _JOINTS[:, 1]]
        start, end = first + shares[..., :1] * (second - first), first + shares[..., 1:] * (second - first)
        px = (scale[:, _JOINTS[:, 0]] + scale[:, _JOINTS[:, 1]]) / 2 * (height_m * self._build)[:, None]
        self._radii = _RADII * px[..., None]
        self._start, self._end = start, end
        self._around = _Around(camera, joints, look_at)
        reach = self._radii.max((1, 2)) if count else np.zeros(0)
        everything = np.concatenate([self._start, self._end], 1)
        self._low = everything.min(1) - 2.2 * reach[:, None] if count else np.zeros((0, 2))
        self._high = everything.max(1) + 2.2 * reach[:, None] if count else np.zeros((0, 2))
        width, height = camera.size_px
        low, high = (everything.min(1), everything.max(1)) if count else (np.zeros((0, 2)), np.zeros((0, 2)))
        kept = np.clip(np.minimum(high, (width, height)) - np.maximum(low, 0), 0, None)
        self._inside = np.prod(kept, 1) / np.maximum(np.prod(high - low, 1), 1e-6)
        inside = (self._low < (width, height)).all(1) & (self._high > 0).all(1)
        self.visible &= inside

    def draw(self, row: int, image: Image, ids: Ids | None, alpha: npt.NDArray[np.uint8] | None = None, reflect: float = 0.0) -> BodyBox | None:
        """Draw one person into ``image``, and his id (2 row + 1, 2 row + 2 inside the number's rectangle) into ``ids``; None when no pixel falls inside.

        ``alpha`` is a picture of coverage to draw into beside, ``reflect`` (0-1) how much the floor mirrors him.
        """
        height, width = image.shape[:2]
        x0, y0 = np.maximum(np.floor(self._low[row]), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(self._high[row]), (width, height)).astype(int)
        if x0 >= x1 or y0 >= y1:
            return None
        fine = 2 if y1 - y0 < 420 else 1
        tile = np.zeros(((y1 - y0) * fine, (x1 - x0) * fine, 4), np.uint8)
        number = self._fill(row, tile, np.array([x0, y0], float), fine)
        tile = np.asarray(cv2.blur(tile, (3, 3) if fine == 2 else (2, 2)), np.uint8)
        small = np.asarray(cv2.resize(tile, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA), np.uint8) if fine == 2 else tile
        cover = small[..., 3]
        solid = cover > 110
        if not solid.any():
            return None
        if reflect:
            _mirror(image, small, (x0, y0), self._foot_line(row), reflect)
        _lay(image[y0:y1, x0:x1], small, cover)
        if alpha is not None:
            part = alpha[y0:y1, x0:x1]
            np.maximum(part, cv2.convertScaleAbs(cover, alpha=1.28), out=part)
        rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
        box = float(x0 + columns[0]), float(y0 + rows[0]), float(x0 + columns[-1] + 1), float(y0 + rows[-1] + 1)
        if ids is not None:
            part = ids[y0:y1, x0:x1]
            part[solid] = 2 * row + 1
            if number is not None:
                nx0, ny0 = max(int(number[0][0]), x0), max(int(number[0][1]), y0)
                nx1, ny1 = min(int(np.ceil(number[0][2])), x1), min(int(np.ceil(number[0][3])), y1)
                if nx1 > nx0 and ny1 > ny0:
                    inner = cover[ny0 - y0 : ny1 - y0, nx0 - x0 : nx1 - x0]
                    ids[ny0:ny1, nx0:nx1][np.abs(inner.astype(np.int16) - NUMBER_ALPHA) < 26] = 2 * row + 2
        return BodyBox(row, box, round(np.count_nonzero(solid) / max(float(self._inside[row]), 0.02)), *(number or (None, 0.0, 0.0)))

    def _foot_line(self, row: int) -> float:
        return float(self._at[row, [J.L_TOE, J.R_TOE, J.L_HEEL, J.R_HEEL], 1].max())

    def _fill(self, row: int, tile: Image, origin: Floats, fine: int) -> tuple[tuple[float, float, float, float], float, float] | None:
        outlines = _outlines(self._start[row], self._end[row], self._radii[row], origin, fine)
        colors, there, deep = self._colors[row].tolist(), self._there[row], self._deep[row]

        def limb(*names: str) -> None:
            shown = [at for at in (_ROW[name] for name in names) if there[at]]
            for band in range(len(_BANDS)):  # band by band, so that no seam shows where two bones meet
                for at in shown:
                    cv2.fillPoly(tile, [outlines[band, at]], (*colors[band][at], 255), shift=_SHIFT)

        chest = deep[J.CHEST]
        hands = {side: (deep[first + 1] + deep[first + 2] + deep[first]) / 3 for side, first in (("L", J.L_SHOULDER), ("R", J.R_SHOULDER))}
        arms = sorted(hands, key=lambda side: -hands[side])
        legs = sorted("LR", key=lambda side: -float(deep[J.L_KNEE if side == "L" else J.R_KNEE]))

        def arm(side: str) -> None:
            limb(f"arm {side}", f"hand {side}", f"forearm {side}")
            limb(f"cuff {side}", f"sleeve {side}")

        for side in arms:
            if hands[side] > chest + 0.02:
                arm(side)
        for side in legs:
            limb(f"thigh {side}", f"calf {side}")
            limb(f"sock {side}")
            limb(f"collar {side}", f"shoe {side}")
            limb(f"shin {side}", f"leg {side}")
            self._stripe(row, side, tile, origin, fine)
        limb("pelvis")
        behind = deep[J.HEAD] > chest + 0.06
        if behind:
            limb("neck")
            self._head(row, tile, origin, fine)
        else:
            limb("neck")
        number = self._torso(row, tile, origin, fine)
        if not behind:
            self._head(row, tile, origin, fine)
        for side in arms:
            if hands[side] <= chest + 0.02:
                arm(side)
        return number

    def _stripe(self, row: int, side: str, tile: Image, origin: Floats, fine: int) -> None:
        color, at = self.looks[row].stripe, _ROW[f"leg {side}"]
        if color is None:
            return
        sign = -1 if side == "L" else 1
        across, away = self._around.right_on_screen[row], self._around.right_away[row]
        place = sign * across
        if sign * away > 0.35:  # on the far side of the leg
            return
        start, end = self._start[row, at], self._end[row, at]
        line = end - start
        normal = np.array([-line[1], line[0]])
        normal /= max(float(np.hypot(*normal)), 1e-6)
        normal *= 1 if normal[0] >= 0 else -1
        radius = self._radii[row, at]
        shift, half = np.clip(place, -0.86, 0.86), 0.10 + 0.16 * np.sqrt(max(0.0, 1 - place**2))
        first, last = normal * radius[0], normal * radius[-1]
        corners = (start + first * (shift - half), start + first * (shift + half), end + last * (shift + half), end + last * (shift - half))
        polygon = np.round((np.array(corners) - origin) * fine * (1 << _SHIFT)).astype(np.int32)
        shade = 0.72 + 0.25 * (1 - abs(place))
        cv2.fillPoly(tile, [polygon], (*(int(c * shade) for c in color), 255), shift=_SHIFT)

    def _torso(self, row: int, tile: Image, origin: Floats, fine: int) -> tuple[tuple[float, float, float, float], float, float] | None:
        look, tall = self.looks[row], float(self._heights[row])
        at, px = self._at[row], float(self._scale[row, J.CHEST])
        chest, pelvis = at[J.CHEST], at[J.PELVIS]
        axis = (pelvis - chest) / 0.283  # on the picture, per body height
        length = float(np.hypot(*axis))
        least = 0.55 * tall * px  # seen along its axis a torso is still as thick as it is
        if length < least:
            axis = axis * (least / length) if length > 1e-6 else np.array([0.0, least])
        top, bottom = chest - 0.022 * axis, pelvis + 0.026 * axis
        wide = tall * px * self._build[row]
        frame = self._around.torso(row)
        patch, half, limits = _wrap(look.torso, _TORSO_V, _TORSO_A * wide, _TORSO_B * wide, frame, fine * float(np.hypot(*(bottom - top))), 0.0)
        matrix = _paste(tile, patch, (top - origin) * fine, (bottom - origin) * fine, half * fine)
        if matrix is None:
            return None
        best = None
        for u0, v0, u1, v1 in look.numbers:
            t = np.linspace(u0, u1, 9) * 2 * np.pi
            delta, sign = limits
            turned = np.clip(sign * np.sin(t - delta), 0, 1)
            facing = turned > 0.12
            if turned.mean() < 0.3:
                continue
            spots = []
            for v in (v0, v1):
                widths = _widths(_TORSO_V, _TORSO_A * wide, _TORSO_B * wide, frame, patch.shape[0])[0]
                width = float(np.interp(v, np.linspace(0, 1, patch.shape[0]), widths))
                x = np.cos(t[facing] - delta) * width / half
                spots.append(np.stack([(x + 1) / 2 * patch.shape[1], np.full(len(x), v * patch.shape[0]), np.ones(len(x))], 1) @ matrix.T)
            points = np.concatenate(spots) / fine + origin
            low, high = points.min(0), points.max(0)
            outline = np.concatenate([spots[0], spots[1][::-1]]) / fine
            best = (
                (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
                min(1.0, float(turned.mean()) / 0.92),
                abs(float(cv2.contourArea(outline.astype(np.float32)))),
            )
        return best

    def _head(self, row: int, tile: Image, origin: Floats, fine: int) -> None:
        look, tall = self.looks[row], float(self._heights[row])
        at, px = self._at[row], float(self._scale[row, J.HEAD])
        axis = at[J.HEAD] - at[J.CHEST]
        upright = np.array([0.0, -1.0])
        length = float(np.hypot(*axis))
        up = upright + 0.8 * (axis / length if length > 1e-6 else upright)
        up /= max(float(np.hypot(*up)), 1e-6)
        size = tall * px
        top, bottom = at[J.HEAD] + 0.060 * size * up, at[J.HEAD] - 0.056 * size * up
        patch, half, _ = _wrap(look.head, _HEAD_V, _HEAD_A * size, _HEAD_B * size, self._around.head(row), fine * 0.116 * size, 0.16)
        _paste(tile, patch, (top - origin) * fine, (bottom - origin) * fine, half * fine)


class _Around:
    """How torsos and heads are turned to the camera: right and forward of each, along the picture's right and away from the camera."""

    def __init__(self, camera: Camera, joints: Floats, look_at: Floats) -> None:
        right = joints[:, J.R_SHOULDER] - joints[:, J.L_SHOULDER]
        right = right / np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
        spine = joints[:, J.CHEST] - joints[:, J.PELVIS]
        ahead = np.cross(right, spine / np.maximum(np.linalg.norm(spine, axis=1, keepdims=True), 1e-9))
        view = joints[:, J.CHEST] - np.array(camera.position_m)
        view[:, 2] *= 0.4  # a torso is upright: what counts is where it is turned to
        view /= np.maximum(np.linalg.norm(view, axis=1, keepdims=True), 1e-9)
        across = np.stack([-view[:, 1], view[:, 0]], 1)
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
        self.right_on_screen, self.right_away = (right[:, :2] * across).sum(1), (right * view).sum(1)
        self._ahead_on_screen, self._ahead_away = (ahead[:, :2] * across).sum(1), (ahead * view).sum(1)
        wanted = np.arctan2(look_at[:, 1] - joints[:, J.HEAD, 1], look_at[:, 0] - joints[:, J.HEAD, 0])
        heading = np.arctan2(ahead[:, 1], ahead[:, 0])
        turn = np.clip((wanted - heading + np.pi) % (2 * np.pi) - np.pi, -1.2, 1.2)
        face = np.stack([np.cos(heading + turn), np.sin(heading + turn)], 1)
        beside = np.stack([-face[:, 1], face[:, 0]], 1)
        flat = view[:, :2] / np.maximum(np.linalg.norm(view[:, :2], axis=1, keepdims=True), 1e-9)
        self._heads = np.stack([(beside * across).sum(1), (beside * flat).sum(1), (face * across).sum(1), (face * flat).sum(1)], 1)

    def torso(self, row: int) -> tuple[float, float, float, float]:
        """Return (right, right away, ahead, ahead away) of one torso."""
        return float(self.right_on_screen[row]), float(self.right_away[row]), float(self._ahead_on_screen[row]), float(self._ahead_away[row])

    def head(self, row: int) -> tuple[float, float, float, float]:
        """Return the same of his head."""
        a, b, c, d = self._heads[row]
        return float(a), float(b), float(c), float(d)


def _dress(looks: Sequence[Look], shares: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the colours (n, bands, segments, 3) and which segments are there (n, segments); ``shares`` of clothes that end early are cut in place."""
    count = len(_NAMES)
    colors = np.zeros((len(looks), count, 3))
    there = np.ones((len(looks), count), bool)
    for i, look in enumerate(looks):
        for s in (0, 1):
            base = s * _PER_SIDE

            def put(name: str, color: Color | None, start: float | None = None, end: float | None = None, base: int = base, i: int = i) -> None:
                at = base + _ROW[f"{name} L"]
                there[i, at] = color is not None
                colors[i, at] = color or 0
                if start is not None:
                    shares[i, at, 0] = start
                if end is not None:
                    shares[i, at, 1] = end

            shoe = look.shoes
            put("thigh", (look.tights or look.skin) if look.leg_share < 1 else None)
            put("calf", (look.tights or look.skin) if look.leg_share < 2 else None)
            put("sock", look.sock if look.leg_share < 2 else None, 1 - look.sock_share)
            put("shoe", shoe)
            put("collar", shoe)
            put("leg", look.legwear, None, min(1.0, look.leg_share))
            put("shin", look.legwear if look.leg_share > 1 else None)
            sleeve = look.arm_sleeves[s]
            put("arm", look.skin)
            put("forearm", sleeve or look.skin)
            put("hand", look.skin)
            put("sleeve", look.cloth if look.sleeve_share else None, None, min(1.0, look.sleeve_share))
            put("cuff", look.cloth if look.sleeve_share > 1 else None)
        colors[i, _ROW["neck"]] = tuple(0.86 * c for c in look.skin)
        colors[i, _ROW["pelvis"]] = look.legwear
    shaded = np.clip(colors[:, None] * _BANDS[:, 2][None, :, None, None] + 3, 0, 255)
    return shaded.astype(np.int64), there


def _outlines(start: Floats, end: Floats, radii: Floats, origin: Floats, fine: int) -> npt.NDArray[np.int32]:
    """Return (bands, segments, points, 2): the outlines of tapered capsules in fixed-point pixels of a tile."""
    start, end, radii = (start - origin) * fine, (end - origin) * fine, radii * fine
    line = end - start
    length = np.hypot(line[:, 0], line[:, 1])[:, None]
    along = np.where(length > 1e-6, line / np.maximum(length, 1e-6), (0.0, 1.0))
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    steps = np.linspace(0, 1, radii.shape[1])
    spine = start[:, None] + steps[None, :, None] * line[:, None]
    angles = np.radians([60, 20, -20, -60])
    cap_along, cap_across = np.cos(angles)[None, :, None] * _ROUND[:, None, None], np.sin(angles)[None, :, None]
    first = -radii[:, :1, None] * (cap_along * along[:, None] + cap_across * normal[:, None])  # from the left side round the start to the right one
    last = radii[:, -1:, None] * (cap_along * along[:, None] + cap_across * normal[:, None])
    side = radii[..., None] * normal[:, None]
    ring = np.concatenate([side, last, -side[:, ::-1], first], 1)
    centre = np.concatenate([spine, np.repeat(end[:, None], 4, 1), spine[:, ::-1], np.repeat(start[:, None], 4, 1)], 1)
    thick = np.concatenate([radii, np.repeat(radii[:, -1:], 4, 1), radii[:, ::-1], np.repeat(radii[:, :1], 4, 1)], 1)[..., None]
    across = normal * (normal @ _LIGHT)[:, None]
    lit = 0.9 * across + 0.1 * _LIGHT
    points = centre + ring * _BANDS[:, 0][:, None, None, None] + thick * lit[:, None] * _BANDS[:, 1][:, None, None, None]
    return np.asarray(np.round(points * (1 << _SHIFT)), np.int32)


def _widths(v: Floats, a: Floats, b: Floats, frame: tuple[float, float, float, float], rows: int) -> tuple[Floats, Floats, Floats]:
    right, _, ahead, _ = frame
    at = np.linspace(0, 1, rows)
    breadth, depth = np.interp(at, v, a), np.interp(at, v, b)
    return np.hypot(breadth * right, depth * ahead), breadth, depth


def _wrap(
    texture: Image, v: Floats, a: Floats, b: Floats, frame: tuple[float, float, float, float], length: float, nod: float
) -> tuple[Image, float, tuple[float, int]]:
    """Wrap a texture around elliptical slices with half axes ``a``, ``b`` (pixels) at heights ``v`` as the camera sees them.

    Returns the patch (rows, columns, 4) with alpha, the half width in pixels it spans, and (delta, sign): the texture's angle at the offset x of the half
    width w is delta + sign * acos(x / w), at mid height.
    """
    right, right_away, ahead, ahead_away = frame
    rows = int(np.clip(round(length), 8, 320))
    width, breadth, depth = _widths(v, a, b, frame, rows)
    half = float(width.max()) + 0.5
    columns = int(np.clip(round(2 * half * rows / max(length, 8.0)), 6, 260))
    delta = np.arctan2(depth * ahead, breadth * right)
    # which of the two points on the ellipse faces the camera: test the one in the middle
    middle = delta + np.pi / 2
    outwards = np.cos(middle) / breadth * right_away + np.sin(middle) / depth * ahead_away
    sign = np.where(outwards < 0, 1, -1)
    x = np.linspace(-1, 1, columns)[None, :] * (half / np.maximum(width, 1e-6))[:, None]
    inside = np.abs(x) <= 1
    x = np.clip(x, -1, 1)
    angle = delta[:, None] + sign[:, None] * np.arccos(x)
    height, around = texture.shape[:2]
    u = ((angle * (around / (2 * np.pi))).astype(np.int64)) % around
    bulge = np.sqrt(1 - x * x)
    at = (np.arange(rows)[:, None] + 0.5) * (height / rows)
    if nod:  # from above one sees more of the crown
        at = np.clip(at - nod * height * bulge, 0, height - 1)
    picked = texture[np.broadcast_to(at, u.shape).astype(np.int64), u]
    shade = 0.60 + 0.42 * bulge - 0.10 * x
    patch = np.empty((rows, columns, 4), np.uint8)
    patch[..., :3] = np.clip(picked[..., :3] * shade[..., None], 0, 255)
    patch[..., 3] = (picked[..., 3] if texture.shape[2] == 4 else 255) * inside
    mid = rows // 2
    return patch, half, (float(delta[mid]), int(sign[mid]))


def _paste(tile: Image, patch: Image, top: Floats, bottom: Floats, half: float) -> Floats | None:
    """Lay a patch with its middle line from ``top`` to ``bottom`` and ``half`` its width, in pixels of the tile.

    Returns the (2, 3) map from patch to tile, None when it falls outside.
    """
    line = bottom - top
    length = max(float(np.hypot(*line)), 1e-6)
    across = np.array([line[1], -line[0]]) / length * half
    across *= 1 if line[1] >= 0 else -1
    rows, columns = patch.shape[:2]
    matrix = np.empty((2, 3))
    matrix[:, 0] = 2 * across / columns
    matrix[:, 1] = line / rows
    matrix[:, 2] = top - across
    corners = np.array([(0, 0, 1), (columns, 0, 1), (0, rows, 1), (columns, rows, 1)]) @ matrix.T
    low = np.maximum(np.floor(corners.min(0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(0)) + 1, (tile.shape[1], tile.shape[0])).astype(int)
    if (low >= high).any():
        return None
    local = matrix.copy()
    local[:, 2] -= low
    local[:, 2] += 0.5 * (local[:, 0] + local[:, 1]) - 0.5
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    warped = cv2.warpAffine(patch, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    mask = np.where(warped[..., 3] > 100, 255, 0).astype(np.uint8)
    part = tile[low[1] : high[1], low[0] : high[0]]
    cv2.copyTo(warped, mask, part)
    return matrix


def _lay(part: Image, tile: Image, cover: npt.NDArray[np.uint8]) -> None:
    """Blend a premultiplied tile over a part of the picture. A number's lower alpha counts as full."""
    rest = cv2.merge([cv2.LUT(cover, _UNCOVERED)] * 3)
    cv2.add(cv2.multiply(part, rest, scale=1 / 255), tile[..., :3], dst=part)


def _mirror(image: Image, tile: Image, corner: tuple[int, int], line: float, strength: float) -> None:
    """Mirror the lower part of a tile in the floor: faint, fading downwards."""
    x0, y0 = corner
    foot = round(line) - y0
    if not 4 < foot <= tile.shape[0]:
        return
    reach = min(int(0.5 * foot), image.shape[0] - (y0 + foot))
    if reach < 2:
        return
    flipped = np.ascontiguousarray(tile[foot - reach : foot][::-1])
    part = image[y0 + foot : y0 + foot + reach, x0 : x0 + tile.shape[1]]
    fade = (strength * np.linspace(1, 0.15, reach, dtype=np.float32))[:, None, None]
    cover = flipped[..., 3:].astype(np.float32) * fade
    mixed = part * (1 - cover / 255) + flipped[..., :3] * fade
    part[:] = mixed
