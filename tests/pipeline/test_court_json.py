"""``court.json`` holds all that is needed to draw the court again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from courtside.court import COURTS, Camera, Court
from courtside.court.custom import load_court
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.pipeline.export import write_court
from courtside.pipeline.results import read_court

MAPS = np.repeat(Camera((0, 30, 10), 0, 0.3, 900, (640, 360)).court_to_pinhole()[None], 3, 0)
TRACK = CourtTrack(np.array([True, False, True]), MAPS, (320, 180, 320, 320, 0.01, 0.0), np.array([0.04, np.nan, 0.05]))


def own_court(folder: Path) -> Court:
    (folder / "gym.toml").write_text('like = "fiba"\nlength_m = 24\nrestricted_m = 0')
    return load_court(folder / "gym.toml")


@pytest.mark.parametrize("league", [*COURTS, None])
def test_it_comes_back(tmp_path: Path, league: str | None) -> None:
    measures = COURTS[league] if league else own_court(tmp_path)
    write_court(tmp_path / "court.json", TRACK, measures)
    (tmp_path / "gym.toml").unlink(missing_ok=True)  # nothing depends on it any more
    found, track = read_court(tmp_path / "court.json")
    assert found == measures and track.valid.tolist() == TRACK.valid.tolist() and track.lens == TRACK.lens
    assert np.allclose(track.court_to_pinhole[[0, 2]], MAPS[:2], rtol=1e-6) and np.isnan(track.court_to_pinhole[1]).all()


def test_one_of_an_earlier_version(tmp_path: Path) -> None:
    write_court(tmp_path / "court.json", TRACK, COURTS["fiba"])
    document = json.loads((tmp_path / "court.json").read_text())
    del document["court"]
    (tmp_path / "court.json").write_text(json.dumps(document))
    assert read_court(tmp_path / "court.json")[0] == COURTS["fiba"]


@pytest.mark.parametrize("change", [{"width_m": -1}, {"width_m": None}, {"nothing_m": 3}, {"arc_m": "x"}])
def test_measures_of_no_court(tmp_path: Path, change: dict[str, object]) -> None:
    write_court(tmp_path / "court.json", TRACK, COURTS["fiba"])
    document = json.loads((tmp_path / "court.json").read_text())
    document["court"] |= change
    (tmp_path / "court.json").write_text(json.dumps(document))
    with pytest.raises(RecordsError, match="damaged; run `courtside resolve` again"):
        read_court(tmp_path / "court.json")
