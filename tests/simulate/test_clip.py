from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from courtside.court import Lens
from courtside.errors import ConfigError
from courtside.media import probe, read_frames
from courtside.rosters import load_rosters
from courtside.simulate.clip import LEAST_VISIBLE, Recipe, simulate
from courtside.simulate.knobs import Knobs
from courtside.truth import read_truth

SMALL = Recipe(seed=5, seconds=1.0, size_px=(320, 180), knobs=Knobs(cut_every_s=0.6))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    simulate(SMALL, folder, "small")
    return folder


def test_clip_and_truth_are_of_one_length(made: Path) -> None:
    info, frames = probe(made / "small.mp4"), list(read_frames(made / "small.mp4"))
    truth = read_truth(made / "small.truth")
    assert (info.width, info.height) == (truth.width, truth.height) == (320, 180)
    assert len(frames) == truth.n_frames == 30 and truth.rate == Fraction(30)


def test_the_truth_is_whole(made: Path) -> None:
    truth = read_truth(made / "small.truth")
    people, court, ball = truth.people, truth.court, truth.ball
    assert people is not None and court is not None and ball is not None and truth.events is not None
    assert len(people.labelled) == len(court.frame) == len(ball.labelled) == 30
    assert (people.visible >= LEAST_VISIBLE).all() and np.isfinite(people.court_m).all()
    players = people.role == "player"
    rosters = {team.name: team.players for team in load_rosters(made / "small.rosters.toml")}
    assert {rosters[team][number] for team, number in zip(people.team[players], people.number[players], strict=True)} == set(people.player[players])


def test_feet_stand_where_the_court_says(made: Path) -> None:
    """The box's lower edge is near the projection of the true place: truth of people and of the court agree."""
    truth = read_truth(made / "small.truth")
    people, court = truth.people, truth.court
    assert people is not None and court is not None
    valid = set(court.frame[court.valid].tolist())
    offsets = []
    for frame, box, place in zip(people.frame, people.xyxy, people.court_m, strict=True):
        x, y, depth = court.court_to_pinhole[int(frame)] @ (*place, 1) if int(frame) in valid else (0, 0, -1)
        if depth > 0 and box[3] < 178 and box[0] > 2 and box[2] < 318:
            u, v = Lens(*court.lens).bend(np.array([[x / depth, y / depth]]))[0]
            offsets.append((abs(v - box[3]) / (box[3] - box[1]), abs(u - (box[0] + box[2]) / 2) / (box[3] - box[1])))
    assert len(offsets) > 30
    down, across = np.array(offsets).T
    assert np.median(down) < 0.1 and np.median(across) < 0.15


def test_cuts_are_told(made: Path) -> None:
    truth = read_truth(made / "small.truth")
    images = [frame.image.astype(int) for frame in read_frames(made / "small.mp4")]
    change = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(images)])
    assert truth.cuts and all(change[cut - 1] > 3 * np.median(change) for cut in truth.cuts)


def test_the_kind_of_every_shot_is_told(made: Path) -> None:
    truth = read_truth(made / "small.truth")
    kind_of = {int(frame): kind for kind, frames in truth.shots.items() for frame in frames}
    assert sorted(kind_of) == list(range(30)) and kind_of[0] == "main" and len(set(kind_of.values())) > 1
    assert {frame for frame in range(1, 30) if kind_of[frame] != kind_of[frame - 1]} <= set(truth.cuts)


def test_the_same_seed_makes_the_same_clip(made: Path, tmp_path: Path) -> None:
    simulate(SMALL, tmp_path, "small")
    for name in ("small.rosters.toml", "small.truth/people.csv", "small.truth/court.csv", "small.truth/ball.csv"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name
    # the encoder's threads may round differently, the pictures are the same
    for one, other in zip(read_frames(made / "small.mp4"), read_frames(tmp_path / "small.mp4"), strict=True):
        assert np.abs(one.image.astype(int) - other.image).mean() < 1


def test_an_unknown_league_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="moon"):
        simulate(Recipe(league="moon"), tmp_path)
