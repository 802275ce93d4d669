"""Court key points by a ViTPose checkpoint of the transformers library, from a folder or the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError
from courtside.models.research.court_landmarks import in_our_order, landmark_ids
from courtside.models.research.placement import Placement, whole
from courtside.types import Image

Floats = npt.NDArray[np.float32]


class VitPoseCourt:
    """``CourtModel`` over ``VitPoseForPoseEstimation``, shown the whole picture as its box. It knows landmarks only, no painted lines.

    A landmark's confidence is the peak of its heat map.

    Args:
        model: a folder with config.json and weights, or an id on the Hugging Face hub.
        landmarks: the model's points -> ours, see ``landmark_ids``.
        device: see ``Placement``, as ``precision`` and ``offline``.
        precision: see ``Placement``.
        offline: see ``Placement``.
    """

    def __init__(
        self, model: str | None = None, landmarks: Mapping[str, str] | None = None, device: str = "auto", precision: str = "auto", offline: bool = False
    ) -> None:
        self.model, self.landmarks, self._placement = model, landmarks, Placement(device, precision, offline)

    @cached_property
    def _network(self) -> Any:
        if self.model is None:
            raise ModelError("which model? Set court.model to a folder or to an id on the Hugging Face hub")
        device = self._placement.torch_device()

        def load(source: str, **options: Any) -> Any:
            from transformers import VitPoseForPoseEstimation

            return whole(VitPoseForPoseEstimation.from_pretrained(source, output_loading_info=True, **options), source)

        return self._placement.load(self.model, "court.model", load, kinds=("vitpose",)).eval().to(device)

    @cached_property
    def _ids(self) -> npt.NDArray[np.int64]:
        labels = self._network.config.id2label
        return landmark_ids([labels[i] for i in sorted(labels)], self.landmarks, str(self.model))

    @cached_property
    def _processor(self) -> Any:
        from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil

        height, width = self._network.config.backbone_config.image_size
        given = self._placement.document(str(self.model), "preprocessor_config.json") or {}
        wanted = {name: given[name] for name in ("do_normalize", "image_mean", "image_std", "do_rescale", "rescale_factor") if name in given}
        return VitPoseImageProcessorPil(size={"height": height, "width": width}, **wanted)

    def see(self, images: Sequence[Image]) -> list[tuple[Floats, Floats, Floats]]:
        """See ``CourtModel.see``."""
        if not images:
            return []
        import torch

        ids, network, processor = self._ids, self._network, self._processor
        boxes = [[[0.0, 0.0, float(image.shape[1]), float(image.shape[0])]] for image in images]  # left, top, width, height
        prepared = processor([np.ascontiguousarray(image[:, :, ::-1]) for image in images], boxes=boxes, input_data_format="channels_last", return_tensors="pt")
        pixels = prepared["pixel_values"].float().to(self._placement.torch_device())
        # of a mixture of experts, each for a data set of its own, the first is asked
        expert = {"dataset_index": torch.zeros(len(images), dtype=torch.int64, device=pixels.device)} if network.config.backbone_config.num_experts > 1 else {}
        with self._placement.running():
            out = network(pixels, **expert)
        out.heatmaps = out.heatmaps.float()
        found = []
        for (court,) in processor.post_process_pose_estimation(out, boxes=boxes):
            points, sure, paint = in_our_order(ids, court["keypoints"].numpy(), court["scores"].numpy().clip(0, 1))
            found.append((points, sure, paint))
        return found
