"""The broadcast's score graphic: where it stands, what its cells mean, and what they said when.

No model is loaded here. A misreading is thrown out, never repaired.
"""

from courtside.scoreboard.board import Board, read_board
from courtside.scoreboard.glance import ROLES, Glance, Word
from courtside.scoreboard.layout import find_layout
from courtside.scoreboard.names import match_names
from courtside.scoreboard.outcome import Shown, outcome_by_score
from courtside.scoreboard.patch import Template, find_patches, stands_still

__all__ = [
    "ROLES",
    "Board",
    "Glance",
    "Shown",
    "Template",
    "Word",
    "find_layout",
    "find_patches",
    "match_names",
    "outcome_by_score",
    "read_board",
    "stands_still",
]
