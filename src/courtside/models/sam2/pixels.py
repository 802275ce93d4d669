"""Pictures as SAM2 takes them: square, RGB, normalised; transformers' own processor needs torchvision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from courtside.types import Image

if TYPE_CHECKING:
    from torch import Tensor

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def squared(image: Image, side: int) -> Image:
    """Return the picture scaled to ``side`` x ``side``, whatever its shape."""
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def normalised(images: npt.NDArray[np.uint8], device: str = "cpu") -> Tensor:
    """Turn (n, s, s, 3) BGR into (n, 3, s, s) floats; bytes are what travels to the device."""
    import torch

    pixels = torch.from_numpy(np.ascontiguousarray(images)).to(device).permute(0, 3, 1, 2).flip(1).float() / 255
    mean, std = (torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (_MEAN, _STD))
    return (pixels - mean) / std
