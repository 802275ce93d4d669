"""Making ``mirrored.onnx``: the number reader's own eye, with a small head that tells a number as worn from its mirror image.

What the reader's trunk makes of a crop knows more of how digits lie than a network made for this alone would learn from nine thousand crops (measured: right on
0.95 and on 0.70 of the validation crops). The head gives one logit for a picture; a crop's log-odds are the logit of the crop less that of its mirror image, so
that what is symmetric says nothing and no habit of either way of making pictures can be learnt but by how they lie.

Made by ``courtside train mirror``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from courtside.errors import DataError
from courtside.models.numbers import WHOLE, fit_crop
from courtside.pipeline.mirrored import turned_round
from courtside.train.numbers.augment import augment
from courtside.train.numbers.clean import Cleaned
from courtside.train.numbers.data import load_numbers, turn
from courtside.train.numbers.fonts import find_fonts, font_folders, load_typefaces
from courtside.train.numbers.render import render
from courtside.types import Image

if TYPE_CHECKING:
    import onnx
    import onnxruntime as ort

Halves = npt.NDArray[np.float16]

_TELLING = frozenset("2345679")
"""Digits that differ from their mirror image."""

_REAL, _RENDERED = 5000, 3000
_EPOCHS, _BATCH, _LEARNING_RATE = 3, 64, 1e-3
_DOUBT = 0.05  # share of labels taken for wrong: some crops lie otherwise than ``cleaned.npz`` says


class Head(nn.Module):
    """What the trunk made of a picture (b, n, h, w) -> one logit (b,). ``spread`` (1, n, 1, 1) is how much each channel varies."""

    def __init__(self, spread: Tensor, width: int = 32) -> None:
        super().__init__()
        self.register_buffer("spread", spread)
        layers = [nn.Conv2d(spread.shape[1], width, 1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU()]
        self.layers = nn.Sequential(nn.Dropout(0.4), *layers, nn.Dropout(0.4))
        self.logit = nn.Linear(2 * width, 1)

    def forward(self, seen: Tensor) -> Tensor:
        """Return the logits."""
        x = self.layers(seen / self.get_buffer("spread"))
        logit: Tensor = self.logit(torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1))[:, 0]
        return logit


def trunk_of(reader: Path) -> onnx.ModelProto:
    """Return the part of the reader's graph that ends where its neck begins.

    Raises:
        DataError: the file has no such part.
    """
    import onnx

    model = onnx.shape_inference.infer_shapes(onnx.load(reader))
    neck = next((node for node in model.graph.node if node.op_type == "Conv" and "/neck/" in node.output[0]), None)
    if neck is None:
        raise DataError(f"{reader}: not a number reader as `courtside train numbers` exports it")
    trunk: onnx.ModelProto = onnx.utils.Extractor(model).extract_model(["crops"], [neck.input[0]])
    return trunk


def pictures(numbers: Path, run: Path, random: np.random.Generator) -> Iterator[Image]:
    """Yield crops of numbers as they are worn: real ones set upright, then rendered ones."""
    crops, cleaned = load_numbers(numbers), Cleaned.load(run / "cleaned.npz")
    sure = [i for i, crop in enumerate(crops) if cleaned.votes[i] == 1 and set(crop.number) & _TELLING]
    for i in random.permutation(sure)[:_REAL]:
        yield augment(turn(crops[i].image, int(cleaned.turns[i])), random, 0.3)
    faces, n = load_typefaces(find_fonts(font_folders())), 0
    while n < _RENDERED:
        rendered = render(faces, random, WHOLE)
        if set(rendered.number or "") & _TELLING:
            n += 1
            yield rendered.image


def look(session: ort.InferenceSession, crops: Sequence[Image]) -> tuple[Halves, Halves]:
    """Return what the trunk makes of crops, as they are and turned round, (n, c, h, w) each."""
    ways = []
    for way in (crops, turned_round(crops)):
        parts = [np.stack([fit_crop(crop) for crop in way[start : start + _BATCH]]) for start in range(0, len(way), _BATCH)]
        ways.append(np.concatenate([session.run(None, {"crops": part})[0].astype(np.float16) for part in parts]))
    return ways[0], ways[1]


def fit_head(worn: Halves, mirrored: Halves, seed: int = 0) -> Head:
    """Fit the head to tell ``worn`` (n, c, h, w) from ``mirrored``, which is of the same pictures."""
    torch.manual_seed(seed)
    there, back = torch.from_numpy(worn), torch.from_numpy(mirrored)
    head = Head(there[:2000].float().std((0, 2, 3), keepdim=True) + 0.05)
    optimiser = torch.optim.AdamW(head.parameters(), _LEARNING_RATE, weight_decay=0.1)
    for epoch in range(_EPOCHS):
        for group in optimiser.param_groups:
            group["lr"] = _LEARNING_RATE * (1 - epoch / _EPOCHS)
        for rows in torch.split(torch.randperm(len(there)), _BATCH):
            odds = head(there[rows].float()) - head(back[rows].float())
            loss = ((1 - _DOUBT) * F.softplus(-odds) + _DOUBT * F.softplus(odds)).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # untyped in torch's stub
            optimiser.step()
    return head.eval()


def export(trunk: onnx.ModelProto, head: Head, path: Path) -> None:
    """Write trunk and head as one ONNX file: "crops" (b, h, w, 3) uint8 BGR to "logit" (b,)."""
    import onnx

    aside = path.with_suffix(".part")
    example = torch.zeros(1, head.get_buffer("spread").shape[1], 3, 11)
    free = {name: {0: "batch"} for name in ("seen", "logit")}
    torch.onnx.export(head, (example,), str(aside), input_names=["seen"], output_names=["logit"], dynamic_axes=free, opset_version=17, dynamo=False)
    top = onnx.compose.add_prefix(onnx.load(aside), "head/", rename_inputs=False, rename_outputs=False)
    top.ir_version = trunk.ir_version
    onnx.save(onnx.compose.merge_models(trunk, top, [(trunk.graph.output[0].name, "seen")]), aside)
    aside.replace(path)


def make(numbers: Path, run: Path, reader: Path, target: Path) -> tuple[float, int]:
    """Make the file ``target``; return how often it is right on the validation crops (0-1), and how many those are.

    Args:
        numbers: the folder with ``train`` and ``valid`` that the reader was trained on.
        run: the folder it was trained in, whose ``cleaned.npz`` knows how each training crop lies.
        reader: the reader's ONNX file.
        target: the file to write.

    Raises:
        DataError: one of them is not what it should be.
    """
    import onnxruntime as ort

    trunk, random = trunk_of(reader), np.random.default_rng(0)
    session = ort.InferenceSession(trunk.SerializeToString(), providers=["CPUExecutionProvider"])
    head = fit_head(*look(session, list(pictures(numbers / "train", run, random))))
    export(trunk, head, target)
    held_out = [crop.image for crop in load_numbers(numbers / "valid") if set(crop.number) & _TELLING]
    with torch.no_grad():
        there, back = (head(torch.from_numpy(way).float()) for way in look(session, held_out))
    return float((there > back).float().mean()), len(held_out)
