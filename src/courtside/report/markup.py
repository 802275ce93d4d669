"""Texts, numbers and colours from a run as safe pieces of HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote

NO_TEAM = "#8A8F98"


def text(value: object) -> str:
    """Return ``value`` with everything escaped that means something in HTML, in attributes too."""
    return html.escape(str(value), quote=True)


def link(name: str) -> str:
    """Return the address of a file beside the page; a quoted colon can't start a scheme."""
    return quote(name)


def color(value: str | None) -> str:
    """Return ``value`` where it is "#RRGGBB", else a grey."""
    return value if value and re.fullmatch(r"#[0-9A-Fa-f]{6}", value) else NO_TEAM


def ink(paper: str) -> str:
    """Return white or near-black, whichever reads better on ``paper``, "#RRGGBB" (WCAG 2.2's relative luminance, simple gamma)."""
    red, green, blue = (int(paper[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "#fff" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.33 else "#14181c"


def percent(share: float) -> str:
    """Return whole per cent, but never "100 %" of what is not all, nor "0 %" of what is something."""
    share = min(max(share, 0.0), 1.0)
    if 0.995 <= share < 1:
        return f"{min(100 * share, 99.9):.1f} %"
    return "&lt; 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def seconds(value: float) -> str:
    """Return a length of time: "6.7 s", "2 min 5 s"."""
    whole = round(value)
    return f"{whole // 60} min {whole % 60} s" if value >= 90 else f"{value:.1f} s"


def clock(at_s: float) -> str:
    """Return a moment of the clip: "0:03.7", "12:05.0"."""
    tenths = round(at_s * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"


def game_clock(period: int | None, left_s: float | None) -> str:
    """Return a moment of the game as broadcasts show it: "3rd 2:12", "4th 57.7", "2OT 4:30"; what is None is left out."""
    named = "" if period is None else ("1st", "2nd", "3rd", "4th", "OT")[period - 1] if period <= 5 else f"{period - 4}OT"
    left = "" if left_s is None else f"{int(10 * left_s + 1e-6) / 10:.1f}" if left_s < 60 else f"{int(left_s) // 60}:{int(left_s) % 60:02d}"
    return f"{named} {left}".strip()


def count(n: int, one: str, many: str | None = None) -> str:
    """Return "1 shot", "3 shots"."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def dash(reason: str | None = None) -> str:
    """Return the sign for what is not known, with the reason on it where there is one."""
    return f'<span class="dash" title="{text(reason)}">&ndash;</span>' if reason else '<span class="dash">&ndash;</span>'


def share_bar(share: float) -> str:
    """Return a bar filled to ``share`` (0-1). Lengths are attributes, as the page allows no style written into its elements."""
    return f'<svg class="bar" aria-hidden="true"><rect width="{100 * min(max(share, 0.0), 1.0):.1f}%" height="100%"/></svg>'


def section(name: str, title: str, body: str, note: str = "") -> str:
    """Return a section of the page; ``body`` is HTML, ``note`` is said below the title."""
    said = f'<p class="note">{note}</p>' if note else ""
    return f'<section class="{name}" id="{name}"><h2>{title}</h2>{said}{body}</section>'


def axis_seconds(length: float, most: int) -> Iterator[float]:
    """Yield round seconds to mark on an axis of ``length`` seconds: about ``most`` at the most, none too near its end for its text."""
    step = next((step for step in (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200) if length / step <= most), length / 6)
    return (step * i for i in range(int(length / step) + 1) if step * i <= length * 0.97)


def axis_text(at: float) -> str:
    """Return the text at one of ``axis_seconds``."""
    return f"{int(at // 60)}:{at % 60:02.0f}" if at >= 60 else f"{at:g} s"
