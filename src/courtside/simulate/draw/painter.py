"""One picture of the simulated broadcast, and exactly what is to be seen on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Camera, Court
from courtside.simulate.draw.arena import Arena
from courtside.simulate.draw.ball import draw_ball
from courtside.simulate.draw.basket import Basket
from courtside.simulate.draw.body import Bodies, BodyBox, Ids
from courtside.simulate.draw.floor import make_floor
from courtside.simulate.draw.glass import Optics, mean_flow
from courtside.simulate.draw.graphic import ScoreGraphic
from courtside.simulate.draw.look import Look, player_look, referee_look
from courtside.simulate.draw.pose import Joint, pose
from courtside.simulate.draw.stands import make_backdrop
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Cast, Floats, Moment
from courtside.types import Image

Box = tuple[float, float, float, float]

_BALL_ID, _COVER_ID = 253, 255
_LEAST_BALL = 0.3  # share of the ball that must show for it to count as seen
_LONGEST_STEP_S = 0.11  # moments farther apart are not one movement


@dataclass(frozen=True)
class DrawnPerson:
    """One person of the picture.

    ``row`` is that of the moment. ``xyxy`` bounds the whole body inside the picture, hidden parts too; ``visible`` (0-1) is about the share of the body that
    is inside and that nothing nearer covers. ``number`` bounds the jersey number that faces the camera, None when none does; ``number_visible`` (0-1) is the
    share of it that shows, less the more it is turned away.
    """

    row: int
    xyxy: Box
    visible: float
    number: Box | None
    number_visible: float


@dataclass(frozen=True)
class Drawn:
    """A picture (h, w, 3) BGR and its truth in pixels.

    ``people`` from far to near, ``ball`` its box (None when hidden or out of view), ``rims`` the boxes of the rings in view, without their nets. ``owners``
    (h, w) uint8 tells whose body is seen where: 0 nobody's, else 1 + the row of the moment.
    """

    image: Image
    people: tuple[DrawnPerson, ...]
    ball: Box | None
    rims: tuple[Box, ...]
    owners: npt.NDArray[np.uint8]


class Painter:
    """Draws moments of one game in one arena.

    A painter remembers the moment before, to tell how fast the ball flies; feed it a shot's moments in order. Pictures may be of any size; each new size
    costs some set-up.

    Args:
        court: what is painted on the floor.
        cast: whose rows the moments speak of.
        arena: see ``make_arena``.
        knobs: of these only ``blur`` matters here.
        random: settles faces, noise and all such detail.
    """

    def __init__(self, court: Court, cast: Cast, arena: Arena, knobs: Knobs, random: np.random.Generator) -> None:
        self._cast, self._arena, self._knobs, self._random = cast, arena, knobs, random
        self._floor = make_floor(court, arena)
        self._backdrop = make_backdrop(court, arena, (cast.kits[0].jersey, cast.kits[1].jersey))
        pad = arena.paint or arena.apron
        self._baskets = tuple(Basket(court, sign, pad) for sign in (-1, 1))
        self._looks = [self._dress(row) for row in range(len(cast.actors))]
        self._heights = np.array([actor.height_m for actor in cast.actors])
        self._optics: dict[tuple[int, int], Optics] = {}
        self._graphics: dict[tuple[int, int], ScoreGraphic] = {}
        self._last: tuple[float, Floats] | None = None

    def draw(self, moment: Moment, camera: Camera, camera_end: Camera | None = None, flash: float = 0.0) -> Drawn:
        """Draw one moment.

        Args:
            moment: who stands how.
            camera: what sees it as the shutter opens; ``size_px`` is the picture's size.
            camera_end: the same camera as the shutter closes, None when it stands still.
            flash: 0-1, the light of an arena strobe.
        """
        width, height = camera.size_px
        image = np.full((height, width, 3), 16, np.uint8)
        ids = np.zeros((height, width), np.uint8)
        for surface in self._backdrop.back[:3]:
            surface.lay(image, camera)
        self._floor.lay(image, camera)
        for surface in self._backdrop.back[3:]:
            surface.lay(image, camera)

        rows = np.flatnonzero(moment.on_floor)
        joints = pose(moment, self._heights)[rows]
        bodies = Bodies(camera, joints, self._heights[rows], moment.look_at[rows], [self._looks[row] for row in rows])
        seen = np.flatnonzero(bodies.visible)
        self._shade(image, camera, joints[seen])
        boxes, ball = self._draw_things(image, ids, moment, camera, bodies, seen)
        for surface in self._backdrop.front:
            laid = surface.lay(image, camera)
            if laid is not None:
                left, top, cover = laid
                ids[top : top + cover.shape[0], left : left + cover.shape[1]][cover > 127] = _COVER_ID
        graphic = self._graphic((width, height))
        graphic.cover(ids, _COVER_ID)

        counts = np.bincount(ids.ravel(), minlength=256)
        people = tuple(_measure(box, int(rows[box.row]), counts) for box in boxes)
        shown = ball[0] if ball is not None and counts[_BALL_ID] >= _LEAST_BALL * ball[1] else None
        rims = tuple(box for basket in self._baskets if (box := basket.box(camera)) is not None)
        offset = int(self._random.integers(64)), int(self._random.integers(64))
        exposure = 1 + float(self._random.normal(0, 0.006))
        image = self._optic((width, height)).look(image, mean_flow(camera, camera_end), flash, exposure, offset)
        graphic.draw(image, moment)  # the broadcaster's: no lens has seen it, and no movement blurs it
        return Drawn(image, people, shown, rims, _owners(ids, rows))

    def _dress(self, row: int) -> Look:
        actor = self._cast.actors[row]
        if actor.team is None:
            return referee_look(actor, self._cast.referee_kit, self._random)
        return player_look(actor, self._cast.kits[actor.team], self._cast.teams[actor.team].name.split()[-1][:10], self._random)

    def _draw_things(
        self,
        image: Image,
        ids: Ids,
        moment: Moment,
        camera: Camera,
        bodies: Bodies,
        seen: npt.NDArray[np.intp],
    ) -> tuple[list[BodyBox], tuple[Box, int] | None]:
        """Draw people, baskets and ball, the farthest first."""
        start, end = self._ball_path(moment)
        things: list[tuple[float, str, int]] = [(float(bodies.depth[i]), "body", int(i)) for i in seen]
        things.append((float(camera.project(moment.ball[None])[1][0]), "ball", 0))
        for i, basket in enumerate(self._baskets):
            depth = float(camera.project(basket.centre[None])[1][0])
            things += [(depth + 0.9, "stand", i), (depth + 0.2, "far ring", i), (depth - 0.2, "near ring", i)]
        boxes: list[BodyBox] = []
        ball = None
        gloss = self._arena.gloss
        for _, what, i in sorted(things, reverse=True):
            if what == "body":
                box = bodies.draw(i, image, ids, None, gloss)
                if box is not None:
                    boxes.append(box)
            elif what == "ball":
                ball = draw_ball(image, ids, _BALL_ID, camera, start, end, 4.0 * moment.time_s)
            elif what == "stand":
                self._baskets[i].draw_stand(image, ids, camera, str(max(0, int(np.ceil(moment.shot_clock_s)))))
            else:
                self._baskets[i].draw_ring(image, camera, front=what == "near ring")
        return boxes, ball

    def _ball_path(self, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the ball is as the shutter opens and closes, going on as it came."""
        last, self._last = self._last, (moment.time_s, moment.ball)
        if last is None or not 0 < moment.time_s - last[0] < _LONGEST_STEP_S:
            return moment.ball, moment.ball
        move = moment.ball - last[1]
        if np.linalg.norm(move) > 1.5:
            return moment.ball, moment.ball
        return moment.ball, moment.ball + self._knobs.blur * move

    def _shade(self, image: Image, camera: Camera, joints: Floats) -> None:
        """Darken the floor softly under every body."""
        if not len(joints):
            return
        feet = joints[:, [Joint.L_ANKLE, Joint.R_ANKLE]].reshape(-1, 3)
        on_floor = feet * (1, 1, 0)
        pixels, depth = camera.project(on_floor)
        tilt = max(0.12, float(np.sin(camera.tilt)))
        for (x, y), deep, z in zip(pixels, depth, feet[:, 2], strict=True):
            if deep < 1:
                continue
            size = 0.30 * camera.focal_px / deep
            strength = 0.42 * float(np.exp(-max(z - 0.08, 0) / 0.35))
            x0, y0 = round(x - 2 * size), round(y - 2 * size * tilt)
            x1, y1 = round(x + 2 * size), round(y + 2 * size * tilt)
            if x0 < 0 or y0 < 0 or x1 > image.shape[1] or y1 > image.shape[0] or x1 - x0 < 4 or y1 - y0 < 3:
                continue
            u = np.linspace(-2, 2, x1 - x0, dtype=np.float32)
            v = np.linspace(-2, 2, y1 - y0, dtype=np.float32)
            dark = 1 - strength * np.exp(-2.2 * v * v)[:, None] * np.exp(-2.2 * u * u)
            part = image[y0:y1, x0:x1]
            part[:] = part * dark[..., None]

    def _graphic(self, size: tuple[int, int]) -> ScoreGraphic:
        if size not in self._graphics:
            self._graphics[size] = ScoreGraphic(self._cast, self._arena.graphic, size)
        return self._graphics[size]

    def _optic(self, size: tuple[int, int]) -> Optics:
        if size not in self._optics:
            self._optics[size] = Optics(size, self._arena.warmth, self._random)
        return self._optics[size]


def _owners(ids: Ids, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    owner_of = np.zeros(256, np.uint8)
    for i, row in enumerate(rows):
        owner_of[[2 * i + 1, 2 * i + 2]] = row + 1  # the body and the number of the i-th of those on the floor
    return cv2.LUT(ids, owner_of).astype(np.uint8, copy=False)


def _measure(box: BodyBox, row: int, counts: npt.NDArray[np.intp]) -> DrawnPerson:
    body, number = int(counts[2 * box.row + 1]), int(counts[2 * box.row + 2])
    visible = min(1.0, (body + number) / max(box.area_px, 1))
    shown = box.number_share * min(1.0, number / max(box.number_area_px, 1.0)) if box.number is not None else 0.0
    return DrawnPerson(row, box.xyxy, visible, box.number if shown > 0 else None, shown)
