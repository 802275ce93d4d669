"""``tracks/CLIP.csv``: who is who in some frames, in the columns of ``people.csv`` and without anything beside it."""

from __future__ import annotations

from pathlib import Path

from courtside.truth.check import Where
from courtside.truth.clip import known_length, rows_at
from courtside.truth.labels import Truth
from courtside.truth.people_csv import read_people
from courtside.types import ClipInfo, Team

_COLORS = ("#1F77B4", "#D62728")  # the file has none; a roster's go over them


def read_tracks_csv(path: Path, clip: ClipInfo | None) -> tuple[Truth, Where]:
    """Read who is who; the frames that have somebody in them are the labelled ones, and the teams are those that are named.

    Raises:
        TruthError: the table is wrong, or ``clip`` is not given: a table of boxes does not say how large the picture is.
    """
    info = known_length(path, clip)
    people, table = read_people(path)
    names = sorted({team for team in people.team if team is not None})
    teams = tuple(Team(name, _COLORS[i % len(_COLORS)]) for i, name in enumerate(names))
    return Truth(path.stem, info.width, info.height, info.rate, info.n_frames, teams, people=people), rows_at(path, {"people": table.where})
