"""The network of models/near_places.onnx, and how it is taught. Needs PyTorch.

It is the estimator's network (calibration/estimator/network.py) with nine heat maps, and starts from its weights.
"""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.estimator.augment import Chance, recolour
from calibration.estimator.network import FINE, Network, soft_argmax, standard
from calibration.estimator.teach import Average
from calibration.side_eyes.near_squares import MARGIN, WIDE_PX, NearData
from posturecam.body import Array
from posturecam.measures.estimator.near_places import C7, EAR, EYE, NEAR_PLACES, SHOULDER
from posturecam.measures.estimator.patches import SIDE_PX
from posturecam.measures.estimator.place_network import GRID
from posturecam.picture.photo import Pixels

MOST_TURN_DEG = 10.0
MOST_CARRIED = 0.35
"""How far the head is carried forward or back, at most, as a part of the ear's height over the shoulder."""

ENDS = ((EAR, EAR, EYE, SHOULDER), (SHOULDER, C7, EAR, C7))
"""The lines whose direction is a measure: their ends must be off together, if at all."""

SHARP, HUMP = 0.03, 2.4 / GRID
"""How much it counts that a heat map has one narrow hump, and its standard deviation in half-widths: so the places are
learned from fewer squares than by their mean alone."""

_BETA, _INSIDE = 0.02, 0.97


def near_network(start: Network) -> Network:
    """Give a network with nine heat maps whose other weights are those of ``start``."""
    network = deepcopy(start)
    network.out = nn.Conv2d(FINE, len(NEAR_PLACES), 1)
    return network


@dataclass(frozen=True, slots=True)
class NearSchedule:
    """How long and how fast; an epoch shows each photo ``times`` times."""

    epochs: int = 40
    times: int = 6
    batch: int = 48
    rate: float = 2.5e-3
    seed: int = 17
    warm_up: int = 1000

    def rate_at(self, done: float, shown: int) -> float:
        """Give the learning rate after ``done`` 0…1 of the time and so many squares."""
        return self.rate * min(1.0, shown / self.warm_up) * (0.5 + 0.5 * float(np.cos(np.pi * done))) + 1e-5


def teach_near(data: NearData, use: Array, schedule: NearSchedule, start: Network) -> Network:
    """Teach a copy of ``start``, which has nine heat maps, on the photos ``use`` (rows of the data)."""
    torch.manual_seed(schedule.seed)
    rng, chance = np.random.default_rng(schedule.seed), Chance.seeded(schedule.seed)
    network = deepcopy(start).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), schedule.rate, weight_decay=1e-2)
    average, shown = Average(), 0
    for epoch in range(schedule.epochs):
        network.train()
        picks = np.tile(use, schedule.times)
        rng.shuffle(picks)
        losses = []
        for first in range(0, len(picks) - schedule.batch + 1, schedule.batch):
            done, shown = (epoch + first / len(picks)) / schedule.epochs, shown + schedule.batch
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate_at(done, shown)
            rows = picks[first : first + schedule.batch]
            pixels = torch.from_numpy(np.ascontiguousarray(data.squares[rows].transpose(0, 3, 1, 2))).float()
            places = torch.from_numpy(data.places[rows].astype(np.float32))
            turned, moved = warp_near(pixels, places, chance)
            losses.append(_step(network, optimizer, standard(recolour(turned, chance)), moved))
            if done >= 0.5:
                average.add(network)
        if epoch % 5 == 4:
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    network.load_state_dict(average.kept)
    return network


def _step(network: Network, optimizer: torch.optim.Optimizer, squares: Tensor, places: Tensor) -> float:
    maps = network(squares.contiguous(memory_format=torch.channels_last))
    found, _ = soft_argmax(maps)
    inside = (places.abs().amax(-1) < _INSIDE).float()
    each = functional.smooth_l1_loss(found, places, reduction="none", beta=_BETA).mean(-1)
    lines = [where[:, ENDS[0]] - where[:, ENDS[1]] for where in (found, places)]
    both = inside[:, ENDS[0]] * inside[:, ENDS[1]]
    along = functional.smooth_l1_loss(*lines, reduction="none", beta=_BETA).mean(-1)
    loss = SHARP * sharpness(maps, places, inside)
    loss = loss + (each * inside).sum() / inside.sum().clamp_min(1) + (along * both).sum() / both.sum().clamp_min(1)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.item())


def sharpness(maps: Tensor, places: Tensor, inside: Tensor) -> Tensor:
    """Cross entropy of heat maps (N, 9, 28, 28) against a hump of one cell's width at the true place."""
    grid = (torch.arange(GRID) + 0.5) / GRID * 2 - 1
    far_x, far_y = ((grid - places[..., axis, None]) ** 2 for axis in (0, 1))
    hump = torch.softmax((-(far_y[..., :, None] + far_x[..., None, :]) / (2 * HUMP**2)).flatten(2), -1)
    each = -(hump * torch.log_softmax(maps.flatten(2), -1)).sum(-1)
    return (each * inside).sum() / inside.sum().clamp_min(1)


def warp_near(squares: Tensor, places: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
    """Turn, shear, scale and shift, and carry the head: (N, 3, 168, 168) → (N, 3, 112, 112), places (N, 9, 2) along."""
    count = len(squares)
    there, shift = _maps(count, chance)
    carried, moved = _carried(places, chance)
    inverse = torch.linalg.inv(there)
    moved = torch.einsum("nij,nkj->nki", inverse, moved - shift[:, None])
    theta = torch.cat([there, shift[..., None]], -1)
    grid = functional.affine_grid(theta, [count, 3, SIDE_PX, SIDE_PX], align_corners=False)
    grid = torch.stack([grid[..., 0] - carried(grid[..., 1]), grid[..., 1]], -1) / MARGIN
    return functional.grid_sample(squares, grid, mode="bilinear", padding_mode="border", align_corners=False), moved


def _maps(count: int, chance: Chance) -> tuple[Tensor, Tensor]:
    """(N, 2, 2) and (N, 2) the random maps from the new square to the old one."""
    angle = torch.deg2rad((chance.even(count) * 2 - 1) * MOST_TURN_DEG)
    shear = torch.tan(torch.deg2rad((chance.normal(count) * 3.0).clamp(-7, 7)))
    cos, sin = torch.cos(angle), torch.sin(angle)
    size, aspect = torch.exp((chance.normal(count) * 0.09).clamp(-0.2, 0.2)), torch.exp(chance.normal(count) * 0.04)
    shift = (chance.normal(count, 2) * 0.09).clamp(-0.25, 0.25)
    rows = [torch.stack([cos - sin * shear, -sin], -1), torch.stack([sin + cos * shear, cos], -1)]
    there = torch.stack(rows, -2) * size[:, None, None] * torch.stack([aspect, 1 / aspect], -1)[:, None, :]
    return there, shift


def _carried(places: Tensor, chance: Chance):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Give how far forward rows of the old square are carried, and the places carried along.

    The head goes forward or back over shoulders that stay: nothing below the shoulder moves, everything from the ear's
    height up moves as one, the neck smoothly between.
    """
    count = len(places)
    low = places[:, SHOULDER, 1] - 0.15 * chance.even(count)
    rise = (low - places[:, 0, 1]).clamp_min(0.1)
    most = (chance.even(count) * 2 - 1) * MOST_CARRIED * (chance.even(count) < 0.6)

    def by(y: Tensor) -> Tensor:
        shape = (count,) + (1,) * (y.dim() - 1)
        part = ((low.reshape(shape) - y) / rise.reshape(shape)).clamp(0, 1)
        return (most * rise).reshape(shape) * part * part * (3 - 2 * part)

    return by, torch.stack([places[..., 0] + by(places[..., 1]), places[..., 1]], -1)


@torch.no_grad()
def seen_by(network: Network, squares: Pixels) -> Array:
    """(n, 9, 3) x, y and spread, half-widths, of squares (n, 112, 112, 3)."""
    network.eval()
    parts = []
    for first in range(0, len(squares), 64):
        part = np.ascontiguousarray(squares[first : first + 64].transpose(0, 3, 1, 2))
        places, spread = soft_argmax(network(standard(torch.from_numpy(part).float())))
        parts.append(torch.cat([places, spread[..., None]], -1).numpy())
    return np.concatenate(parts).astype(np.float64)


def core_near(wide: Pixels) -> Pixels:
    """(n, 112, 112, 3) the program's squares out of the wide ones."""
    edge = (WIDE_PX - SIDE_PX) // 2
    return wide[:, edge:-edge, edge:-edge]
