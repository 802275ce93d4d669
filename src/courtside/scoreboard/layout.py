"""Which of the words on a graphic is what, by what they look like and how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from courtside.scoreboard.glance import Box, Word
from courtside.scoreboard.parse import clock_s, is_name, period, score, shot_clock_s

# In heights of the clock's text.
_REACH = (45.0, 5.0)  # how far from the clock a graphic goes, sideways and up or down
_BESIDE = 0.7  # how far apart the middles of two words in one line are, up or down
_NEAR_CLOCK = 9.0  # from the clock to the shot clock
_ALIKE = 1.35  # how many times as large as the other team's name or score one team's may be
_LONGEST_STEP = 14.0  # from a name to its score
_WORST = 16.0  # cost of the two teams' names and scores above which they are not told

_SAME = 0.3  # share of the smaller of two boxes that lies in both from which they are one cell


def _height(box: Box) -> float:
    return box[3] - box[1]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _shared(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((box[2] - box[0]) * _height(box) for box in (a, b))
    return width * height / smaller if width > 0 and height > 0 and smaller > 0 else 0.0


def pool(looks: Iterable[Sequence[Word]]) -> list[Word]:
    """Return the words of several looks at one graphic, each cell once: a finder of text overlooks single digits now and then."""
    words: list[Word] = []
    for look in looks:
        words += [word for word in look if all(_shared(word.box, other.box) < _SAME for other in words)]
    return words


def find_layout(looks: Iterable[Sequence[Word]]) -> dict[str, Box]:
    """Return the box of each role (``ROLES``) that could be told; empty without a game clock, as then it is no score graphic.

    Args:
        looks: the words that were found on it, at one moment or at several.
    """
    words = pool(looks)
    clocks = [word for word in words if clock_s(word.text) is not None]
    layouts = [_around(clock, [word for word in words if word is not clock]) for clock in clocks]
    return max(layouts, key=len, default={})


def _around(clock: Word, words: Sequence[Word]) -> dict[str, Box]:
    unit = _height(clock.box)
    x, y = _middle(clock.box)

    def far(word: Word) -> tuple[float, float]:
        return abs(_middle(word.box)[0] - x) / unit, abs(_middle(word.box)[1] - y) / unit

    words = [word for word in words if far(word)[0] <= _REACH[0] and far(word)[1] <= _REACH[1]]
    layout = {"clock": clock.box, **_teams(words, unit)}
    taken = set(layout.values())
    periods = [word for word in words if period(word.text) is not None]
    if periods:
        layout["period"] = min(periods, key=lambda word: sum(far(word))).box
    numbers = [word for word in words if word.box not in taken and shot_clock_s(word.text) is not None]
    near = [word for word in numbers if far(word)[1] <= _BESIDE and far(word)[0] <= _NEAR_CLOCK]
    if near:
        layout["shot_clock"] = min(near, key=lambda word: far(word)[0]).box
    return layout


def _teams(words: Sequence[Word], unit: float) -> dict[str, Box]:
    """Return the cells of both teams: two names and two scores that stand to each other in the same way, or as in a mirror (A 30 - 28 B)."""
    names = [word for word in words if is_name(word.text)]
    scores = [word for word in words if score(word.text) is not None]
    best = _WORST
    found: dict[str, Box] = {}
    for name_a, name_b in permutations(names, 2):
        for score_a, score_b in permutations(scores, 2):
            if _first(score_a, score_b) and _alike(name_a, name_b) and _alike(score_a, score_b):
                cost = _cost(name_a, score_a, name_b, score_b, unit)
                if cost < best:
                    best = cost
                    found = {"name_0": name_a.box, "score_0": score_a.box, "name_1": name_b.box, "score_1": score_b.box}
    return found


def _alike(a: Word, b: Word) -> bool:
    small, large = sorted((_height(a.box), _height(b.box)))
    return large <= _ALIKE * small


def _cost(name_a: Word, score_a: Word, name_b: Word, score_b: Word, unit: float) -> float:
    (ax, ay), (bx, by) = _step(name_a, score_a, unit), _step(name_b, score_b, unit)
    if max(abs(ax), abs(bx)) > _LONGEST_STEP or max(abs(ay), abs(by)) > _BESIDE:
        return _WORST
    across, down = (abs(p - q) / unit for p, q in zip(_middle(score_a.box), _middle(score_b.box), strict=True))
    if min(across, down) > _BESIDE:
        return _WORST  # two teams stand in one line or in one column
    if ax < 0:
        return _WORST  # the first name is read before its score
    return abs(ax - abs(bx)) + (1.0 if bx < 0 else 0.0) + 2 * abs(ay - by) + 0.5 * (ax + abs(bx))


def _step(name: Word, score: Word, unit: float) -> tuple[float, float]:
    """Return how far it is from a name to its score, between the sides that face each other (negative: to the left), and down."""
    a, b = name.box, score.box
    across = b[0] - a[2] if _middle(b)[0] > _middle(a)[0] else b[2] - a[0]
    return across / unit, (_middle(b)[1] - _middle(a)[1]) / unit


def _first(a: Word, b: Word) -> bool:
    """Whether ``a`` stands before ``b``: left of it in one line, above it in one column."""
    (ax, ay), (bx, by) = _middle(a.box), _middle(b.box)
    return ax < bx if abs(ay - by) <= abs(ax - bx) else ay < by
