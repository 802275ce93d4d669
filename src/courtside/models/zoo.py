"""The models by name: where each one's code and weights are, under which licence, trained on what, and how good it was measured to be.

Nothing is imported, opened or downloaded before ``create``. ``python -m courtside.models.zoo`` prints the hashes of the weights on disk, for the table.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from courtside.errors import ModelError, nearest

if TYPE_CHECKING:
    from courtside.models.mirrored import MirrorSense
    from courtside.types import AppearanceEncoder, CourtModel, Detector, NumberReader

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights that come with the package."""

ModelRole = Literal["detector", "numbers", "appearance", "masks", "court", "mirror"]

_METHOD: dict[ModelRole, str] = {"detector": "detect", "numbers": "read", "appearance": "encode", "court": "see", "mirror": "log_odds"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of one model.

    ``target`` is "module:Class", imported when it is first used; ``weights`` a file name in ``WEIGHTS``, with its ``sha256``, or None where none are needed;
    ``licence`` that of code and weights; ``data`` what it was trained on, with each set's licence as its source states it; ``score`` what was measured on
    what. ``extra`` is the optional part of the package it needs, with the ``modules`` that come with it; ``source`` where weights that don't come with the
    package are had; ``takes`` which of the ``compute`` settings it understands.
    """

    name: str
    role: ModelRole
    target: str
    weights: str | None
    sha256: str | None
    licence: str
    data: str
    score: str
    extra: str | None = None
    modules: tuple[str, ...] = ()
    source: str | None = None
    takes: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether the modules it needs are there; nothing is imported."""
        return all(importlib.util.find_spec(module) is not None for module in self.modules)


_PLACED = ("device", "precision", "offline")
_TORCH = ("torch", "transformers")
_UNMEASURED = "not measured here: its weights are not in the package"

CARDS: tuple[ModelCard, ...] = (
    ModelCard(
        name="courtside",
        role="detector",
        target="courtside.models.detector:OnnxDetector",
        weights="detector.onnx",
        sha256="780fb399f1b0890103cbf7047b39a7e66e68c541d358163ad9395c5ea26b477e",
        licence="Apache-2.0",
        data=(
            "Roboflow Universe basketball-player-detection-3-ycjdo (fork), 464 frames (CC BY 4.0 as its uploader states); "
            "Roboflow Universe basketball-players-fy4c2 v17, 256 frames (CC BY 4.0 as its uploader states); 446 frames of five broadcast clips "
            "(no licence stated), labelled by the model itself; 420 frames simulated by courtside"
        ),
        score="AP50 on detection/valid: players 0.953, referee 0.958, rim 0.979, number 0.899, ball 0.832",
    ),
    ModelCard(
        name="courtside",
        role="numbers",
        target="courtside.models.numbers:OnnxNumberReader",
        weights="numbers.onnx",
        sha256="6b7070a8d5f31c174f60571c17500eb590b9ea7abb17ec0b753c4cf671a9c1cc",
        licence="Apache-2.0",
        data=(
            "Roboflow basketball-jersey-numbers-ocr v1, 8,855 crops (no licence stated with the copy used); 842 crops of four broadcast clips of 2014 "
            "(no licence stated); numbers rendered by courtside; its trunk started from PP-OCRv6 small (PaddleOCR, Apache-2.0)"
        ),
        score="numbers/valid: top-1 93.1 %, 99.7 % on the surest 80 %; 1 of 406 cut-off numbers read as whole",
    ),
    ModelCard(
        name="courtside",
        role="court",
        target="courtside.models.court:OnnxCourt",
        weights="court.onnx",
        sha256="2ca7449f56f9e1a62a31d267d1e4ca80d859fd2c8c6ba371cf579358dcea576f",
        licence="Apache-2.0",
        data=(
            "our court labels of Roboflow Universe basketball-player-detection-3-ycjdo (fork), 464 frames (CC BY 4.0 as its uploader states), "
            "and of 112 frames of four broadcast clips (no licence stated); 330 frames simulated by courtside; backbone from courtside's detector"
        ),
        score="floor error on 85 labelled frames of two floors it never saw: median 0.04 and 0.06 m, 95 % within 0.09 and 0.31 m, all frames solved",
    ),
    ModelCard(
        name="color",
        role="appearance",
        target="courtside.models.appearance:ColorEncoder",
        weights=None,
        sha256=None,
        licence="Apache-2.0",
        data="none: colour statistics, nothing is learned",
        score="team of 507 of 508 drawn player boxes right on four labelled clips",
    ),
    ModelCard(
        name="roboflow",
        role="detector",
        target="courtside.models.research.roboflow:RoboflowDetector",
        weights=None,
        sha256=None,
        licence="inference: Apache-2.0 (its enterprise folder is not, and is not used); the weights are under their project's terms at Roboflow",
        data="Roboflow Universe basketball-player-detection-3-ycjdo (CC BY 4.0 as its uploader states); version 4 is a YOLO11s, version 13 RF-DETR",
        score=_UNMEASURED,
        extra="roboflow",
        modules=("inference",),
        source="hosted at Roboflow, needs ROBOFLOW_API_KEY: basketball-player-detection-3-ycjdo/4, or detector.model",
        takes=("offline",),
    ),
    ModelCard(
        name="rfdetr",
        role="detector",
        target="courtside.models.research.rfdetr:RfDetrDetector",
        weights=None,
        sha256=None,
        licence="rfdetr and transformers: Apache-2.0; a checkpoint's is its maker's",
        data="none of its own: a checkpoint fine-tuned on the ten classes, as `courtside train rfdetr` makes one",
        score=_UNMEASURED,
        extra="rfdetr",
        modules=("rfdetr",),
        source="detector.model: a checkpoint file of the rfdetr package, or a transformers folder or hub id (for these the research extra is enough)",
        takes=_PLACED,
    ),
    ModelCard(
        name="transformers",
        role="detector",
        target="courtside.models.research.hub_detector:HubDetector",
        weights=None,
        sha256=None,
        licence="transformers: Apache-2.0; a model's is its maker's",
        data="the model's own",
        score=_UNMEASURED,
        extra="research",
        modules=_TORCH,
        source="detector.model: a folder or hub id of any object-detection model; detector.classes: its classes as ours",
        takes=_PLACED,
    ),
    ModelCard(
        name="onnx",
        role="detector",
        target="courtside.models.research.any_onnx:AnyOnnxDetector",
        weights=None,
        sha256=None,
        licence="the file's own",
        data="the file's own",
        score=_UNMEASURED,
        source="detector.model: an ONNX file; detector.classes: its classes as ours",
        takes=("device",),
    ),
    ModelCard(
        name="roboflow",
        role="numbers",
        target="courtside.models.research.roboflow:RoboflowNumberReader",
        weights=None,
        sha256=None,
        licence="inference: Apache-2.0 (its enterprise folder is not, and is not used); the weights are under their project's terms at Roboflow",
        data="Roboflow basketball-jersey-numbers-ocr (SmolVLM2 with a LoRA adapter)",
        score=_UNMEASURED,
        extra="roboflow",
        modules=("inference",),
        source="hosted at Roboflow, needs ROBOFLOW_API_KEY: basketball-jersey-numbers-ocr/3, or numbers.model",
        takes=("offline",),
    ),
    ModelCard(
        name="smolvlm",
        role="numbers",
        target="courtside.models.research.smolvlm:SmolVlmReader",
        weights=None,
        sha256=None,
        licence="Apache-2.0 (transformers, peft, SmolVLM2); an adapter's is its maker's",
        data="as SmolVLM2's card at the hub states; an adapter's own, as `courtside train smolvlm` makes one",
        score=_UNMEASURED,
        extra="research",
        modules=(*_TORCH, "peft"),
        source="https://huggingface.co/HuggingFaceTB/SmolVLM2-500M-Video-Instruct, or numbers.model; numbers.adapter: a LoRA adapter",
        takes=_PLACED,
    ),
    ModelCard(
        name="siglip",
        role="appearance",
        target="courtside.models.research.siglip:SiglipEncoder",
        weights=None,
        sha256=None,
        licence="Apache-2.0 (transformers, SigLIP)",
        data="WebLI, as its card at the hub states",
        score=_UNMEASURED,
        extra="research",
        modules=_TORCH,
        source="https://huggingface.co/google/siglip-base-patch16-224, or appearance.model",
        takes=_PLACED,
    ),
    ModelCard(
        name="roboflow",
        role="court",
        target="courtside.models.research.court_roboflow:RoboflowCourt",
        weights=None,
        sha256=None,
        licence="inference: Apache-2.0 (its enterprise folder is not, and is not used); the weights are under their project's terms at Roboflow",
        data="Roboflow Universe basketball-court-detection-2 (33 key points)",
        score=_UNMEASURED,
        extra="roboflow",
        modules=("inference",),
        source="hosted at Roboflow, needs ROBOFLOW_API_KEY: basketball-court-detection-2/14, or court.model; court.landmarks: its points as ours",
        takes=("offline",),
    ),
    ModelCard(
        name="vitpose",
        role="court",
        target="courtside.models.research.court_vitpose:VitPoseCourt",
        weights=None,
        sha256=None,
        licence="transformers: Apache-2.0; a checkpoint's is its maker's",
        data="none of its own: a ViTPose checkpoint fine-tuned on a court's key points",
        score=_UNMEASURED,
        extra="research",
        modules=_TORCH,
        source="court.model: a folder or hub id of a ViTPose checkpoint; court.landmarks: its points as ours",
        takes=_PLACED,
    ),
    ModelCard(
        name="courtside",
        role="mirror",
        target="courtside.models.mirrored:MirrorSense",
        weights="mirrored.onnx",
        sha256="8c145cb561e2a2addf0eb07e84892dd139b96e99f80e376f08654b6e407e2b15",
        licence="Apache-2.0",
        data=(
            "as the number reader, whose trunk it has; its head: Roboflow basketball-jersey-numbers-ocr v1, 5,000 crops (no licence stated with the "
            "copy used), and 3,000 numbers rendered by courtside"
        ),
        score="numbers/valid: 97 % of 292 crops told from their mirror image; ten broadcast clips and their mirror images all judged right",
    ),
)
"""Every model that courtside knows by name."""

_SAM2 = (("tiny", "sam2.1-hiera-tiny"), ("small", "sam2.1-hiera-small"), ("base+", "sam2.1-hiera-base-plus"), ("large", "sam2.1-hiera-large"))

MASKS: tuple[ModelCard, ...] = tuple(
    ModelCard(
        name=name,
        role="masks",
        target="courtside.models.sam2.stream:Sam2Stream",
        weights=None,
        sha256=None,
        licence="Apache-2.0 (transformers; code and weights of SAM 2 and EdgeTAM)",
        data="SA-V and SA-1B, as its card at the hub states",
        score=_UNMEASURED,
        extra="research",
        modules=_TORCH if name != "edgetam" else (*_TORCH, "timm", "torchvision"),
        source=f"https://huggingface.co/{hub_id}, or tracker.model",
        takes=_PLACED,
    )
    for name, hub_id in (*((name, f"facebook/{hub_id}") for name, hub_id in _SAM2), ("edgetam", "yonigozlan/EdgeTAM-hf"))
)
"""What tracker.model may name with tracker.backend "sam2"; made by ``pipeline.trackers``, not by ``create``."""


def find_card(role: ModelRole, backend: str) -> ModelCard | None:
    """Return the card of a model of ours, or None for anyone else's."""
    return next((card for card in CARDS if (card.role, card.name) == (role, backend)), None)


@overload
def create(role: Literal["detector"], backend: str, **options: Any) -> Detector: ...
@overload
def create(role: Literal["numbers"], backend: str, **options: Any) -> NumberReader: ...
@overload
def create(role: Literal["appearance"], backend: str, **options: Any) -> AppearanceEncoder: ...
@overload
def create(role: Literal["court"], backend: str, **options: Any) -> CourtModel: ...
@overload
def create(role: Literal["mirror"], backend: str, **options: Any) -> MirrorSense: ...
def create(role: ModelRole, backend: str, **options: Any) -> Any:
    """Make the model ``backend`` for ``role``.

    Args:
        role: what it is for.
        backend: a name in ``CARDS``, or "package.module:Class" for anyone's own class; it is called with the same options and must follow the role's protocol.
        options: keyword arguments of the class.

    Raises:
        ModelError: the name is unknown, the class can't be imported or called so, or its weights are missing or not those of the table.
    """
    card = find_card(role, backend)
    if card is None and ":" not in backend:
        known = [card.name for card in CARDS if card.role == role]
        raise ModelError(f'unknown {role} model {backend!r}{nearest(backend, known)}; there are {", ".join(known)}, or "package.module:Class" of your own')
    arguments = [checked_weights(card)] if card and card.weights else []
    made_by = _load(card.target if card else backend)
    try:
        model = made_by(*arguments, **options)
    except TypeError as error:
        given = ", ".join(options) or "no options"
        raise ModelError(f"{backend}: can't be made with {given} ({error})") from error
    if not callable(getattr(model, _METHOD[role], None)):
        raise ModelError(f"{backend}: is no {role} model, it has no method {_METHOD[role]}()")
    return model


def checked_weights(card: ModelCard, folder: Path | None = None) -> Path:
    """Return the path of the card's weights (in ``folder``, by default the package's own), once they are known to be the right ones.

    Raises:
        ModelError: the file is missing or differs from the one in the table, or the card names none.
    """
    if card.weights is None:
        raise ModelError(f"{card.role} {card.name}: has no weights")
    path = (folder or WEIGHTS) / card.weights
    try:
        actual = _sha256(path)
    except FileNotFoundError as error:
        how = f"install courtside again, or train them: courtside train {card.role}"
        raise ModelError(f"{path}: the weights of {card.role} {card.name!r} are missing; {how}") from error
    except OSError as error:
        raise ModelError(f"{path}: can't read the weights ({error.strerror or error})") from error
    if actual != card.sha256:
        raise ModelError(f"{path}: damaged or changed, these are not the weights of {card.role} {card.name!r}; install courtside again")
    return path


def _load(target: str) -> Any:
    module_name, _, name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a plug-in's module may fail in any way while it is imported
        raise ModelError(f"{target}: can't import {module_name} ({type(error).__name__}: {error})") from error
    found = getattr(module, name, None)
    if not callable(found):
        raise ModelError(f"{target}: {module_name} has no class {name!r}{nearest(name, vars(module))}")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _print_hashes() -> None:
    for card in CARDS:
        if card.weights:
            path = WEIGHTS / card.weights
            actual = _sha256(path) if path.is_file() else "no such file"
            print(f"{card.role} {card.name} {card.weights} {actual} {'as in the table' if actual == card.sha256 else 'NOT as in the table'}")  # noqa: T201  # printing is what it is for


if __name__ == "__main__":
    _print_hashes()
