"""The models that settings ask for."""

from __future__ import annotations

from typing import Any

from courtside.config import Settings
from courtside.models import zoo
from courtside.models.mirrored import MirrorSense
from courtside.types import AppearanceEncoder, CourtModel, Detector, NumberReader


def _placed(role: zoo.ModelRole, settings: Settings) -> dict[str, Any]:
    """Return those of the ``compute`` settings that the model knows; anyone's own class need not know any."""
    card = zoo.find_card(role, getattr(settings, role).backend)
    return {name: getattr(settings.compute, name) for name in card.takes} if card else {}


def make_detector(settings: Settings) -> Detector:
    """Make the detector. What is not set is left to its class.

    Raises:
        ModelError: see ``zoo.create``.
    """
    wanted = settings.detector.model_dump(exclude_none=True, exclude={"every_s"})
    return zoo.create("detector", **wanted, **_placed("detector", settings))


def make_reader(settings: Settings) -> NumberReader:
    """Make the number reader, as ``make_detector`` does."""
    wanted = settings.numbers.model_dump(exclude_none=True, include={"backend", "model", "adapter", "batch"})
    return zoo.create("numbers", **wanted, **_placed("numbers", settings))


def make_encoder(settings: Settings) -> AppearanceEncoder:
    """Make the appearance encoder, as ``make_detector`` does."""
    wanted = settings.appearance.model_dump(exclude_none=True, include={"backend", "model", "batch"})
    return zoo.create("appearance", **wanted, **_placed("appearance", settings))


def make_court_model(settings: Settings) -> CourtModel | None:
    """Make the court model, as ``make_detector`` does; None where the court is not looked for."""
    if settings.court.backend == "none":
        return None
    wanted = settings.court.model_dump(exclude_none=True, include={"backend", "model", "landmarks"})
    return zoo.create("court", **wanted, **_placed("court", settings))


def make_mirror_sense() -> MirrorSense:
    """Make the model that tells whether a clip is mirrored, as ``make_detector`` does."""
    return zoo.create("mirror", "courtside")
