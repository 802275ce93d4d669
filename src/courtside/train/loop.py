"""What every fitting shares: a time budget instead of a step count, because a laptop's speed is not known; an averaged model; checkpoints to go on from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

Say = Callable[[str], None]


class Loop:
    """A network with its average and optimiser, trained for ``minutes`` over as many sittings as it takes.

    ``folder/checkpoint.pt`` is written aside and renamed; a loop made with the same folder goes on where it ends.

    Args:
        network: what to train.
        average: another of the same shape; it becomes the mean of the network over its last steps.
        optimiser: over the network's weights; the learning rate of each group is taken for its highest.
        folder: for the checkpoint.
        minutes: the budget, all sittings together.
        say: told what happens.
    """

    def __init__(self, network: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer, folder: Path, minutes: float, say: Say) -> None:
        self.network, self.average, self._optimiser, self._say = network, average, optimiser, say
        average.load_state_dict(network.state_dict())
        self._rates = [group["lr"] for group in optimiser.param_groups]
        self._checkpoint, self._budget_s = folder / "checkpoint.pt", minutes * 60
        self.step, self._spent_s = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if self._checkpoint.is_file():
            state = torch.load(self._checkpoint, weights_only=True)
            network.load_state_dict(state["network"])
            average.load_state_dict(state["average"])
            optimiser.load_state_dict(state["optimiser"])
            self.step, self._spent_s = state["step"], state["spent_s"]
            say(f"going on at step {self.step}, {self._spent_s / 60:.0f} of {minutes:.0f} minutes spent")

    def save(self) -> None:
        """Write the checkpoint."""
        aside = self._checkpoint.with_suffix(".part")
        state = {"network": self.network.state_dict(), "average": self.average.state_dict(), "optimiser": self._optimiser.state_dict()}
        torch.save({**state, "step": self.step, "spent_s": self._spent_s}, aside)
        aside.replace(self._checkpoint)

    def run(self, report: Callable[[], None], save_every_s: float = 300.0) -> Iterator[float]:
        """Yield the spent share (0-1) of the budget before each step until it is used up; saves and reports on the way and at the end."""
        began = time.monotonic() - self._spent_s
        last_save = time.monotonic()
        while (spent_s := time.monotonic() - began) < self._budget_s:
            self._spent_s = spent_s
            share = spent_s / self._budget_s
            for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
                group["lr"] = rate * min(1.0, (self.step + 1) / 200) * (0.5 * (1 + math.cos(math.pi * share)) + 0.005)
            yield share
            if time.monotonic() - last_save > save_every_s:
                self.save()
                report()
                last_save = time.monotonic()
        self.save()
        report()

    def learn(self, parts: dict[str, Tensor]) -> None:
        """Take one step down the sum of the loss's ``parts``."""
        total: Tensor = torch.stack(list(parts.values())).sum()
        self._optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]  # untyped in torch's stub
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self._optimiser.step()
        self.step += 1
        self._average(min(0.9985, (1 + self.step) / (10 + self.step)))
        if self.step % 50 == 0:
            figures = "  ".join(f"{name} {part.item():.3f}" for name, part in parts.items())
            self._say(f"step {self.step}  {self._spent_s / 60:.1f}/{self._budget_s / 60:.0f} min  {figures}")

    @torch.no_grad()
    def _average(self, decay: float) -> None:
        for mean, value in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - decay)
            else:
                mean.copy_(value)
