"""The network both our detectors share: a small residual backbone and a top-down neck that ends at stride 4, fast on a CPU."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

N_FEATURES = 40


def conv(n_in: int, n_out: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    """Return a convolution with batch norm and ReLU."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True))


class _Residual(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.squeeze, self.expand = conv(n, n // 2, kernel=1), conv(n // 2, n)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.expand(self.squeeze(x))  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


def _stage(n_in: int, n_out: int, n_blocks: int) -> nn.Sequential:
    return nn.Sequential(conv(n_in, n_out, stride=2), *(_Residual(n_out) for _ in range(n_blocks)))


class Pyramid(nn.Module):
    """Picture -> features. Input (b, 3, h, w) 0-255 BGR with h and w multiples of 32; ``features`` gives (b, N_FEATURES, h/4, w/4)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv(3, 24, stride=2)
        self.stage4, self.stage8 = _stage(24, 40, 1), _stage(40, 96, 2)
        self.stage16, self.stage32 = _stage(96, 160, 3), _stage(160, 224, 3)
        self.lateral32, self.lateral16, self.fuse16 = conv(224, 160, kernel=1), conv(160, 160, kernel=1), conv(160, 96)
        self.lateral8, self.fuse8 = conv(96, 96, kernel=1), conv(96, N_FEATURES)
        self.lateral4, self.fuse4 = conv(40, N_FEATURES, kernel=1), conv(N_FEATURES, N_FEATURES)

    def features(self, images: Tensor) -> Tensor:
        """Return the features."""

        def double(x: Tensor) -> Tensor:
            return F.interpolate(x, scale_factor=2.0, mode="nearest")

        x4 = self.stage4(self.stem((images.float() - 114) / 64))
        x8 = self.stage8(x4)
        x16 = self.stage16(x8)
        x = self.fuse16(self.lateral16(x16) + double(self.lateral32(self.stage32(x16))))
        x = self.fuse8(self.lateral8(x8) + double(x))
        return self.fuse4(self.lateral4(x4) + double(x))  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped
