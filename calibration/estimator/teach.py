"""Teach the network on all people but one fold, and let it look at that fold. Needs PyTorch."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.estimator.augment import Chance, recolour, warp
from calibration.estimator.dataset import Data, folds_of
from calibration.estimator.network import Network, predict, soft_argmax, standard
from calibration.estimator.squares import core
from posturecam.body import Array
from posturecam.measures.estimator.places import TWIN

SQUARES = (0, 0, 0, 1, 1, 2)
"""How often the squares are shown: the pelvis is the hardest, the head the easiest."""

_BETA = 0.02
_INSIDE = 0.97


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast; one epoch shows each photo three times (half of SQUARES)."""

    epochs: int = 300
    batch: int = 96
    rate: float = 3e-3
    seed: int = 7
    warm_up: int = 3000

    def rate_at(self, done: float, shown: int) -> float:
        """Give the learning rate after ``done`` 0…1 of the time and so many squares: a short ramp, then a cosine."""
        return self.rate * min(1.0, shown / self.warm_up) * (0.5 + 0.5 * float(np.cos(np.pi * done))) + 1e-5


@dataclass(slots=True)
class Average:
    """The mean of the weights over the second half of the time, which is what is kept."""

    kept: dict[str, Tensor] = field(default_factory=dict)

    @torch.no_grad()
    def add(self, network: nn.Module) -> None:
        """Take the present weights in."""
        for name, now in network.state_dict().items():
            if name not in self.kept or not now.dtype.is_floating_point:
                self.kept[name] = now.clone()
            else:
                self.kept[name].lerp_(now, 0.01)


def loss_of(maps: Tensor, places: Tensor) -> Tensor:
    """Distance of the places found from the true ones (N, 29, 2), and of the height differences of the pairs."""
    found, _ = soft_argmax(maps)
    inside = (places.abs().amax(-1) < _INSIDE).float()
    each = functional.smooth_l1_loss(found, places, reduction="none", beta=_BETA).mean(-1)
    both = inside[:, :TWIN] * inside[:, TWIN : 2 * TWIN]
    rises = [where[:, :TWIN, 1] - where[:, TWIN : 2 * TWIN, 1] for where in (found, places)]
    pairs = functional.smooth_l1_loss(*rises, reduction="none", beta=_BETA)
    return (each * inside).sum() / inside.sum().clamp_min(1) + (pairs * both).sum() / both.sum().clamp_min(1)


def teach(data: Data, use: Array, schedule: Schedule, start: Network | None = None) -> Network:
    """Teach a new network, or a copy of ``start`` further, on the photos ``use`` (rows of the data)."""
    torch.manual_seed(schedule.seed)
    rng, chance = np.random.default_rng(schedule.seed), Chance.seeded(schedule.seed)
    network = (Network() if start is None else deepcopy(start)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), schedule.rate, weight_decay=1e-2)
    average, shown = Average(), 0
    for epoch in range(schedule.epochs):
        network.train()
        picks = _picks(rng, use)
        losses = []
        for first in range(0, len(picks) - schedule.batch + 1, schedule.batch):
            done, shown = (epoch + first / len(picks)) / schedule.epochs, shown + schedule.batch
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate_at(done, shown)
            batch = _batch(data, picks[first : first + schedule.batch], rng, chance)
            losses.append(_step(network, optimizer, *batch))
            if done >= 0.5:
                average.add(network)
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    network.load_state_dict(average.kept)
    return network


def _picks(rng: np.random.Generator, use: Array) -> Array:
    """(P, 2) photo and square, in random order, half of all."""
    picks = np.stack(np.meshgrid(use, SQUARES), -1).reshape(-1, 2)
    rng.shuffle(picks)
    return picks[: len(picks) // 2]


def _batch(data: Data, picks: Array, rng: np.random.Generator, chance: Chance) -> tuple[Tensor, Tensor]:
    """Take random versions of these squares, turned and recoloured, with their true places."""
    photo, square = picks.T
    version = rng.integers(0, data.squares.shape[1], len(picks))
    pixels = np.ascontiguousarray(data.squares[photo, version, square].transpose(0, 3, 1, 2))
    places = torch.from_numpy(data.places[photo, square].astype(np.float32))
    turned, moved = warp(torch.from_numpy(pixels).float(), places, chance)
    return standard(recolour(turned, chance)), moved


def _step(network: Network, optimizer: torch.optim.Optimizer, squares: Tensor, places: Tensor) -> float:
    with torch.autocast("cpu", torch.bfloat16):
        maps = network(squares.contiguous(memory_format=torch.channels_last))
    loss = loss_of(maps, places)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.item())


def teach_folds(
    data: Data, folds: int, schedule: Schedule, starts: Sequence[Network] = (), kept: Path | None = None
) -> tuple[list[Network], Array]:
    """Teach one network for each fold left out; (N, V, 3, 29, 4) what it sees of the people it never saw.

    ``starts`` are networks taught before, one for each fold, which never saw that fold's people either. In the folder
    ``kept`` each network is kept once it is taught, and read again.
    """
    fold = folds_of(data.names, folds)
    networks: list[Network] = []
    for number in range(folds):
        print(f"fold {number + 1} of {folds}: {(fold == number).sum()} people left out", flush=True)
        seed = schedule.seed + 100 * number
        one = Schedule(schedule.epochs, schedule.batch, schedule.rate, seed, schedule.warm_up)
        start, path = deepcopy(starts[number]) if starts else Network(), (kept or Path()) / f"network_{number}.pt"
        if kept is not None and path.exists():
            start.load_state_dict(torch.load(path))
            networks.append(start)
        else:
            networks.append(teach(data, np.where(fold != number)[0], one, start if starts else None))
            if kept is not None:
                torch.save(networks[-1].state_dict(), path)
    return networks, seen_left_out(data, networks)


def seen_left_out(data: Data, networks: Sequence[Network]) -> Array:
    """(N, V, 3, 29, 4) what each network sees of the people that it never saw: those of the fold of its number."""
    fold = folds_of(data.names, len(networks))
    seen = np.zeros((*data.squares.shape[:3], data.places.shape[2], 4))
    for number, network in enumerate(networks):
        seen[fold == number] = predict(network, core(data.squares[fold == number]))
    return seen
