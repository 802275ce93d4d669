"""How hard the simulated clip is: one knob for each thing that hurts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Knobs:
    """Every share is 0-1, 0 being as easy as it gets.

    Args:
        occlusion: how much players crowd each other (screens, tight marking).
        alike_kits: how near the two kits' colours are.
        illegible: share of players whose number can hardly be read (kit and number nearly of one tone).
        fast_pans: how wildly the camera follows.
        late_entrants: share of play that starts out of the picture or comes in by substitution.
        cut_every_s: mean seconds between cuts, None for a single shot; cuts lead to close-ups, replays, the crowd and back.
        flashes: arena strobes per minute.
        blur: exposure as a share of the frame's time.
        crf: x264 quality of the clip (18 fine, 35 poor).
        campers: share of attacks in which somebody stays in the paint for long, many of them too long.
    """

    occlusion: float = 0.3
    alike_kits: float = 0.0
    illegible: float = 0.0
    fast_pans: float = 0.3
    late_entrants: float = 0.2
    cut_every_s: float | None = None
    flashes: float = 0.0
    blur: float = 0.4
    crf: int = 23
    campers: float = 0.0
