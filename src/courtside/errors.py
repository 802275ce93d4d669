"""One tree of errors. Each message says what is wrong and what to do; the command line prints it and exits with code 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CourtsideError(Exception):
    """Anything a user can act on."""


class MediaError(CourtsideError):
    """A clip can't be read or a video can't be written."""


class ConfigError(CourtsideError):
    """A setting is unknown or has a bad value."""


class RosterError(CourtsideError):
    """A roster file is wrong."""


class ModelError(CourtsideError):
    """A model is unknown, missing or damaged."""


class RecordsError(CourtsideError):
    """A stored run is missing, damaged or of another clip."""


class DataError(CourtsideError):
    """Training or evaluation data is missing or damaged."""


class TruthError(CourtsideError):
    """Labels are wrong, or are not of this clip."""


class EvaluationError(CourtsideError):
    """A run can't be measured against this truth."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the known word most like ``word``, or "" when none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""
