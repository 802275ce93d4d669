"""What a clip's plays add up to, per player and team, each figure beside how much of the clip it rests on: ``stats.json`` and ``stats.csv``."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from courtside.pipeline.events import read_document
from courtside.pipeline.export import write_aside
from courtside.pipeline.places import Ints, Places, movement, runs

STATS_FORMAT = 1

ZONES = ("restricted", "paint", "mid-range", "corner three", "arc three", "unknown")
"""Where shots are taken from."""

_ON_THE_FLOOR_S = 10.0  # a player seen so short a time before or after a basket was on the floor for it

Event = Mapping[str, Any]
Who = tuple[str, str | None]
"""team and number; the number is None for the whole team"""


def statistics(document: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """Return ``stats.json`` (docs/events.md).

    Args:
        document: ``events.json``.
        places: where everybody was, with team, number and player as drawn.
    """
    seconds = float(document["clip"]["seconds"])
    events: Sequence[Event] = document["events"]
    shots = [event for event in events if event["kind"] == "shot"]
    known = [shot for shot in shots if shot["team"] and shot["facts"]["outcome"] != "unknown" and shot["facts"]["points"]]
    coverage = {
        "live": document["coverage"].get("live", 1.0),
        "ball": document["coverage"]["ball"],
        "shots": round(len(known) / len(shots), 3) if shots else None,
    }
    rows = _rows(places)
    teams = sorted({team for team, _ in rows} | {event["team"] for event in events if event["team"]})
    players = [
        {
            "team": team,
            "number": number,
            "player": places.player[mine[0]],
            **_movement(places, mine),
            **_counts(events, (team, number)),
            "plus_minus": _plus_minus(known, places, mine, team),
            "coverage": {**_seen(places, mine, document), **coverage},
        }
        for (team, number), mine in rows.items()
    ]
    return {
        "format": STATS_FORMAT,
        "clip": {"seconds": seconds},
        "teams": [{"team": team, **_counts(events, (team, None)), "coverage": coverage} for team in teams],
        "players": players,
    }


def _rows(places: Places) -> dict[tuple[str, str], Ints]:
    """Return the rows of everybody whose team and number are proved, in order of team and number."""
    found: dict[tuple[str, str], list[int]] = {}
    for row, (team, number) in enumerate(zip(places.team, places.number, strict=True)):
        if team and number and places.role[row] == "player":
            found.setdefault((team, number), []).append(row)
    ordered = sorted(found.items(), key=lambda item: (item[0][0], len(item[0][1]), item[0][1]))
    return {who: np.array(mine, np.int64) for who, mine in ordered}


def _movement(places: Places, mine: Ints) -> dict[str, float | None]:
    moved = movement(places, mine)
    frames, first = np.unique(places.frame[mine], return_index=True)
    times = places.time_s[mine][first]
    steps = np.diff(times)[np.diff(frames) == 1]
    seen_s = float(steps.sum() + (np.median(steps) if len(steps) else 0.0))
    placed = len(runs(places, mine)) > 0
    return {
        "seen_s": round(seen_s, 2),
        "distance_m": round(moved.distance_m, 1) if placed else None,
        "top_speed_m_s": round(moved.top_m_s, 2) if np.isfinite(moved.top_m_s) else None,
    }


def _seen(places: Places, mine: Ints, document: Mapping[str, Any]) -> dict[str, float]:
    n = max(int(document["clip"]["n_frames"]), 1)
    with_place = mine[np.isfinite(places.xy_m[mine]).all(1)]
    return {"seen": round(len(np.unique(places.frame[mine])) / n, 3), "places": round(len(np.unique(places.frame[with_place])) / n, 3)}


def _is(who: Who, person: Mapping[str, Any] | None) -> bool:
    return person is not None and person["team"] == who[0] and (who[1] is None or person["number"] == who[1])


def _counts(events: Sequence[Event], who: Who) -> dict[str, Any]:
    mine = [event for event in events if _is(who, event)]
    kinds = Counter(event["kind"] for event in mine)
    shots = [event for event in mine if event["kind"] == "shot"]
    outcomes = Counter(shot["facts"]["outcome"] for shot in shots)
    rebounds = Counter(event["facts"]["offensive"] for event in mine if event["kind"] == "rebound")
    every = [event["facts"] for event in events]
    zones: dict[str, dict[str, int]] = {}
    for shot in shots:
        one = zones.setdefault(shot["facts"]["zone"] or "unknown", {"shots": 0, "made": 0})
        one["shots"] += 1
        one["made"] += shot["facts"]["outcome"] == "made"
    made = [shot for shot in shots if shot["facts"]["outcome"] == "made"]
    assists = [event["facts"]["passed_by"] for event in events if event["kind"] == "shot" and event["facts"]["outcome"] == "made"]
    found: dict[str, Any] = {
        "points": sum(shot["facts"]["points"] or 0 for shot in made),
        "shots": len(shots),
        "made": outcomes["made"],
        "missed": outcomes["missed"],
        "unknown_shots": outcomes["unknown"],
        "blocked_shots": outcomes["blocked"],
        "blocks": sum(_is(who, facts.get("blocked_by")) for facts in every),
        "rebounds_offensive": rebounds[True],
        "rebounds_defensive": rebounds[False],
        "assists": sum(_is(who, passer) for passer in assists),
        "possession_s": round(sum(event["facts"]["seconds"] for event in mine if event["kind"] == ("possession" if who[1] else "team-possession")), 2),
        "touches": kinds["possession"],
        "passes": kinds["pass"],
        "passes_received": sum(event["kind"] == "pass" and _is(who, event["facts"]["to"]) for event in events),
        "turnovers": kinds["turnover"],
        "steals": sum(event["kind"] == "turnover" and _is(who, event["facts"]["by"]) for event in events),
        "three_seconds": kinds["three-seconds"],
        "zones": {zone: zones[zone] for zone in ZONES if zone in zones},
    }
    return found if who[1] else {**found, "possessions": kinds["team-possession"]}


def _plus_minus(shots: Sequence[Event], places: Places, mine: Ints, team: str) -> int:
    """Return the points of the team less the other's, of the baskets near which in time the player was seen."""
    seen_s = np.sort(places.time_s[mine])
    total = 0
    for shot in shots:
        if shot["facts"]["outcome"] == "made":
            at = int(np.searchsorted(seen_s, shot["end_s"]))
            away_s = np.abs(seen_s[max(0, at - 1) : at + 1] - shot["end_s"]).min(initial=np.inf)
            if away_s <= _ON_THE_FLOOR_S:
                total += shot["facts"]["points"] * (1 if shot["team"] == team else -1)
    return total


def write_stats(folder: Path, stats: Mapping[str, Any]) -> None:
    """Write ``stats.json`` and ``stats.csv`` into a run's folder.

    Raises:
        RecordsError: they can't be written.
    """
    text = json.dumps(stats, indent=1, ensure_ascii=False)
    write_aside(folder / "stats.json", lambda aside: aside.write_text(text, encoding="utf-8"))
    write_aside(folder / "stats.csv", lambda aside: _write_csv(aside, stats))


def _write_csv(path: Path, stats: Mapping[str, Any]) -> None:
    rows = [_flat(row) for row in (*stats["players"], *stats["teams"])]
    columns = ["team", "number", "player"]
    columns += [name for row in rows for name in row if name not in columns and not name.startswith("coverage_")]
    columns += [f"coverage_{name}" for name in ("live", "seen", "places", "ball", "shots")]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(columns)), restval="")
        writer.writeheader()
        writer.writerows(rows)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    zones = {f"{zone.replace(' ', '_').replace('-', '_')}_{what}": row["zones"].get(zone, {}).get(what, 0) for zone in ZONES for what in ("shots", "made")}
    plain = {name: "" if value is None else value for name, value in row.items() if name not in ("zones", "coverage")}
    return {**plain, **zones, **{f"coverage_{name}": value for name, value in row["coverage"].items()}}


def read_stats(path: Path) -> dict[str, Any]:
    """Read ``stats.json``; see ``read_document`` for the errors."""
    return read_document(path, STATS_FORMAT, "players")
