"""The network: a small residual net with three heads; a crop costs it about 80 million multiply-adds."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from courtside.models.numbers import CANVAS

_WIDTHS = (32, 48, 96, 160)


def _conv(n_in: int, n_out: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True))


class _Residual(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.first = _conv(n, n)
        self.second = nn.Sequential(nn.Conv2d(n, n, 3, 1, 1, bias=False), nn.BatchNorm2d(n))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class NumberNetwork(nn.Module):
    """Crop -> logits of tens (b, 11), units (b, 10) and state (b, 3). Input (b, 3, 44, 36) 0-255 BGR."""

    def __init__(self) -> None:
        super().__init__()
        w0, w1, w2, w3 = _WIDTHS
        self.body = nn.Sequential(
            _conv(3, w0),
            _conv(w0, w1, 2),
            _Residual(w1),
            _conv(w1, w2, 2),
            _Residual(w2),
            _Residual(w2),
            _conv(w2, w3, 2),
            _Residual(w3),
            _conv(w3, 40, kernel=1),
        )
        cells = (-(-CANVAS[0] // 8)) * (-(-CANVAS[1] // 8))
        # Where a digit stands is what tells tens from units, so the map is flattened, not pooled.
        self.join = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(40 * cells, 160), nn.ReLU(inplace=True), nn.Dropout(0.2))
        self.tens, self.units, self.state = nn.Linear(160, 11), nn.Linear(160, 10), nn.Linear(160, 3)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits."""
        x = self.join(self.body((crops.float() - 114) / 64))
        return self.tens(x), self.units(x), self.state(x)


class ExportedReader(nn.Module):
    """The network with what surrounds it at run time. Input (b, 44, 36, 3) uint8 BGR; outputs probabilities (b, 11), (b, 10), (b, 3).

    ``temperatures`` divide the logits of the digits and of the state, so that the probabilities can be taken at their word.
    """

    def __init__(self, network: NumberNetwork, temperatures: tuple[float, float] = (1.0, 1.0)) -> None:
        super().__init__()
        self.network, self.temperatures = network, temperatures

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the probabilities."""
        tens, units, state = self.network(crops.permute(0, 3, 1, 2))
        of_digits, of_state = self.temperatures
        return (tens.float() / of_digits).softmax(1), (units.float() / of_digits).softmax(1), (state.float() / of_state).softmax(1)
