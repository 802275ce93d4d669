from __future__ import annotations

import pytest

from courtside.cli.progress import advancing, progress, warn


@pytest.mark.parametrize("name", ["courtside[score]", "[a]/clip.mp4", "[/]", "plain"])
def test_square_brackets_are_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    warn(f"see {name} now")
    with progress(f"run {name}") as advance:
        assert list(advancing([], advance, 0)) == [] and list(advancing("ab", advance, 2)) == ["a", "b"]
    shown = capsys.readouterr().err
    assert f"note: see {name} now" in shown and f"run {name}" in shown
