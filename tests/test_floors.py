"""The import floors and the lazy imports, checked from the source text: nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = "courtside"
FLOORS = (  # a room imports from lower floors and from itself, never from higher ones or from its neighbours
    {"types", "errors"},
    {"toml_file"},
    {"court", "scoreboard"},
    {"config", "media", "records", "rosters", "truth"},
    {"models", "tracking", "identity", "events"},
    {"pipeline"},
    {"render", "report", "evaluate", "simulate", "train"},
    {"cli", "review", "cluster"},
)
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
ABOVE_ALL = {"__init__", "__main__"}  # the package's own front and `python -m courtside`
LAZY = {"rapidocr", "torch", "onnxruntime", "umap", "transformers"}  # slow or optional: imported where they are used, not when the module is


def imported(tree: ast.AST, here: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute dotted name) of every import below ``tree``; ``here`` is the package that relative imports start from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (start, node.module) if part)
            # `from courtside import types` names a room only with what is imported
            yield from ((node.lineno, f"{base}.{alias.name}" if base == PACKAGE else base) for alias in node.names)


def floor_violations(sources: Mapping[str, str]) -> list[str]:
    """Check ``sources``, path below the package -> text."""
    found = []
    for path, text in sorted(sources.items()):
        parts = Path(path).with_suffix("").parts
        room = parts[0]
        if room in ABOVE_ALL:
            continue
        if room not in LEVEL:
            found.append(f"{path}: {room} is on no floor")
            continue
        for line, name in imported(ast.parse(text), (PACKAGE, *parts[:-1])):
            package, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if package == PACKAGE and other in LEVEL and other != room and LEVEL[other] >= LEVEL[room]:
                found.append(f"{path}:{line}: {room} (floor {LEVEL[room]}) imports {other} (floor {LEVEL[other]})")
    return found


def eager_imports(sources: Mapping[str, str]) -> list[str]:
    """Return the imports of ``LAZY`` libraries that run when a module outside ``train`` is imported."""
    found = []
    for path, text in sorted(sources.items()):
        if Path(path).parts[0] == "train":
            continue
        for node in ast.parse(text).body:  # the module's own level; what stands in functions and under TYPE_CHECKING runs later or never
            if isinstance(node, ast.Import | ast.ImportFrom):
                found += [f"{path}:{line}: imports {name}" for line, name in imported(node, ()) if name.partition(".")[0] in LAZY]
    return found


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    root = Path(__file__).resolve().parents[1] / "src" / PACKAGE
    found = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    assert "types.py" in found
    return found


def test_lower_floors_never_import_higher_ones(sources: dict[str, str]) -> None:
    assert floor_violations(sources) == []


def test_slow_libraries_are_imported_where_they_are_used(sources: dict[str, str]) -> None:
    assert eager_imports(sources) == []


@pytest.mark.parametrize(
    ("path", "text", "n_violations"),
    [
        ("media/decode.py", "", 0),
        ("media/decode.py", "from courtside.types import Frame\nimport courtside.errors\nfrom courtside.media.probe import probe", 0),
        ("media/decode.py", "import courtside\nimport torch\nfrom courtside import __version__", 0),
        ("__main__.py", "from courtside.cli import main", 0),
        ("cli/__init__.py", "from courtside.pipeline import analyze", 0),
        ("types.py", "from courtside.errors import CourtsideError", 1),  # same floor
        ("media/decode.py", "from courtside.records import read_records", 1),  # same floor
        ("media/decode.py", "from courtside.pipeline import analyze", 1),
        ("media/decode.py", "import courtside.pipeline.analyze", 1),
        ("media/decode.py", "from courtside import pipeline", 1),
        ("media/decode.py", "from .. import pipeline", 1),
        ("media/decode.py", "from ..pipeline import analyze", 1),
        ("media/decode.py", "from .pipeline import analyze", 0),  # courtside.media.pipeline
        ("media/__init__.py", "from ..pipeline import analyze", 1),
        ("media/decode.py", "def f():\n    from courtside.cli import main", 1),  # late is no excuse
        ("helpers.py", "", 1),
    ],
)
def test_the_floor_checker_itself(path: str, text: str, n_violations: int) -> None:
    assert len(floor_violations({path: text})) == n_violations


@pytest.mark.parametrize(
    ("path", "text", "n_violations"),
    [
        ("models/onnx.py", "", 0),
        ("models/onnx.py", "import numpy", 0),
        ("models/onnx.py", "def f():\n    import torch", 0),
        ("models/onnx.py", "if TYPE_CHECKING:\n    import onnxruntime as ort", 0),
        ("train/fit.py", "import torch", 0),
        ("models/onnx.py", "import torch.nn as nn", 1),
        ("models/onnx.py", "from onnxruntime import InferenceSession", 1),
    ],
)
def test_the_lazy_checker_itself(path: str, text: str, n_violations: int) -> None:
    assert len(eager_imports({path: text})) == n_violations
