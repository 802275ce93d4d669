"""What really happened in a clip: labels by hand, by import or by the simulator."""

from courtside.truth.check import check_truth
from courtside.truth.clip import clip_info
from courtside.truth.folder import read_truth, write_truth
from courtside.truth.labels import BallLabels, CourtLabels, Event, PeopleLabels, Truth
from courtside.truth.load import load_truth
from courtside.truth.merge import merge, thin, with_rosters
from courtside.truth.mot import mot_text
from courtside.truth.run import clip_of_run

__all__ = [
    "BallLabels",
    "CourtLabels",
    "Event",
    "PeopleLabels",
    "Truth",
    "check_truth",
    "clip_info",
    "clip_of_run",
    "load_truth",
    "merge",
    "mot_text",
    "read_truth",
    "thin",
    "with_rosters",
    "write_truth",
]
