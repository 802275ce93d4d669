"""Settings of a run: preset, then TOML file, then ``--set section.key=value``; the later wins. Durations are seconds, never frames.

A new setting is one field in its section, with its range; files, ``--set``, error messages and the copy kept in ``result.json`` follow from that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError, field_validator, model_validator

from courtside.court import COURTS
from courtside.errors import ConfigError, nearest
from courtside.toml_file import TomlFile, read_toml

Share = Annotated[float, Field(ge=0, le=1)]
"""A probability, score or share of a length, 0-1."""
Seconds = Annotated[float, Field(gt=0, le=3600)]
Overlay = Literal["numbers", "boxes", "ball", "rim", "masks", "court", "radar"]
Device = Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")]
Batch = Annotated[int, Field(ge=1, le=1024)]
X264Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"]


def _words(value: Any) -> Any:
    """Take ``--set render.overlays=numbers,ball`` for a list."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


class _Section(BaseModel):
    # strict: "2" is not 2 and true is not 1, so that a slip in a file is an error and not another value
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DetectorSettings(_Section):
    """Finding the ten classes.

    ``size`` is (width, height) in pixels of what the network sees; left out, it follows how large people are in the picture. ``confidence`` and ``iou`` are as
    in ``models.detector``. For backends that bring no weights, ``model`` is their file, folder or id and ``classes`` maps their class names to ours;
    ``batch`` is how many pictures they take at once, ``pixels`` what an ONNX file takes. ``every_s`` is the time between two frames that are looked at; left
    out, all are.
    """

    backend: str = "courtside"
    confidence: Share = 0.10
    iou: Share = 0.75
    # not strict: TOML has lists only
    size: Annotated[tuple[int, int], Strict(False)] | None = None
    model: str | None = None
    classes: dict[str, str] | None = None
    batch: Batch | None = None
    pixels: Literal["unit", "imagenet", "bytes"] | None = None
    every_s: Seconds | None = None

    @field_validator("size")
    @classmethod
    def _fits_the_network(cls, size: tuple[int, int] | None) -> tuple[int, int] | None:
        if size and any(side % 32 or not 64 <= side <= 4096 for side in size):
            raise ValueError("each side must be a multiple of 32 between 64 and 4096")
        return size


class NumberSettings(_Section):
    """Reading numbers.

    Number boxes at ``confidence`` and above are read, with ``margin`` added to each side, as a share of the box's size, or ``margin_px`` pixels where given; a
    number belongs to the player whose box has at least ``least_ios`` of it; one tracklet is read at most every ``every_s``, and at most ``max_per_frame``
    crops are read in one frame. After ``enough`` equal readings in a row a tracklet is read no more, until somebody covers it; left out, it is always read.
    ``model`` is a backend's folder or id, ``adapter`` a LoRA adapter's, ``batch`` how many crops it takes at once.
    """

    backend: str = "courtside"
    confidence: Share = 0.25
    margin: Share = 0.2
    least_ios: Share = 0.9
    every_s: Seconds = 0.1
    max_per_frame: Annotated[int, Field(ge=0, le=1000)] = 4
    margin_px: Annotated[int, Field(ge=0, le=1000)] | None = None
    enough: Annotated[int, Field(ge=1)] | None = None
    model: str | None = None
    adapter: str | None = None
    batch: Batch | None = None


class AppearanceSettings(_Section):
    """Looking at kits.

    ``every_s`` is the time between two looks at one tracklet; ``crop`` is the part of the box that is looked at, "chest" or its "centre" 40 %. ``model`` is a
    backend's folder or id, ``batch`` how many crops it takes at once.
    """

    backend: str = "color"
    every_s: Seconds = 0.2
    crop: Literal["chest", "centre"] = "chest"
    model: str | None = None
    batch: Batch | None = None


class CourtSettings(_Section):
    """Finding where the court lies.

    ``league`` names the court's measures, or a TOML file that has them (``court.custom``); "auto" finds out which league's fit. It is looked for every
    ``every_s``; between two looks the camera's movement is filled in. It is fitted to the whole "clip", or "live", each frame by what came before it alone.
    ``backend`` "none" does not look. For backends that bring no weights, ``model`` is their folder or id and ``landmarks`` maps their key points to ours.
    """

    backend: str = "courtside"
    league: str = "auto"
    every_s: Seconds = 0.2
    fit: Literal["clip", "live"] = "clip"
    model: str | None = None
    landmarks: dict[str, str] | None = None

    @field_validator("league")
    @classmethod
    def _is_a_league_or_a_file(cls, league: str) -> str:
        known = ("auto", *COURTS)
        if league not in known and not league.endswith(".toml"):
            raise ValueError(f"unknown league{nearest(league, known)}; there are {', '.join(known)}, or FILE.toml with the measures of your own court")
        return league


class TrackerSettings(_Section):
    """Following people.

    Boxes at ``high`` confidence and above may join any track, and a little above it start one; down to ``low`` they only continue one; ``max_age_s`` after its
    last box a track ends. ``backend`` "boxes" pairs boxes; "sam2" follows masks, with ``model`` "tiny", "small", "base+", "large" (SAM2.1), "edgetam", or a
    folder or hub id of such a model, its image encoder ``compiled`` or not.
    """

    high: Share = 0.4
    low: Share = 0.15
    max_age_s: Seconds = 1.5
    backend: Literal["boxes", "sam2"] = "boxes"
    model: str = "large"
    compiled: bool = False

    @model_validator(mode="after")
    def _low_is_below_high(self) -> TrackerSettings:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) must not be above high ({self.high})")
        return self


class IdentitySettings(_Section):
    """Naming.

    What is less probable than ``min_confidence`` is not drawn. Tracks shorter than ``min_track_s`` or with a mean detection confidence below
    ``min_track_confidence`` are noise; gaps in a track up to ``fill_gap_s`` are filled in. Numbers are believed by ``rule``: the "posterior" of all readings,
    or "consecutive", ``agree`` equal ones in a row. ``teams`` are told apart by a "mixture" of two kits, or by "umap" and KMeans.
    """

    min_confidence: Share = 0.96
    min_track_s: Seconds = 0.2
    min_track_confidence: Share = 0.4
    fill_gap_s: Seconds = 0.5
    rule: Literal["posterior", "consecutive"] = "posterior"
    agree: Annotated[int, Field(ge=1, le=1000)] = 3
    teams: Literal["mixture", "umap"] = "mixture"


class EventsSettings(_Section):
    """Telling plays. ``shots`` by the ball's "flight", or as the "notebook" does, by the detector's classes alone."""

    shots: Literal["flight", "notebook"] = "flight"


class ScoreSettings(_Section):
    """Reading the score graphic. ``reader`` "auto" is "rapidocr" where the extra ``score`` is installed; "none" does not look."""

    reader: Literal["auto", "rapidocr", "none"] = "auto"


class RenderSettings(_Section):
    """Drawing. ``overlays`` are drawn beside the players; ``crf`` (0 lossless - 51) and ``preset`` go to x264."""

    # not strict: TOML has lists only
    overlays: Annotated[tuple[Overlay, ...], Strict(False), BeforeValidator(_words)] = ()
    crf: Annotated[int, Field(ge=0, le=51)] = 20
    preset: X264Preset = "veryfast"


class ComputeSettings(_Section):
    """Where the models that need torch run.

    ``device`` "auto" is a CUDA GPU, else Apple's, else the CPU; ``precision`` "auto" is half on a GPU and single on a CPU. With ``offline`` nothing is
    downloaded.
    """

    device: Device = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    offline: bool = False


class Settings(_Section):
    """All settings of a run; frozen, and equal when all values are."""

    detector: DetectorSettings = DetectorSettings()
    numbers: NumberSettings = NumberSettings()
    appearance: AppearanceSettings = AppearanceSettings()
    court: CourtSettings = CourtSettings()
    tracker: TrackerSettings = TrackerSettings()
    identity: IdentitySettings = IdentitySettings()
    score: ScoreSettings = ScoreSettings()
    events: EventsSettings = EventsSettings()
    render: RenderSettings = RenderSettings()
    compute: ComputeSettings = ComputeSettings()


PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "default": {},
    "fast": {
        "detector": {"size": [512, 512]},
        "numbers": {"every_s": 0.2},
        "appearance": {"every_s": 0.4},
        "render": {"preset": "ultrafast"},
    },
    # the notebook's configuration, to the constant; its strides of 5 and 30 frames at 30 frames/s as times (a little less, so that 29.97 gives 5 and 30, too)
    "notebook": {
        "detector": {"backend": "roboflow", "model": "basketball-player-detection-3-ycjdo/4", "confidence": 0.4, "iou": 0.9, "every_s": 0.166},
        "numbers": {
            "backend": "roboflow",
            "model": "basketball-jersey-numbers-ocr/3",
            "confidence": 0.4,
            "margin_px": 10,
            "least_ios": 0.9,
            "every_s": 0.166,
            "max_per_frame": 1000,
        },
        "appearance": {"backend": "siglip", "model": "google/siglip-base-patch16-224", "every_s": 0.99, "crop": "centre"},
        "court": {"backend": "roboflow", "model": "basketball-court-detection-2/14"},
        "tracker": {"backend": "sam2", "model": "large"},
        "identity": {"rule": "consecutive", "agree": 3, "teams": "umap"},
        "events": {"shots": "notebook"},
        "render": {"crf": 28, "preset": "medium", "overlays": ["masks"]},
    },
    # the same models, used our way: the RF-DETR version, unsure boxes for the tracker to judge, every reading counted
    "accurate": {
        "detector": {"backend": "roboflow", "model": "basketball-player-detection-3-ycjdo/13", "confidence": 0.15, "batch": 8},
        "numbers": {"backend": "roboflow", "model": "basketball-jersey-numbers-ocr/3", "every_s": 0.2, "max_per_frame": 10},
        "appearance": {"backend": "siglip", "every_s": 0.5},
        "tracker": {"backend": "sam2", "model": "large"},
        "identity": {"teams": "umap"},
    },
}
"""Name -> the settings in which it differs from the defaults."""


def load_settings(preset: str | None = None, path: Path | None = None, overrides: Sequence[str] = ()) -> Settings:
    """Put the settings of a run together.

    Args:
        preset: a name in ``PRESETS``; None is "default".
        path: a TOML file with a table for each section, ``[tracker]`` and so on.
        overrides: "section.key=value" each, the value in TOML or, where that is not valid TOML, as plain text; a later one wins.

    Raises:
        ConfigError: a preset or setting is unknown, the file can't be read, or a value has the wrong type or range.
    """
    if preset is not None and preset not in PRESETS:
        raise ConfigError(f"unknown preset {preset!r}{nearest(preset, PRESETS)}; there are {', '.join(PRESETS)}")
    values: dict[str, dict[str, Any]] = {section: dict(keys) for section, keys in PRESETS[preset or "default"].items()}
    sources: dict[tuple[str, ...], str] = {}
    for section, key, value, source in [*_from_file(path), *_from_overrides(overrides)]:
        values.setdefault(section, {})[key] = value
        sources[section, key] = source
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_one_line(error, sources)) from error
    on_the_court = [overlay for overlay in settings.render.overlays if overlay in ("court", "radar")]
    if on_the_court and settings.court.backend == "none":
        source = sources.get(("court", "backend"), f"preset {preset}")
        raise ConfigError(f'{source}: without a court there is no {" and no ".join(on_the_court)} to draw; leave out court.backend="none" or the overlay')
    return settings


def dump(settings: Settings) -> dict[str, Any]:
    """Return ``settings`` as plain JSON values, every one of them; ``Settings.model_validate`` reads it back."""
    return settings.model_dump(mode="json")


Setting = tuple[str, str, Any, str]
"""section, key, value, and where it was written"""


def _from_file(path: Path | None) -> list[Setting]:
    if path is None:
        return []
    file: TomlFile = read_toml(path, ConfigError)
    found: list[Setting] = []
    for section, keys in file.data.items():
        _known_section(section, file.where(section))
        if not isinstance(keys, dict):
            raise ConfigError(f"{file.where(section)}: {section} is a section; write [{section}] and its settings below")
        for key, value in keys.items():
            _known_key(section, key, file.where(section, key))
            found.append((section, key, value, file.where(section, key)))
    return found


def _from_overrides(overrides: Sequence[str]) -> list[Setting]:
    found: list[Setting] = []
    for override in overrides:
        source = f"--set {' '.join(override.split())}"  # on one line, as every message is
        name, equals, text = override.partition("=")
        section, dot, key = name.strip().partition(".")
        if not equals or not dot:
            raise ConfigError(f"{source}: write it as section.key=value, like tracker.max_age_s=2")
        _known_section(section, source)
        _known_key(section, key, source)
        found.append((section, key, _value(text.strip()), source))
    return found


def _known_section(section: str, source: str) -> None:
    if section not in Settings.model_fields:
        raise ConfigError(f"{source}: unknown section {section!r}{nearest(section, Settings.model_fields)}; there are {', '.join(Settings.model_fields)}")


def _known_key(section: str, key: str, source: str) -> None:
    known = [f"{name}.{setting}" for name, field in Settings.model_fields.items() for setting in type(field.default).model_fields]
    name = f"{section}.{key}"
    if name not in known:
        raise ConfigError(f"{source}: unknown setting {name!r}{nearest(name, known)}")


def _value(text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if len(parsed) == 1 else text


def _one_line(error: ValidationError, sources: Mapping[tuple[str, ...], str]) -> str:
    first = error.errors(include_url=False)[0]
    where = tuple(str(part) for part in first["loc"])
    source = next((f"{sources[where[:end]]}: " for end in range(len(where), 0, -1) if where[:end] in sources), "")
    reason = first["msg"].removeprefix("Value error, ")
    given = "" if isinstance(first["input"], BaseModel) or first["type"] == "missing" else f", not {first['input']!r}"
    return f"{source}{'.'.join(where)}: {reason[:1].lower()}{reason[1:]}{given}"
