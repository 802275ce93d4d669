"""The notebook's loop and ours on the same frames, with models of the same sizes, in one run.

    python bench/gpu.py                     # real sizes on a GPU: SAM2.1-large, RF-DETR-M, SmolVLM2, 10 people, 1080p
    python bench/gpu.py --tiny              # the same two loops with very small models, for a CPU
    python bench/gpu.py --json bench.json   # the figures as JSON, too

Weights are random (no hub is asked): they cost as much time as trained ones, and what comes out means nothing. The pictures and the boxes are made up.
What the two loops do in every frame:

  session   the notebook's order of work on transformers' own session, which steps the objects one by one and lets nothing go.
  notebook  the same with all objects in one batch, as the notebook's own SAM2 fork does. Both: all masks at the frame's size; far pieces dropped; frames and
            masks kept in lists. Every 5th frame the detector, and each number's crop read by itself; masks matched as dense stacks.
  ours      the objects' masks in one batch with a bounded memory, cut out as run lengths; every 5th frame the detector, numbers matched on the run lengths, and
            the crops that are still wanted (at most 4) read in one batch; nothing kept.

"floor" is the time of the image encoder alone: no loop over this model can be faster. On a CPU times are the processor's, and memory is the bytes kept between
frames; on a GPU wall times and the device's peak. The reader answers with at most 4 tokens in both loops.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import supervision as sv
import torch
from rich.console import Console
from rich.table import Table

from courtside.identity.matching import mask_over_smaller, match_numbers
from courtside.models.research.placement import Placement
from courtside.models.sam2.pixels import normalised, squared
from courtside.models.sam2.propagate import Propagator
from courtside.models.sam2.stream import Sam2Stream
from courtside.tracking.sam2 import Sam2Tracker
from courtside.types import NUMBER, PLAYER, Frame

EVERY = 5
MAX_READ = 4
N_TOKENS = 4


@dataclass
class Models:
    """``reader`` takes pixel crops (n, 3, s, s) and generates; ``detector`` takes (1, 3, s, s)."""

    masks: Any
    detector: Any
    detector_side: int
    reader: Callable[[torch.Tensor], Any]
    reader_side: int


@dataclass
class Run:
    """One loop's figures; times in ms a frame (medians do not hide the frames with a detector: these are means)."""

    name: str
    frames: int
    ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[int, float] = field(default_factory=dict)

    @property
    def ms_per_frame(self) -> float:
        return sum(self.ms.values())


class Clock:
    """Adds up the time of named parts, the device's work included."""

    def __init__(self, device: str) -> None:
        self.device, self.spent = device, dict[str, float]()

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        clock = time.process_time if self.device == "cpu" else time.perf_counter  # other programs on the cores don't count
        began = clock()
        result = work()
        if self.device == "cuda":
            torch.cuda.synchronize()
        self.spent[name] = self.spent.get(name, 0.0) + clock() - began
        return result


# ------------------------------------------------------------------------------------------------------------------------------------------- the models


def sam2_large() -> Any:
    """SAM2.1-large as its published config has it, random weights."""
    from transformers import Sam2HieraDetConfig, Sam2VideoConfig, Sam2VideoModel, Sam2VisionConfig

    backbone = Sam2HieraDetConfig(
        hidden_size=144,
        num_attention_heads=2,
        blocks_per_stage=[2, 6, 36, 4],
        embed_dim_per_stage=[144, 288, 576, 1152],
        num_attention_heads_per_stage=[2, 4, 8, 16],
        window_size_per_stage=[8, 4, 16, 8],
        global_attention_blocks=[23, 33, 43],
        window_positional_embedding_background_size=[7, 7],
    )
    return Sam2VideoModel(Sam2VideoConfig(vision_config=Sam2VisionConfig(backbone_config=backbone, backbone_channel_list=[1152, 576, 288, 144])))


def real_models(device: str) -> Models:
    """Return SAM2.1-large, RF-DETR-M (576 px) and SmolVLM2-500M, random."""
    from transformers import RfDetrConfig, RfDetrForObjectDetection, SmolVLMConfig, SmolVLMForConditionalGeneration

    detector = RfDetrForObjectDetection(RfDetrConfig(num_labels=10))
    text = {"hidden_size": 960, "intermediate_size": 2560, "num_hidden_layers": 32, "num_attention_heads": 15, "num_key_value_heads": 5, "vocab_size": 49280}
    vision = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "image_size": 512, "patch_size": 16}
    config = SmolVLMConfig(text_config={"model_type": "llama", **text, "pad_token_id": 2}, vision_config=vision, scale_factor=4, image_token_id=49190)
    return Models(sam2_large().to(device).eval(), detector.to(device).eval(), 576, _generator(SmolVLMForConditionalGeneration(config), device, 64), 512)


def tiny_models(device: str) -> Models:
    """Return very small models of the same classes; the detector and the reader stand-ins of a few layers (they are the same in both loops)."""
    from transformers import Sam2VideoModel, SmolVLMConfig, SmolVLMForConditionalGeneration

    from courtside.train.sam2.network import tiny_config

    layers = [torch.nn.Conv2d(n_in, n_out, 3, 2, 1) for n_in, n_out in ((3, 16), (16, 32), (32, 14))]
    detector = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    text = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 512}
    vision = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 4, "num_attention_heads": 4, "image_size": 128, "patch_size": 16}
    config = SmolVLMConfig(text_config={"model_type": "llama", **text, "pad_token_id": 2}, vision_config=vision, scale_factor=4, image_token_id=500)
    reader = _generator(SmolVLMForConditionalGeneration(config), device, 4)
    return Models(Sam2VideoModel(tiny_config(256)).to(device).eval(), detector.to(device).eval(), 320, reader, 128)


def _generator(model: Any, device: str, n_image_tokens: int) -> Callable[[torch.Tensor], Any]:
    model = model.to(device).eval()
    prompt = [1, 5, 6, *[model.config.image_token_id] * n_image_tokens, 7, 8, 9, 10]

    def read(crops: torch.Tensor) -> Any:
        ids = torch.tensor([prompt] * len(crops), device=device)
        options = {"max_new_tokens": N_TOKENS, "min_new_tokens": N_TOKENS, "do_sample": False, "pad_token_id": 2}
        return model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=crops[:, None], **options)

    return read


# ------------------------------------------------------------------------------------------------------------------------------------- the made-up clip


class Clip:
    """``n_people`` blocks that walk over a floor, each with a number box; the same for the same frame."""

    def __init__(self, n_people: int, size: tuple[int, int]) -> None:
        self.n_people, self.size = n_people, size
        rng = np.random.default_rng(0)
        self._floor = cv2.resize(rng.integers(60, 160, (27, 48, 3), np.uint8), size)
        self._colours = rng.integers(0, 256, (n_people, 3))

    def boxes(self, i: int) -> np.ndarray:
        width, height = self.size
        k = np.arange(self.n_people)
        x = width * (0.05 + 0.9 * (k + 0.5) / self.n_people) + width * 0.01 * np.sin(0.05 * i + k)
        y = height * (0.35 + 0.3 * (k % 3) / 2)
        half = np.array([0.018 * width, 0.11 * height])
        return np.column_stack([x - half[0], y - half[1], x + half[0], y + half[1]])

    def numbers(self, i: int) -> np.ndarray:
        boxes = self.boxes(i)
        size = boxes[:, 2:] - boxes[:, :2]
        return np.column_stack([boxes[:, :2] + [0.35, 0.22] * size, boxes[:, :2] + [0.65, 0.36] * size])

    def image(self, i: int) -> np.ndarray:
        image = self._floor.copy()
        for (x1, y1, x2, y2), colour in zip(self.boxes(i).astype(int), self._colours.tolist(), strict=True):
            image[y1:y2, x1:x2] = colour
        return image


# -------------------------------------------------------------------------------------------------------------------------------------------- the loops


def notebook_loop(models: Models, clip: Clip, n_frames: int, placement: Placement, batched: bool, checkpoints: tuple[int, ...]) -> Run:
    """The notebook's own order of work."""
    from transformers.models.sam2_video.modeling_sam2_video import Sam2VideoInferenceSession

    device, side = str(placement.torch_device()), int(models.masks.config.image_size)
    width, height = clip.size
    places = dict.fromkeys(("inference_device", "inference_state_device", "video_storage_device"), device)
    session = Sam2VideoInferenceSession(video_height=height, video_width=width, dtype=torch.float32, **places)
    stream = Propagator(models.masks)
    clock, run, kept = Clock(device), Run("notebook" if batched else "session", n_frames), []
    for i in range(n_frames):
        image = clip.image(i)
        if i == 0:
            for known, box in enumerate(clip.boxes(0), 1):
                corners = torch.tensor(box, dtype=torch.float32).view(1, 1, 2, 2) * torch.tensor([side / width, side / height])
                point = {"point_coords": corners, "point_labels": torch.tensor([[[2, 3]]], dtype=torch.int32)}
                session.add_point_inputs(session.obj_id_to_idx(known), 0, point)
            session.obj_with_new_inputs = list(session.obj_ids)

        def follow(image: np.ndarray = image, i: int = i) -> Any:
            with placement.running():
                if batched:
                    stream.look(stream.encode(normalised(squared(image, side)[None], device)))
                    boxes = torch.tensor(clip.boxes(0) * np.tile([side / width, side / height], 2), dtype=torch.float32, device=device)
                    output = stream.prompt(range(1, clip.n_people + 1), boxes) if i == 0 else stream.follow()[1]
                    return torch.nn.functional.interpolate(output.logits[:, None].float(), (height, width), mode="bilinear", align_corners=False)
                small = models.masks(inference_session=session, frame=normalised(squared(image, side)[None], device)[0], frame_idx=i).pred_masks
                return torch.nn.functional.interpolate(small.float(), (height, width), mode="bilinear", align_corners=False)

        logits = clock("masks", follow)
        masks = clock("masks to the frame", lambda logits=logits: _dense(logits))
        kept.append((image, masks))
        if i % EVERY == 0:
            clock("detect", lambda image=image: _detect(models, image, placement))
            numbers = clip.numbers(i)
            crops = [_crop(image, box, 10, models.reader_side) for box in numbers]
            clock("read", lambda crops=crops: [_read(models, [crop], placement) for crop in crops])
            rectangles = sv.xyxy_to_mask(numbers.astype(int), (width, height))
            clock("match", lambda masks=masks, rectangles=rectangles: sv.mask_iou_batch(masks, rectangles, overlap_metric=sv.OverlapMetric.IOS))
        if i + 1 in checkpoints:
            remembered = _stream_bytes(stream) if batched else _session_bytes(session)
            run.memory_mb[i + 1] = _memory(device, remembered + sum(image.nbytes + masks.nbytes for image, masks in kept))
    run.ms = {name: 1000 * spent / n_frames for name, spent in clock.spent.items()}
    return run


def our_loop(models: Models, clip: Clip, n_frames: int, placement: Placement, compiled: bool, checkpoints: tuple[int, ...]) -> Run:
    """Ours, as ANALYZE runs it."""
    device = str(placement.torch_device())
    stream = Sam2Stream(models.masks, placement, compiled=compiled)
    tracker = Sam2Tracker(_AlwaysThere(stream, clip))
    clock, run = Clock(device), Run("ours", n_frames)
    read_at: dict[int, int] = {}
    for i in range(n_frames):
        image = clip.image(i)
        found = sv.Detections.empty()
        found.confidence, found.class_id = np.zeros(0, np.float32), np.zeros(0, int)
        if i % EVERY == 0:
            clock("detect", lambda image=image: _detect(models, image, placement))
            boxes, numbers = clip.boxes(i), clip.numbers(i)
            classes = np.array([PLAYER] * len(boxes) + [NUMBER] * len(numbers))
            found = sv.Detections(np.concatenate([boxes, numbers]).astype(np.float32), confidence=np.full(len(classes), 0.9, np.float32), class_id=classes)
        found.metadata["looked"] = i % EVERY == 0
        tracked = clock("masks", lambda image=image, found=found, i=i: tracker.update(Frame(i, i / 30, image), found))
        if i % EVERY == 0:
            clock("match", lambda tracked=tracked, numbers=numbers: match_numbers(numbers, tracked.xyxy, 0.9, mask_over_smaller(numbers, tracked.mask)))
            due = sorted(range(len(numbers)), key=lambda k: read_at.get(k, -1))[:MAX_READ]  # the longest unread, as ANALYZE does
            read_at.update(dict.fromkeys(due, i))
            crops = [_crop(image, numbers[k], 10, models.reader_side) for k in due]
            clock("read", lambda crops=crops: _read(models, crops, placement))
        if i + 1 in checkpoints:
            run.memory_mb[i + 1] = _memory(device, _stream_bytes(stream.propagator))
    run.ms = {name: 1000 * spent / n_frames for name, spent in clock.spent.items()}
    return run


class _AlwaysThere:
    """Random weights say nothing sensible of where anybody is: the model does all its work, and its masks are then taken for what the clip shows."""

    def __init__(self, stream: Sam2Stream, clip: Clip) -> None:
        self._stream, self._clip, self._frame = stream, clip, -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def look(self, image: np.ndarray) -> None:
        self._frame += 1
        self._stream.look(image)

    def follow(self) -> Any:
        return self._seen(self._stream.follow())

    def prompt(self, ids: Any, xyxy: Any) -> Any:
        return self._seen(self._stream.prompt(ids, xyxy))

    def _seen(self, segments: Any) -> Any:
        _, height, width = segments.logits.shape
        segments.logits[:] = -5
        scale = np.array([width / self._clip.size[0], height / self._clip.size[1]] * 2)
        for k, known in enumerate(segments.ids):
            x1, y1, x2, y2 = np.round(self._clip.boxes(self._frame)[(known - 1) % self._clip.n_people] * scale).astype(int)
            segments.logits[k, y1:y2, x1:x2] = 5
        segments.score[:] = 5
        return segments


def floor_ms(models: Models, clip: Clip, placement: Placement, n_frames: int) -> float:
    """Return the time of the image encoder alone."""
    device, side = str(placement.torch_device()), int(models.masks.config.image_size)
    stream, clock = Propagator(models.masks), Clock(device)
    pixels = normalised(squared(clip.image(0), side)[None], device)
    with placement.running():
        stream.encode(pixels)
        for _ in range(n_frames):
            clock("encode", lambda: stream.encode(pixels))
    return 1000 * clock.spent["encode"] / n_frames


def _dense(logits: torch.Tensor) -> np.ndarray:
    masks = (logits > 0).cpu().numpy()[:, 0]
    return np.array([_near_pieces(mask) for mask in masks])


def _near_pieces(mask: np.ndarray, distance_px: float = 300) -> np.ndarray:
    n_pieces, pieces, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if n_pieces <= 2:
        return mask.copy()
    main = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    near = np.linalg.norm(centres - centres[main], axis=1) <= distance_px
    near[0] = False
    return np.asarray(near[pieces])


def _detect(models: Models, image: np.ndarray, placement: Placement) -> Any:
    with placement.running():
        return models.detector(normalised(squared(image, models.detector_side)[None], str(placement.torch_device())))


def _crop(image: np.ndarray, box: np.ndarray, margin: int, side: int) -> np.ndarray:
    x1, y1, x2, y2 = np.clip(np.round(box).astype(int) + [-margin, -margin, margin, margin], 0, None)
    return squared(image[y1:y2, x1:x2], side)


def _read(models: Models, crops: list[np.ndarray], placement: Placement) -> Any:
    with placement.running():
        return models.reader(normalised(np.stack(crops), str(placement.torch_device())))


def _memory(device: str, kept_bytes: int) -> float:
    return (torch.cuda.max_memory_allocated() if device == "cuda" else kept_bytes) / 1e6


def _bytes_of(tensors: list[torch.Tensor]) -> int:
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in tensors}
    return sum(storages.values())


def _session_bytes(session: Any) -> int:
    outputs = [value for known in session.output_dict_per_obj.values() for part in known.values() for out in part.values() for value in out.values()]
    return _bytes_of([value for value in (*outputs, *session.processed_frames.values()) if torch.is_tensor(value)])


def _stream_bytes(stream: Propagator) -> int:
    return _bytes_of(stream.stored())


# --------------------------------------------------------------------------------------------------------------------------------------------- the table


def main() -> None:
    """Run both loops and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="very small models: what a CPU can do")
    parser.add_argument("--frames", type=int, default=50, help="frames of each loop that are timed, after one that is not")
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--size", default="1920x1080", help="of the frames, WIDTHxHEIGHT")
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    parser.add_argument("--precision", default="auto", help="auto, fp32, bf16 or fp16")
    parser.add_argument("--compile", action="store_true", help="compile our image encoder (ours only)")
    parser.add_argument("--memory", type=int, default=1000, metavar="FRAMES", help="compare our memory after so many with 100 frames; 0: don't")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    placement = Placement(arguments.device, arguments.precision)
    device = str(placement.torch_device())
    if device == "cpu" and not arguments.tiny:
        sys.exit("no GPU here: SAM2.1-large takes minutes a frame on a CPU; run with --tiny, or say --device")
    torch.manual_seed(0)
    models, clip = (tiny_models if arguments.tiny else real_models)(device), Clip(arguments.people, (width, height))

    our_loop(models, clip, 2, placement, False, ())  # first calls allocate and choose kernels
    notebook_loop(models, clip, 2, placement, True, ())
    encoder_ms = floor_ms(models, clip, placement, min(10, arguments.frames))
    marks = (arguments.frames,)
    _reset(device)
    session = notebook_loop(models, clip, arguments.frames, placement, False, marks)
    _reset(device)
    theirs = notebook_loop(models, clip, arguments.frames, placement, True, marks)
    _reset(device)
    ours = our_loop(models, clip, arguments.frames, placement, arguments.compile, marks)

    console = Console(width=120)
    kind = "tiny models" if arguments.tiny else "real sizes"
    title = f"{kind}, {arguments.people} people, {width}x{height}, {device} {placement.dtype()}, {arguments.frames} frames"
    runs = (session, theirs, ours)
    table = Table("ms a frame", *(run.name for run in runs), title=title)
    for name in dict.fromkeys(name for run in runs for name in run.ms):
        table.add_row(name, *(f"{run.ms[name]:.1f}" if name in run.ms else "" for run in runs))
    table.add_row("all", *(f"{run.ms_per_frame:.1f}" for run in runs))
    table.add_row("frames/s", *(f"{1000 / run.ms_per_frame:.2f}" for run in runs))
    table.add_row(f"MB after {arguments.frames} frames", *(f"{run.memory_mb[arguments.frames]:.0f}" for run in runs))
    console.print(table)
    ratio, over_session = (run.ms_per_frame / ours.ms_per_frame for run in (theirs, session))
    console.print(f"ours is {ratio:.2f} times as fast as the notebook's loop, {over_session:.2f} times as the session's")
    console.print(f"the image encoder alone takes {encoder_ms:.1f} ms, {encoder_ms / ours.ms_per_frame:.0%} of our frame")
    growth = None
    if arguments.memory > 100:
        _reset(device)
        long = our_loop(models, clip, arguments.memory, placement, False, (100, arguments.memory))
        growth = long.memory_mb[arguments.memory] / long.memory_mb[100]
        first, last = long.memory_mb[100], long.memory_mb[arguments.memory]
        console.print(f"our memory: {first:.1f} MB at 100 frames, {last:.1f} MB at {arguments.memory}: {growth:.3f} times")
    if arguments.json:
        settings = {"tiny": arguments.tiny, "people": arguments.people, "size": [width, height], "device": device, "precision": str(placement.dtype())}
        ratios = {"ratio": ratio, "over_session": over_session, "encoder_ms": encoder_ms, "memory_growth": growth}
        figures = {"settings": settings, "runs": [asdict(run) for run in runs], **ratios}
        arguments.json.write_text(json.dumps(figures, indent=2))


def _reset(device: str) -> None:
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


if __name__ == "__main__":
    main()
