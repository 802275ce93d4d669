"""People as CSV rows, the table of a truth folder and of ``tracks/CLIP.csv`` alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtside.truth.labels import PeopleLabels
from courtside.truth.table import Table, read_table

NEEDED = ("frame", "who", "x1", "y1", "x2", "y2", "role")
OPTIONAL = ("team", "number", "player", "court_x_m", "court_y_m", "visible")


def read_people(path: Path, labelled: npt.NDArray[np.int64] | None = None) -> tuple[PeopleLabels, Table]:
    """Read people by rising frame, and the table that knows their lines. Without ``labelled``, the frames with somebody in them are taken as labelled.

    Raises:
        TruthError: the file can't be read as such a table.
    """
    table = read_table(path, NEEDED, OPTIONAL).sorted_by_frame()
    frame = table.frames()
    people = PeopleLabels(
        labelled=np.unique(frame) if labelled is None else labelled,
        frame=frame,
        who=table.strings("who"),
        xyxy=table.floats(("x1", "y1", "x2", "y2")),
        role=table.strings("role"),
        team=table.strings("team"),
        number=table.strings("number"),
        player=table.strings("player"),
        court_m=table.floats(("court_x_m", "court_y_m"), may_be_empty=True),
        visible=table.floats(("visible",), may_be_empty=True)[:, 0],
    )
    return people, table
