"""Scores as one page that needs no network. Every text from outside goes through ``_text``."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from courtside.evaluate.moments import Moment
from courtside.evaluate.scores import Scores
from courtside.evaluate.tables import NOT_MEASURED, Table, tables_of

_STYLE = Path(__file__).parent / "evaluate.css"
_NARROW = 2  # columns of a table that another may stand beside


def page(scores: Scores, moments: Sequence[Moment]) -> str:
    """Return the whole page."""
    title = _text(scores.clip)
    tables = tables_of(scores)
    narrow = [table for table in tables if len(table.columns) <= _NARROW]
    wide = [table for table in tables if len(table.columns) > _NARROW]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
        f"<title>{title} · courtside eval</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>",
        f'<header><p class="brand">courtside eval</p><h1>{title}</h1>',
        f'<p class="lead">{scores.n_labelled} labelled frames of {scores.n_frames}</p></header>',
        _key(scores),
        '<ul class="notes">' + "".join(f"<li>{_text(note)}</li>" for note in scores.notes) + "</ul>" if scores.notes else "",
        *(_table(table) for table in wide if not table.texts),
        '<div class="pair">' + "".join(_table(table) for table in narrow) + "</div>",
        *(_table(table) for table in wide if table.texts),
        _moments(moments),
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _key(scores: Scores) -> str:
    if scores.identity is None or scores.tracking is None:
        return ""
    precision, coverage = scores.identity.name_precision.value, scores.identity.name_coverage.value
    figures = [
        ("Names right", precision),
        ("Players rightly named", coverage),
        ("HOTA", scores.tracking.hota.hota),
        ("IDF1", scores.tracking.ids.idf1),
        ("TI-HOTA at 1 m", scores.ti_hota[1.0].hota if scores.ti_hota else None),
    ]
    shown = (f"<div><dt>{name}</dt><dd>{100 * value:.1f} <small>%</small></dd></div>" for name, value in figures if value is not None)
    return f'<dl class="key">{"".join(shown)}</dl>'


def _cell(text: str) -> str:
    return f'<td class="soft">{text}</td>' if text == NOT_MEASURED else f"<td>{_text(text)}</td>"


def _table(table: Table) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in table.columns)
    rows = "".join(f"<tr>{''.join(_cell(text) for text in row)}</tr>" for row in table.rows)
    note = f'<p class="note">{_text(table.note)}</p>' if table.note else ""
    kind = ' class="texts"' if table.texts else ""
    return f"<section><h2>{_text(table.title)}</h2><table{kind}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}</section>"


def _moments(moments: Sequence[Moment]) -> str:
    if not moments:
        return ""
    shown = "".join(
        f'<figure><img alt="frame {one.frame}" src="data:image/jpeg;base64,{one.jpeg}"><figcaption>frame {one.frame}, {one.time_s:.2f} s: drawn as '
        f"<b>{_text(one.drawn)}</b>, is <i>{_text(one.truth)}</i></figcaption></figure>"
        for one in moments
    )
    return f'<section><h2>The worst moments</h2><div class="moments">{shown}</div></section>'
