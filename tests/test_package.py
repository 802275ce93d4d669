from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import pytest

import courtside

SLOW = {"torch", "onnx", "onnxruntime", "scipy", "cv2", "supervision", "av", "pyarrow", "matplotlib", "pydantic"}


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    return set(done.stdout.split())


def test_importing_the_package_loads_no_library() -> None:
    assert modules_after("import courtside") & SLOW == set()


def test_the_command_line_s_front_loads_no_library() -> None:
    """``courtside --help`` must answer at once."""
    assert modules_after("import courtside.cli") & SLOW == set()


def test_all_is_honest() -> None:
    declared = set(getattr(courtside, "__all__", ()))
    public = {name for name, value in vars(courtside).items() if not name.startswith("_") and not isinstance(value, ModuleType)} - {"annotations"}
    assert public == {name for name in declared if not name.startswith("_")}
    for name in declared:
        assert getattr(courtside, name) is not None


def test_the_version_is_that_of_the_installed_package() -> None:
    try:
        assert version("courtside") == courtside.__version__
    except PackageNotFoundError:
        pytest.skip("run from the source tree, not installed")


def test_the_change_log_knows_the_version() -> None:
    text = (Path(__file__).resolve().parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{courtside.__version__}]" in text


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(courtside.__file__).parent / "py.typed").is_file()
