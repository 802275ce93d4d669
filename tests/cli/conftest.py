"""The command line as a user types it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from courtside.cli import main


@pytest.fixture
def courtside(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """``courtside("run", ..., code=0)``: the command line as typed; returns what it said."""

    def call(*arguments: object, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["courtside", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        said = "".join(capfd.readouterr())
        assert (ended.value.code or 0) == code, said
        return said

    return call
