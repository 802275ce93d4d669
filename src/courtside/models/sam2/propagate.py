"""One frame of SAM2 after another, all objects in one batch, with a memory of its own.

The networks are transformers' (``Sam2VideoModel``, ``EdgeTamVideoModel``); its session is not used, because it runs the objects one by one, keeps every frame
and every output, and can't let an object go. What an object is remembered by is as in Ravi et al. 2024, "SAM 2", section 4: its prompted frames, the masks of
its last six frames and a pointer for each of its last fifteen. Everything here works on tensors and can be differentiated: training uses it as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_NO_OBJECT = -1024.0
"""The logit of a mask whose object is said not to be in the picture, as in SAM2."""
_BOX_LABELS = (2, 3)
"""What the prompt encoder calls a box's top-left and bottom-right corner."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the image encoder sees: ``maps`` and ``positions``, (pixels, v, channels) each, the finest first; v pictures, one unless clips run side by side."""

    maps: tuple[Tensor, ...]
    positions: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """Masks of (n,) objects in one frame.

    ``raw`` (n, h, w) are mask logits at a quarter of the network's input, ``score`` (n,) the logit that the object is there, ``pointer`` (n, channels).
    """

    raw: Tensor
    score: Tensor
    pointer: Tensor

    @property
    def logits(self) -> Tensor:
        """``raw`` where the object is in the picture, far below 0 elsewhere."""
        import torch

        return torch.where((self.score > 0)[:, None, None], self.raw, _NO_OBJECT)


@dataclass(slots=True)
class _Memory:
    frame: int
    pointer: Tensor
    features: Tensor | None
    """(tokens, channels); None once it is too old to be looked at."""


@dataclass(slots=True)
class _Object:
    picture: int = 0
    """Which of the pictures looked at it is in."""
    prompted: list[_Memory] = field(default_factory=list)
    recent: list[_Memory] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pending:
    """What the last frame gave for one object and is not yet remembered: (h, w), () and (channels,)."""

    logits: Tensor
    score: Tensor
    pointer: Tensor
    prompted: bool


class Propagator:
    """Follows objects from frame to frame.

    For each frame: ``look``, then ``follow`` what is known, then ``prompt`` what is new or has drifted; an object prompted in this frame is remembered by the
    prompt. Objects don't see one another: adding or removing one changes nothing for the rest.

    Args:
        model: a ``Sam2VideoModel`` or ``EdgeTamVideoModel``.
        max_prompted: prompted frames kept for each object, the first one and the latest ones; at least 1.
        batch: objects worked on at once.
    """

    def __init__(self, model: Any, max_prompted: int = 2, batch: int = 64) -> None:
        self.model, self.max_prompted, self.batch = model, max_prompted, batch
        config = model.config
        self._n_maps = config.num_maskmem - 1
        self._n_pointers = config.max_object_pointers_in_encoder - 1
        # EdgeTAM squeezes each remembered mask into a few tokens and must be told how many masks there are
        self._squeezes = hasattr(model, "spatial_perceiver")
        self._objects: dict[int, _Object] = {}
        self._pending: dict[int, _Pending] = {}
        self._position: Tensor | None = None
        self._features: Features | None = None
        self._frame = -1

    @property
    def ids(self) -> tuple[int, ...]:
        """The objects followed, in the order they came."""
        return tuple(self._objects)

    def stored(self) -> list[Tensor]:
        """Return every tensor that is kept between frames."""
        memories = [memory for known in self._objects.values() for memory in (*known.prompted, *known.recent)]
        kept = [tensor for memory in memories for tensor in (memory.pointer, memory.features) if tensor is not None]
        kept += [tensor for pending in self._pending.values() for tensor in (pending.logits, pending.score, pending.pointer)]
        kept += [*self._features.maps, *self._features.positions] if self._features is not None else []
        return [*kept, self._position] if self._position is not None else kept

    def encode(self, pixels: Tensor) -> Features:
        """Return what the image encoder sees in ``pixels`` (v, 3, s, s), normalised."""
        seen = self.model.get_image_features(pixels, return_dict=True)
        return Features(tuple(seen.fpn_hidden_states), tuple(seen.fpn_position_encoding))

    def look(self, features: Features) -> None:
        """Go on to the next frame; the last one's masks are remembered first."""
        self.remember()
        self._features = features
        self._frame += 1

    def follow(self) -> tuple[tuple[int, ...], Output]:
        """Return the known objects and their masks in this frame; both are empty where nothing is known."""
        # objects with as many memories go through the attention together; after 15 frames that is nearly all of them
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for object_id, known in self._objects.items():
            n_maps = sum(memory.features is not None for memory in known.recent)
            groups[len(known.prompted) + n_maps, len(known.prompted) + len(known.recent)].append(object_id)
        parts = [(ids, self._follow(ids)) for group in groups.values() for ids in _chunks(group, self.batch)]
        order = [object_id for ids, _ in parts for object_id in ids]
        output = _join([part for _, part in parts]) if parts else self._nothing()
        back = [order.index(object_id) for object_id in self._objects]
        output = Output(output.raw[back], output.score[back], output.pointer[back])
        self._expect(self.ids, output, prompted=False)
        return self.ids, output

    def prompt(self, ids: Sequence[int], boxes: Tensor, pictures: Sequence[int] | None = None) -> Output:
        """Take each box for what its object looks like in this frame, and return the masks.

        Args:
            ids: objects, known or new; what a known one did in this and the last frames is forgotten, its first prompt is not.
            boxes: (n, 4) corners in pixels of the network's square input.
            pictures: which picture each is in, where several are looked at side by side.
        """
        if not ids:
            return self._nothing()
        for k, object_id in enumerate(ids):
            self._objects.setdefault(object_id, _Object()).picture = pictures[k] if pictures is not None else 0
        coarse = self._seen().maps[-1] + self.model.no_memory_embedding
        parts = []
        for start in range(0, len(ids), self.batch):
            some = ids[start : start + self.batch]
            parts.append(self._segment(some, self._as_picture(self._each(coarse, some), -1), boxes[start : start + self.batch]))
        output = _join(parts)
        for object_id in ids:
            self._objects[object_id].recent.clear()
        self._expect(ids, output, prompted=True)
        return output

    def remove(self, ids: Sequence[int]) -> None:
        """Let objects go; unknown ones are left out."""
        for object_id in ids:
            self._objects.pop(object_id, None)
            self._pending.pop(object_id, None)

    def clear(self) -> None:
        """Let everything go."""
        self._objects.clear()
        self._pending.clear()
        self._features = None

    def _seen(self) -> Features:
        if self._features is None:
            raise RuntimeError("look at a frame first")
        return self._features

    def _nothing(self) -> Output:
        side = self.model.prompt_encoder.mask_input_size
        like = self._seen().maps[-1]
        return Output(like.new_zeros((0, *side)), like.new_zeros(0), like.new_zeros((0, self.model.hidden_dim)))

    def _expect(self, ids: Sequence[int], output: Output, prompted: bool) -> None:
        logits = output.logits
        for i, object_id in enumerate(ids):
            self._pending[object_id] = _Pending(logits[i], output.score[i], output.pointer[i], prompted)

    def _each(self, seen: Tensor, ids: Sequence[int]) -> Tensor:
        """Return (pixels, n, channels): for each object what is seen in its picture."""
        if seen.shape[1] == 1:
            return seen.expand(-1, len(ids), -1)
        return seen[:, [self._objects[object_id].picture for object_id in ids]]

    def _as_picture(self, flat: Tensor, level: int) -> Tensor:
        """Turn (pixels, n, channels) into (n, channels, h, w)."""
        return flat.permute(1, 2, 0).reshape(flat.shape[1], flat.shape[2], *self.model.backbone_feature_sizes[level])

    def _follow(self, ids: Sequence[int]) -> Output:
        maps, positions = self._seen().maps[-1], self._seen().positions[-1]
        memory, memory_position, n_maps, n_pointer_tokens = self._recall(ids)
        extra: Mapping[str, int] = {"num_spatial_memory_tokens": n_maps} if self._squeezes else {}
        mixed = self.model.memory_attention(
            current_vision_features=self._each(maps, ids),
            current_vision_position_embeddings=positions[:, :1].expand(-1, len(ids), -1),
            memory=memory.to(maps.dtype),
            memory_posision_embeddings=memory_position,  # spelt so in transformers
            num_object_pointer_tokens=n_pointer_tokens,
            **extra,
        )
        flat = mixed.squeeze(0) if mixed.ndim == 4 else mixed.transpose(0, 1)  # (n, pixels, channels)
        picture = flat.transpose(1, 2).reshape(len(ids), -1, *self.model.backbone_feature_sizes[-1])
        return self._segment(ids, picture, None)

    def _recall(self, ids: Sequence[int]) -> tuple[Tensor, Tensor, int, int]:
        """Return what the objects are remembered by: (tokens, n, channels), its positions, the number of masks and of pointer tokens in it."""
        import torch

        spatial: list[list[tuple[int, Tensor]]] = []  # per object: (frames ago, 0 for prompted; features)
        pointers: list[list[tuple[int, Tensor]]] = []
        for object_id in ids:
            known = self._objects[object_id]
            maps = [(0, memory.features) for memory in known.prompted if memory.features is not None]
            maps += [(self._frame - memory.frame, memory.features) for memory in known.recent if memory.features is not None]
            spatial.append(maps)
            newest_first = [*known.prompted, *reversed(known.recent)]
            pointers.append([(self._frame - memory.frame, memory.pointer) for memory in newest_first])
        assert self._position is not None
        n_maps, n_pointers = len(spatial[0]), len(pointers[0])
        tokens = [torch.stack([maps[k][1] for maps in spatial], 1) for k in range(n_maps)]
        when = self.model.memory_temporal_positional_encoding[:, 0, 0]  # (frames, channels); the last is that of prompted frames
        places = [self._position[:, None] + when[[maps[k][0] - 1 for maps in spatial]][None] for k in range(n_maps)]
        # (pointers, n, channels), each split into tokens as wide as a mask's
        pointer = torch.stack([torch.stack([known[k][1] for known in pointers]) for k in range(n_pointers)])
        ages = torch.tensor([[known[k][0] for known in pointers] for k in range(n_pointers)], dtype=torch.float32, device=pointer.device)
        width = self.model.mem_dim
        n_splits = max(1, pointer.shape[-1] // width)
        tokens.append(pointer.reshape(n_pointers, len(ids), n_splits, -1).permute(0, 2, 1, 3).flatten(0, 1).to(tokens[0].dtype))
        places.append(self._age_positions(ages, pointer.dtype).repeat_interleave(n_splits, 0))
        return torch.cat(tokens), torch.cat(places), n_maps, n_pointers * n_splits

    def _age_positions(self, ages: Tensor, dtype: Any) -> Tensor:
        """Return (pointers, n, channels) of how many frames ago (pointers, n) each pointer was made."""
        model = self.model
        if not model.config.enable_temporal_pos_encoding_for_object_pointers:
            return ages.new_zeros((*ages.shape, model.mem_dim), dtype=dtype)
        from transformers.models.sam2_video.modeling_sam2_video import get_1d_sine_pe

        sine = get_1d_sine_pe((ages / self._n_pointers).flatten(), dim=model.hidden_dim).to(dtype)
        projected: Tensor = model.temporal_positional_encoding_projection_layer(sine)
        return projected.reshape(*ages.shape, model.mem_dim)

    def _segment(self, ids: Sequence[int], picture: Tensor, corners: Tensor | None) -> Output:
        """Return the masks of (n,) objects from their (n, channels, h, w) features, with (n, 4) boxes or without."""
        import torch

        model, config, n = self.model, self.model.config, len(picture)
        n_points = 0 if corners is None else 2
        if corners is None:  # SAM2 pads with a point that is none
            points, labels = picture.new_zeros((n, 1, 1, 2)), torch.full((n, 1, 1), -1, dtype=torch.int32, device=picture.device)
        else:
            points = corners.reshape(n, 1, 2, 2).to(picture.device)
            labels = torch.tensor([[_BOX_LABELS]], dtype=torch.int32, device=picture.device).expand(n, -1, -1)
        several = config.multimask_output_in_sam and config.multimask_min_pt_num <= n_points <= config.multimask_max_pt_num
        several = several and (corners is not None or config.multimask_output_for_tracking)
        sparse, dense = model.prompt_encoder(input_points=points, input_labels=labels, input_boxes=None, input_masks=None)
        fine = [self._as_picture(self._each(part, ids), level) for level, part in enumerate(self._seen().maps[:-1])]
        masks, quality, tokens, score = model.mask_decoder(
            image_embeddings=picture,
            image_positional_embeddings=model.get_image_wide_positional_embeddings().expand(n, -1, -1, -1),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=several,
            high_resolution_features=fine,
        )
        row = torch.arange(n, device=picture.device)
        best = quality[:, 0].argmax(-1) if several else torch.zeros_like(row)
        token = tokens[row, 0, best] if several and tokens.shape[2] > 1 else tokens[:, 0, 0]
        score = score.reshape(n)
        pointer = model.object_pointer_proj(token)
        pointer = torch.where((score > 0)[:, None], pointer, model.no_object_pointer)
        return Output(masks[row, 0, best], score, pointer)

    def remember(self) -> None:
        """Keep the memories of this frame; ``look`` does so by itself."""
        for prompted in (True, False):
            waiting = [object_id for object_id, pending in self._pending.items() if pending.prompted == prompted]
            # transformers' squeezing of EdgeTAM works for one mask at a time only
            for ids in _chunks(waiting, 1 if self._squeezes else self.batch):
                # taken out only when done, so that nothing is lost or done twice when memory runs out on the way
                features = self._encode(ids, prompted)
                for object_id, tokens in zip(ids, features, strict=True):
                    self._keep(object_id, _Memory(self._frame, self._pending.pop(object_id).pointer, tokens), prompted)

    def _encode(self, ids: Sequence[int], prompted: bool) -> list[Tensor]:
        """Return (tokens, channels) to remember each mask by."""
        import torch
        from torch.nn import functional as F

        side, pending = self.model.image_size, [self._pending[object_id] for object_id in ids]
        masks = torch.stack([known.logits for known in pending])[:, None]
        large = F.interpolate(masks.float(), size=(side, side), mode="bilinear", align_corners=False).to(masks.dtype)
        features, position = self.model._encode_new_memory(
            current_vision_feats=self._each(self._seen().maps[-1], ids),
            pred_masks_high_res=large,
            object_score_logits=torch.stack([known.score for known in pending]).reshape(-1, 1, 1),
            is_mask_from_pts=prompted,
        )
        if not self._squeezes:  # (tokens, n, channels), where EdgeTAM gives (n, tokens, channels)
            features, position = features.transpose(0, 1), position.transpose(0, 1)
        if self._position is None:
            # where in the picture each token is: the same for every object and frame
            self._position = position.reshape(-1, *position.shape[-2:])[0].detach().clone()
        # each its own storage: a slice would keep the whole batch alive
        return [part.clone() for part in features]

    def _keep(self, object_id: int, memory: _Memory, prompted: bool) -> None:
        known = self._objects[object_id]
        if prompted:
            if known.prompted and known.prompted[-1].frame == memory.frame:
                known.prompted.pop()
            known.prompted.append(memory)
            del known.prompted[1 : len(known.prompted) - self.max_prompted + 1]
            del known.prompted[self.max_prompted :]
            return
        known.recent.append(memory)
        # by the next frame, which looks back on this one as 1 frame ago
        known.recent = [old for old in known.recent if self._frame + 1 - old.frame <= self._n_pointers]
        for old in known.recent:
            if self._frame + 1 - old.frame > self._n_maps:
                old.features = None


def _chunks(items: Sequence[int], size: int) -> list[Sequence[int]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _join(parts: Sequence[Output]) -> Output:
    import torch

    return Output(torch.cat([part.raw for part in parts]), torch.cat([part.score for part in parts]), torch.cat([part.pointer for part in parts]))
