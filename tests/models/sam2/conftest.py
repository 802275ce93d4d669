from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]


@lru_cache
def _make(kind: str) -> Any:
    spec = importlib.util.spec_from_file_location("tiny_sam2", Path(__file__).with_name("tiny.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tiny(kind)


@pytest.fixture(scope="session")
def tiny() -> Make:
    """``tiny(kind)``: a very small random "sam2" or "edgetam" model; the same one for the same kind, nobody may change it."""
    pytest.importorskip("torch", reason="needs the research extra")
    pytest.importorskip("transformers", reason="needs the research extra")
    return _make
