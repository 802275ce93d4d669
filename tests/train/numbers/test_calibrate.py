from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from courtside.train.numbers.calibrate import best_temperature, calibrate
from courtside.train.numbers.network import NumberNetwork


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_logits_scaled_up_are_scaled_back(scale: float) -> None:
    torch.manual_seed(0)
    honest = 2 * torch.randn(4000, 5)
    classes = torch.distributions.Categorical(logits=honest).sample()
    assert best_temperature([honest * scale], [classes]) == pytest.approx(scale, rel=0.12)


def test_nothing_to_go_by_changes_nothing() -> None:
    assert best_temperature([torch.zeros(0, 3)], [torch.zeros(0, dtype=torch.long)]) == 1.0
    assert calibrate(NumberNetwork(), []) == (1.0, 1.0)
