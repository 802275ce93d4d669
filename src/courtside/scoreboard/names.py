"""Which team of the rosters a graphic means by "SA", "OKC" or "JAZZ"."""

from __future__ import annotations

from collections.abc import Sequence

_NBA = {
    "ATL": "Atlanta Hawks",
    "BKN": "Brooklyn Nets",
    "BOS": "Boston Celtics",
    "CHA": "Charlotte Hornets",
    "CHI": "Chicago Bulls",
    "CLE": "Cleveland Cavaliers",
    "DAL": "Dallas Mavericks",
    "DEN": "Denver Nuggets",
    "DET": "Detroit Pistons",
    "GS": "Golden State Warriors",
    "HOU": "Houston Rockets",
    "IND": "Indiana Pacers",
    "LAC": "Los Angeles Clippers",
    "LAL": "Los Angeles Lakers",
    "MEM": "Memphis Grizzlies",
    "MIA": "Miami Heat",
    "MIL": "Milwaukee Bucks",
    "MIN": "Minnesota Timberwolves",
    "NO": "New Orleans Pelicans",
    "NY": "New York Knicks",
    "OKC": "Oklahoma City Thunder",
    "ORL": "Orlando Magic",
    "PHI": "Philadelphia 76ers",
    "PHX": "Phoenix Suns",
    "POR": "Portland Trail Blazers",
    "SA": "San Antonio Spurs",
    "SAC": "Sacramento Kings",
    "TOR": "Toronto Raptors",
    "UTA": "Utah Jazz",
    "WAS": "Washington Wizards",
}
"""A roster may have the nickname alone ("Spurs"), a graphic the city's letters alone."""

_MATCH, _CLEAR = 0.5, 0.2  # likeness of a name and a team from which they match, and how much worse the other way round must be


def likeness(shown: str, team: str) -> float:
    """Return 0-1 how well what a graphic shows fits a team's name: a word of it, its initials, the beginning of a word, or letters of it in order."""
    shown = "".join(letter for letter in shown.upper() if letter.isalnum())
    full = _full(team)
    words = [word for word in ("".join(c for c in part.upper() if c.isalnum()) for part in full.split()) if word]
    whole = "".join(words)
    if len(shown) < 2 or not whole:
        return 0.0
    initials = "".join(word[0] for word in words)
    if shown in (*words, whole, initials) or _full(shown) == full:
        return 1.0
    if any(word.startswith(shown) for word in (*words, whole)) or (len(words) > 2 and initials.startswith(shown)):
        return 0.8
    letters = iter(whole)
    return 0.6 if shown[0] == whole[0] and all(letter in letters for letter in shown) else 0.0


def _full(name: str) -> str:
    """Return the whole name of an NBA team that is given by its letters or nickname; else the name itself."""
    plain = name.strip().upper()
    for short, full in _NBA.items():
        if plain == short or (plain and full.upper().endswith(f" {plain}")):
            return full
    return name


def match_names(shown: tuple[str | None, str | None], teams: Sequence[str]) -> tuple[int | None, int | None]:
    """Return which of ``teams`` (at most two) each name means, None for both where it can't be told.

    One of them is enough where it fits one team alone: the other name is then the other team's.
    """
    if len(teams) != 2 or teams[0] == teams[1]:
        return None, None
    fits = [[0.0 if name is None else likeness(name, team) for team in teams] for name in shown]
    straight, crossed = fits[0][0] + fits[1][1], fits[0][1] + fits[1][0]
    if max(straight, crossed) < _MATCH or abs(straight - crossed) < _CLEAR:
        return None, None
    return (0, 1) if straight > crossed else (1, 0)
