from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.evaluate.mot import MotFrame, clear, hota, id_score


def frame(truth: list[int], drawn: list[int], *pairs: tuple[int, int, float]) -> MotFrame:
    """A frame in which the ids of each pair are that similar, all others not at all."""
    similarity = np.zeros((len(truth), len(drawn)))
    for who, track, value in pairs:
        similarity[truth.index(who), drawn.index(track)] = value
    return np.array(truth, int), np.array(drawn, int), similarity


A1, A2, A1_B2 = frame([1], [1], (1, 1, 1.0)), frame([1], [2], (1, 2, 1.0)), frame([1, 2], [1, 2], (1, 1, 1.0), (2, 2, 1.0))

# expected: HOTA, DetA, AssA, MOTA, switches, IDF1
CASES = {
    "nothing at all": ([], 0, 0, 0, 0, 0, 0),
    # nothing is right: every share is 0, MOTA = 1 - 3 misses / 3
    "nothing drawn": ([frame([1], [])] * 3, 0, 0, 0, 0, 0, 0),
    "nobody labelled": ([frame([], [1])] * 3, 0, 0, 0, 0, 0, 0),
    "perfect": ([A1_B2] * 3, 1, 1, 1, 1, 0, 1),
    # two tracks exchange their people after two of four frames. All found: DetA = 1. Each of the four (person, track) pairs has TPA = 2, FNA = 2 (the person's
    # other frames), FPA = 2 (the track's): 2 / 6 = 1/3 for every box. MOTA = 1 - 2 switches / 8. IDTP = 2 + 2: IDF1 = 2 * 4 / 16.
    "swap": ([A1_B2] * 2 + [frame([1, 2], [1, 2], (1, 2, 1.0), (2, 1, 1.0))] * 2, math.sqrt(1 / 3), 1, 1 / 3, 0.75, 2, 0.5),
    # one person, track 1 then track 2. TPA = 2, FNA = 2, FPA = 0: 1/2. MOTA = 1 - 1/4. One of the tracks is his: IDF1 = 2 * 2 / 8.
    "split": ([A1] * 2 + [A2] * 2, math.sqrt(1 / 2), 1, 1 / 2, 0.75, 1, 0.5),
    # one track covers person 1, then person 2. TPA = 2, FNA = 0, FPA = 2: 1/2. Neither person's track ever changed: MOTA = 1. IDF1 = 2 * 2 / 8.
    "merge": ([A1] * 2 + [frame([2], [1], (2, 1, 1.0))] * 2, math.sqrt(1 / 2), 1, 1 / 2, 1, 0, 0.5),
    # seen in three of four frames: DetA = 3/4; TPA = 3, FNA = 1: AssA = 3/4; HOTA = 3/4. MOTA = 1 - 1/4. IDF1 = 2 * 3 / 7.
    "missed once": ([A1] * 3 + [frame([1], [])], 0.75, 0.75, 0.75, 0.75, 0, 6 / 7),
    # a second track on nobody, all four frames: DetA = 4/8, AssA = 1. MOTA = 1 - 4/4. IDF1 = 2 * 4 / 12.
    "ghost": ([frame([1], [1, 9], (1, 1, 1.0))] * 4, math.sqrt(1 / 2), 1 / 2, 1, 0, 0, 2 / 3),
    # overlap 0.5 in every frame: true at the 10 thresholds up to 0.5 of the 19, so HOTA = DetA = AssA = 10/19; CLEAR and IDF1 count 0.5 as true.
    "loose": ([frame([1], [1], (1, 1, 0.5))] * 4, 10 / 19, 10 / 19, 10 / 19, 1, 0, 1),
    # unseen between two sightings under one track: no switch, 2 of 3 found. DetA = AssA = 2/3.
    "back again": ([A1, frame([1], []), A1], 2 / 3, 2 / 3, 2 / 3, 2 / 3, 0, 4 / 5),
}


@pytest.mark.parametrize(("frames", "expected_hota", "det_a", "ass_a", "mota", "switches", "idf1"), CASES.values(), ids=CASES)
def test_hand_solved_cases(frames: list[MotFrame], expected_hota: float, det_a: float, ass_a: float, mota: float, switches: int, idf1: float) -> None:
    found, motion = hota(frames), clear(frames)
    assert (found.hota, found.det_a, found.ass_a) == pytest.approx((expected_hota, det_a, ass_a))
    assert (motion.mota, motion.switches) == (pytest.approx(mota), switches)
    assert id_score(frames).idf1 == pytest.approx(idf1)


def test_how_well_boxes_lie_is_told_apart_from_whether_they_are_there() -> None:
    # 0.5 at ten thresholds; 1 by convention at the nine with nothing to locate
    assert hota([frame([1], [1], (1, 1, 0.5))]).loc_a == pytest.approx((10 * 0.5 + 9) / 19)


def test_a_track_that_still_fits_is_kept_though_another_fits_better() -> None:
    # CLEAR continues 1-1 at 0.6 rather than switch to track 2 at 0.9
    frames = [A1, frame([1], [1, 2], (1, 1, 0.6), (1, 2, 0.9))]
    assert clear(frames).switches == 0
    assert clear([A1, frame([1], [1, 2], (1, 1, 0.4), (1, 2, 0.9))]).switches == 1


def game(seed: int) -> list[MotFrame]:
    """People with tracks that sometimes are lost, exchanged, new or on nobody."""
    random = np.random.default_rng(seed)
    tracks, frames = list(range(6)), []
    for _ in range(random.integers(1, 25)):
        if random.random() < 0.2:
            a, b = random.integers(0, 6, 2)
            tracks[a], tracks[b] = tracks[b], tracks[a]
        if random.random() < 0.1:
            tracks[random.integers(0, 6)] = int(random.integers(10, 30)) if len(set(tracks)) == 6 else 99
        truth = np.flatnonzero(random.random(6) < 0.85)
        drawn = np.unique([tracks[who] for who in np.flatnonzero(random.random(6) < 0.85)]).astype(int)
        similarity = random.uniform(0, 0.3, (len(truth), len(drawn)))
        for i, who in enumerate(truth):
            similarity[i, drawn == tracks[who]] = random.uniform(0.3, 1.0)
        frames.append((truth, drawn, similarity))
    return frames


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_names_and_order_of_rows_change_nothing(seed: int) -> None:
    frames = game(seed)
    random = np.random.default_rng(seed)
    renamed = random.permutation(200)
    shuffled = []
    for truth, drawn, similarity in frames:
        rows, columns = random.permutation(len(truth)), random.permutation(len(drawn))
        shuffled.append((renamed[truth][rows], renamed[drawn][columns], similarity[np.ix_(rows, columns)]))
    assert vars_of(shuffled) == pytest.approx(vars_of(frames))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_are_shares(seed: int) -> None:
    frames = game(seed)
    found = hota(frames)
    assert all(0 <= value <= 1 for value in (found.hota, found.det_a, found.ass_a, found.loc_a, id_score(frames).idf1))
    assert clear(frames).mota <= 1


def vars_of(frames: list[MotFrame]) -> tuple[float, ...]:
    found, motion, ids = hota(frames), clear(frames), id_score(frames)
    own = (found.hota, found.det_a, found.det_re, found.det_pr, found.ass_a, found.loc_a)
    return (*own, motion.mota, motion.switches, motion.n_true, motion.n_false, motion.n_missed, ids.idf1, ids.precision, ids.recall)


def test_the_figures_are_those_of_the_package() -> None:
    reference = pytest.importorskip("trackers.eval", reason="install the bench extra to compare with trackers.eval")
    for seed in range(40):
        assert_parity(reference, game(seed))


def assert_parity(reference: Any, frames: list[MotFrame]) -> None:
    columns = [list(side) for side in zip(*frames, strict=True)]
    their_hota, their_clear, their_ids = (
        compute(*columns) for compute in (reference.compute_hota_metrics, reference.compute_clear_metrics, reference.compute_identity_metrics)
    )
    theirs = [their_hota[key] for key in ("HOTA", "DetA", "DetRe", "DetPr", "AssA", "LocA")]
    theirs += [their_clear[key] for key in ("MOTA", "IDSW", "CLR_TP", "CLR_FP", "CLR_FN")] + [their_ids[key] for key in ("IDF1", "IDP", "IDR")]
    assert vars_of(frames) == pytest.approx(tuple(theirs))
