"""What the team without the ball does, and where the referees stand. Called ten times a second; it sets targets only."""

from __future__ import annotations

import numpy as np

from courtside.simulate.scene import Action
from courtside.simulate.world import Phase, World


def defend(world: World) -> None:
    """Every defender between his man and the basket: near when his man has the ball, sagging when it is far; back first when the ball comes up."""
    bodies, defence = world.bodies, world.defence
    men = world.seen[np.array(world.offence)[world.marks]]
    hoop, ball = world.hoop, world.ball[:2]
    to_hoop, to_ball = hoop - men, ball - men
    deep, far = np.hypot(*to_hoop.T), np.hypot(*to_ball.T)
    tight = 1 - 0.45 * world.knobs.occlusion
    gap = np.minimum(tight * (1.1 + 0.18 * np.minimum(far, 12.0) + 0.009 * np.minimum(far, 12.0) ** 2), 0.55 * deep + 0.2)
    place = men + to_hoop / np.maximum(deep, 0.1)[:, None] * gap[:, None]
    place += to_ball * np.where(far > 2.5, 0.07, 0.0)[:, None]
    back = world.phase in (Phase.BRING_UP, Phase.INBOUND)
    out = world.out_of(bodies.xy[defence])
    if back:  # run back to one's own half and wait there; only the ball is picked up early
        early = world.out_of(men) > 10.5
        wait = np.stack([world.spot(o, float(y)) for o, y in zip((9.5, 7.5, 6.5, 4.5, 2.5), men[:, 1] * 0.9, strict=True)])
        wait += 0.3 * (men - wait)
        place = np.where(early[:, None], wait, place)
    away = np.hypot(*(place - bodies.xy[defence]).T)
    behind = out > world.out_of(men) + 0.5
    bodies.target[defence] = place
    hasty = np.clip(1.2 + 1.6 * away, 1.2, 5.5) + 1.0 * behind
    bodies.pace[defence] = np.where(back, np.clip(1.5 + 0.45 * away, 1.5, 6.0 if world.fast_break else 3.8 if world.phase is Phase.INBOUND else 5.0), hasty)
    bodies.push[defence] = np.where(behind | (far < 2.0), 6.5, 4.0)
    turned = (back & (away > 5.0)) | (away > 4.0)
    bodies.face[defence] = np.where(turned[:, None], np.nan, np.where((far < 4.0)[:, None], men, 0.5 * (men + ball)))
    free = ~bodies.busy(world.time_s)[defence]
    guards = np.where((away < 2.5) & (np.hypot(*(men - bodies.xy[defence]).T) < 4.0), Action.GUARD, Action.MOVE)
    bodies.action[defence] = np.where(free, guards, bodies.action[defence])


def switch(world: World) -> None:
    """Let two defenders swap men where each is much nearer to the other's."""
    defenders, men = world.bodies.xy[world.defence], world.bodies.xy[world.offence]
    cost = np.hypot(*(defenders[:, None] - men[None]).transpose(2, 0, 1))
    for i in range(5):
        for j in range(i + 1, 5):
            a, b = world.marks[i], world.marks[j]
            if cost[i, b] + cost[j, a] + 1.5 < cost[i, a] + cost[j, b]:
                world.marks[i], world.marks[j] = b, a


def follow(world: World) -> None:
    """Three referees: one under the attacked basket, one behind the play, one across from him. None crosses the floor."""
    bodies, court = world.bodies, world.court
    lead = 0 if world.side > 0 else 1  # who is ahead stays behind when the play turns round
    side_y = court.half_width_m + 0.3
    behind = float(np.clip(world.ball[0] - world.side * 5.5, -court.half_length_m + 4, court.half_length_m - 4))
    coming = world.phase in (Phase.BRING_UP, Phase.INBOUND)
    places = {
        lead: np.array([world.side * (court.half_length_m + 0.6), float(np.clip(0.8 * world.ball[1] + 1.0, -3.0, 5.0))]),
        1 - lead: np.array([behind, side_y]),
        2: np.array([0.5 * world.ball[0] + world.side * 3.0 if coming else world.side * (court.half_length_m - court.free_throw_m + 0.5), -side_y]),
    }
    for k, row in enumerate(world.referees):
        if float(np.hypot(*(places[k] - bodies.target[row]))) > 1.6:
            bodies.target[row] = places[k]
        away = float(np.hypot(*(bodies.target[row] - bodies.xy[row])))
        bodies.pace[row] = float(np.clip(0.7 + 0.5 * away, 0.8, 5.5))
        bodies.face[row] = np.nan if away > 5 else world.ball[:2]
