"""What really happened in a clip: labels by hand, by import or by the simulator."""

from courtside.truth.labels import BallLabels, CourtLabels, Event, PeopleLabels, Truth

__all__ = ["BallLabels", "CourtLabels", "Event", "PeopleLabels", "Truth"]
