"""How good a run is, measured against the truth of its clip."""

from courtside.evaluate.scores import Scores, evaluate_run

__all__ = ["Scores", "evaluate_run"]
