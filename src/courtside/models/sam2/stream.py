"""``Segmenter`` over a loaded model: pictures and boxes in, masks as arrays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError
from courtside.models.research.batches import is_out_of_memory
from courtside.models.research.placement import Placement
from courtside.models.sam2.load import load
from courtside.models.sam2.pixels import normalised, squared
from courtside.models.sam2.propagate import Output, Propagator
from courtside.types import Image, Segments

_T = TypeVar("_T")


def _quiet(_: str) -> None:
    """Tell nobody."""


class Sam2Stream:
    """Follows masks with a SAM2 or EdgeTAM video model; see ``Segmenter``.

    When memory runs out, people are worked on half as many at once from then on, and ``say`` is told.

    Args:
        network: a ``Sam2VideoModel`` or ``EdgeTamVideoModel``, already in place.
        placement: where that is, and how precisely to compute.
        compiled: compile the image encoder: a minute at the first frame, quicker ones afterwards.
        max_prompted: see ``Propagator``.
        batch: objects worked on at once.
        say: told one line when something had to be changed.
    """

    def __init__(
        self,
        network: Any,
        placement: Placement = Placement(),  # noqa: B008  # frozen, so it may be shared
        *,
        compiled: bool = False,
        max_prompted: int = 2,
        batch: int = 64,
        say: Callable[[str], None] = _quiet,
    ) -> None:
        self.placement, self._say = placement, say
        self.propagator = Propagator(network, max_prompted, batch)
        self._device = str(placement.torch_device())
        self._side = int(network.config.image_size)
        self._size = (1, 1)
        if compiled:
            import torch

            network.vision_encoder = torch.compile(network.vision_encoder)

    @classmethod
    def load(cls, model: str, placement: Placement, *, compiled: bool = False, say: Callable[[str], None] = _quiet) -> Sam2Stream:
        """Load ``model`` and make a stream of it; see ``courtside.models.sam2.load``, for its errors too."""
        return cls(load(model, placement), placement, compiled=compiled, say=say)

    def look(self, image: Image) -> None:
        """See ``Segmenter.look``."""
        self._size = (image.shape[1], image.shape[0])
        with self.placement.running():
            pixels = normalised(squared(image, self._side)[None], self._device)
            self._bounded(self.propagator.remember)
            self.propagator.look(self._bounded(lambda: self.propagator.encode(pixels)))

    def follow(self) -> Segments:
        """See ``Segmenter.follow``."""
        with self.placement.running():
            ids, output = self._bounded(self.propagator.follow)
            return _segments(ids, output)

    def prompt(self, ids: Sequence[int], xyxy: npt.NDArray[np.number]) -> Segments:
        """See ``Segmenter.prompt``."""
        import torch

        scale = np.tile([self._side / self._size[0], self._side / self._size[1]], 2)
        boxes = torch.from_numpy(np.asarray(xyxy * scale, np.float32).reshape(-1, 4)).to(self._device)
        with self.placement.running():
            return _segments(tuple(ids), self._bounded(lambda: self.propagator.prompt(ids, boxes)))

    def remove(self, ids: Sequence[int]) -> None:
        """See ``Segmenter.remove``."""
        self.propagator.remove(ids)

    def clear(self) -> None:
        """See ``Segmenter.clear``."""
        self.propagator.clear()

    def _bounded(self, work: Callable[[], _T]) -> _T:
        """Do ``work``, with half as many objects at once as often as memory runs out."""
        while True:
            try:
                return work()
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                at_once = min(self.propagator.batch, max(1, len(self.propagator.ids)))
                if at_once == 1:
                    raise ModelError(f"masks: out of memory on {self._device}; use a smaller model (tracker.model=tiny) or compute.device=cpu") from error
            # only here, after the error and with it the tensors in its frames are gone
            self.propagator.batch = at_once // 2
            if self._device.startswith("cuda"):
                import torch

                torch.cuda.empty_cache()
            self._say(f"masks: out of memory on {self._device} with {at_once} people at once; going on with {self.propagator.batch}")


def _segments(ids: Sequence[int], output: Output) -> Segments:
    return Segments(tuple(ids), output.logits.float().cpu().numpy(), output.score.float().cpu().numpy())
