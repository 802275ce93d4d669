from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from courtside.config import PRESETS, Settings, dump, load_settings
from courtside.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_given_is_the_defaults() -> None:
    assert load_settings() == load_settings(None, None, ()) == load_settings("default", None, []) == Settings()


@pytest.mark.parametrize(
    ("preset", "file", "overrides", "expected"),
    [
        (None, "", [], 1.5),
        (None, "[tracker]\nmax_age_s = 2", [], 2.0),
        (None, "[tracker]\nmax_age_s = 2", ["tracker.max_age_s=3"], 3.0),
        (None, "", ["tracker.max_age_s=3", "tracker.max_age_s = 0.5"], 0.5),
        ("fast", "tracker.max_age_s = 2.5", ["render.crf=30"], 2.5),
    ],
)
def test_the_later_layer_wins(tmp_path: Path, preset: str | None, file: str, overrides: list[str], expected: float) -> None:
    assert load_settings(preset, write(tmp_path, file), overrides).tracker.max_age_s == expected


def test_a_layer_changes_only_what_it_names(tmp_path: Path) -> None:
    settings = load_settings("fast", write(tmp_path, "[detector]\nconfidence = 0.3"), ["detector.iou=0.5"])
    assert (settings.detector.confidence, settings.detector.iou, settings.detector.size) == (0.3, 0.5, load_settings("fast").detector.size)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_valid(preset: str) -> None:
    assert isinstance(load_settings(preset), Settings)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("render.overlays=", ()),
        ("render.overlays=[]", ()),
        ("render.overlays=ball", ("ball",)),
        ("render.overlays=numbers, ball", ("numbers", "ball")),
        ('render.overlays=["boxes", "rim"]', ("boxes", "rim")),
        ("detector.size=[512, 320]", (512, 320)),
        ("detector.backend=my.models:Detector", "my.models:Detector"),
        ('detector.backend="a=b"', "a=b"),
        ("render.preset=slow", "slow"),
        ("identity.min_confidence=1", 1.0),
    ],
)
def test_override_values(override: str, expected: object) -> None:
    section, key = override.partition("=")[0].split(".")
    assert getattr(getattr(load_settings(None, None, [override]), section), key) == expected


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("", "section.key=value"),
        ("tracker.max_age_s", "section.key=value"),
        ("max_age_s=2", "section.key=value"),
        ("=", "section.key=value"),
        (".=", "unknown section ''"),
        ("traker.max_age_s=2", "unknown section 'traker' (did you mean 'tracker'?)"),
        ("tracker.max_age=2", "unknown setting 'tracker.max_age' (did you mean 'tracker.max_age_s'?)"),
        ("tracker.max_age_s.x=2", "unknown setting"),
        ("render.confidence=2", "unknown setting 'render.confidence' (did you mean 'numbers.confidence'?)"),
        ("tracker.max_age_s=0", "tracker.max_age_s: input should be greater than 0, not 0"),
        ("tracker.max_age_s=2,5", "valid number, not '2,5'"),
        ("tracker.max_age_s=two", "valid number, not 'two'"),
        ("tracker.max_age_s=nan", "finite"),
        ("detector.confidence=1.1", "less than or equal to 1"),
        ("detector.confidence=true", "valid number, not True"),
        ("detector.size=[640]", "detector.size"),
        ("detector.size=[640, 100]", "multiple of 32"),
        ("detector.size=[640.0, 640]", "valid integer"),
        ("tracker.low=0.9", "low (0.9) must not be above high (0.4)"),
        ("render.overlays=names", "'rim', 'masks', 'court' or 'radar', not 'names'"),
        ("render.crf=52", "less than or equal to 51"),
        ("render.crf=1\nrender.preset=2", "valid integer"),
        ("detector.backend=3", "valid string, not 3"),
        ("court.league=fba", "court.league: unknown league (did you mean 'fiba'?); there are auto, nba"),
        ("court.league=gym.txt", "or FILE.toml with the measures of your own court, not 'gym.txt'"),
    ],
)
def test_a_bad_override_is_one_clear_line(override: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, None, [override])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value).replace("\\n", "")


@pytest.mark.parametrize("league", ["auto", "nba", "high-school", "gym.toml", "courts/our gym.toml"])
def test_whose_court(league: str) -> None:
    assert load_settings(None, None, [f"court.league={league}"]).court.league == league


@pytest.mark.parametrize("overlays", ['["court"]', '["masks", "radar"]'])
def test_what_needs_a_court_is_refused_without_one(tmp_path: Path, overlays: str) -> None:
    assert load_settings(None, None, [f"render.overlays={overlays}"]).render.overlays
    load_settings(None, None, ["render.overlays=masks", "court.backend=none"])
    with pytest.raises(ConfigError, match=r"^--set court.backend=none: without a court there is no (court|radar) to draw"):
        load_settings(None, None, [f"render.overlays={overlays}", "court.backend=none"])
    with pytest.raises(ConfigError, match=r"settings.toml, line 2: without a court"):
        load_settings(None, write(tmp_path, '[court]\nbackend = "none"'), [f"render.overlays={overlays}"])


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        ("tracker = 3", 1, "write [tracker]"),
        ("[traker]\nlow = 0.1", 1, "unknown section 'traker' (did you mean 'tracker'?)"),
        ("[tracker]\nlow = 0.1\nmaxage_s = 2", 3, "unknown setting 'tracker.maxage_s' (did you mean 'tracker.max_age_s'?)"),
        ("[tracker]\n\nlow = -0.1", 3, "tracker.low: input should be greater than or equal to 0, not -0.1"),
        ('[render]\npreset = "fastest"', 2, "render.preset"),
        ("[render]\ncrf = 1\ncrf = 2", 3, '"crf" is given twice'),
        ("[render]\ncrf = high", 2, "not valid TOML"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, file: str, line: int, says: str) -> None:
    path = write(tmp_path, file)
    with pytest.raises(ConfigError) as caught:
        load_settings(None, path, [])
    assert str(caught.value).startswith(f"{path}, line {line}: ") and says in str(caught.value)


def test_a_bad_value_is_blamed_on_the_layer_that_set_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^--set render.crf=99: "):
        load_settings(None, write(tmp_path, "[render]\ncrf = 20"), ["render.crf=99"])


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(None, tmp_path / "none.toml", [])


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown preset 'fats' \(did you mean 'fast'\?\)"):
        load_settings("fats")


@given(crf=st.integers(0, 51), low=st.floats(0, 0.35), overlays=st.lists(st.sampled_from(["numbers", "boxes", "ball", "rim"])))
def test_a_dump_reads_back(crf: int, low: float, overlays: list[str]) -> None:
    settings = load_settings(None, None, [f"render.crf={crf}", f"tracker.low={low!r}", f"render.overlays={json.dumps(overlays)}"])
    assert Settings.model_validate(json.loads(json.dumps(dump(settings)))) == settings


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().tracker.low = 0.3  # type: ignore[misc]  # that it can't be assigned is the point
