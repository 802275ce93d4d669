"""The court in metres and the camera that sees it."""

from courtside.court.camera import Camera, Lens
from courtside.court.dimensions import COURTS, Court

__all__ = ["COURTS", "Camera", "Court", "Lens"]
