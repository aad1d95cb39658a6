"""What happens to a square each time that it is learned from: turned, sheared and mirrored, recoloured and spoilt.

The true places are turned along, so every tilt is seen equally often, whatever the people stood like. Needs PyTorch.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from calibration.estimator.network import FLIP, TWIN_ROWS
from calibration.estimator.squares import MARGIN
from posturecam.measures.estimator.patches import SIDE_PX

MOST_TURN_DEG = 9.0
_HOLE_PX = (8, 36)


@dataclass(frozen=True, slots=True)
class Chance:
    """A generator and the draws that are needed of it."""

    generator: torch.Generator
    noise: Tensor

    @classmethod
    def seeded(cls, seed: int) -> "Chance":
        """Start from a seed; noise is sliced from a bank because drawing it anew costs more than the network."""
        bank = torch.randn(2_000_003, generator=torch.Generator().manual_seed(9))
        return cls(torch.Generator().manual_seed(seed), bank)

    def even(self, *shape: int) -> Tensor:
        """Draw evenly from 0…1."""
        return torch.rand(*shape, generator=self.generator)

    def normal(self, *shape: int) -> Tensor:
        """Draw from the normal distribution."""
        return torch.randn(*shape, generator=self.generator)

    def some(self, count: int, share: float) -> Tensor:
        """Pick about this share of so many."""
        return torch.nonzero(self.even(count) < share)[:, 0]


def warp(squares: Tensor, places: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
    """Turn, shear, scale, shift and mirror: squares (N, 3, 152, 152) → (N, 3, 112, 112), places (N, 29, 2) along."""
    count = len(squares)
    there, shift, flip = _maps(count, chance)
    moved = torch.einsum("nij,nkj->nki", torch.linalg.inv(there), places - shift[:, None])
    moved = torch.where(flip[:, None, None], moved[:, TWIN_ROWS], moved)
    theta = torch.cat([there, shift[..., None]], -1) / MARGIN
    grid = functional.affine_grid(theta, [count, 3, SIDE_PX, SIDE_PX], align_corners=False)
    return functional.grid_sample(squares, grid, mode="bilinear", padding_mode="border", align_corners=False), moved


def _maps(count: int, chance: Chance) -> tuple[Tensor, Tensor, Tensor]:
    """(N, 2, 2) and (N, 2) the random maps from the new square to the old one, and (N,) whether it is mirrored."""
    angle = torch.deg2rad((chance.even(count) * 2 - 1) * MOST_TURN_DEG)
    shear = torch.tan(torch.deg2rad((chance.normal(count) * 2.5).clamp(-6, 6)))
    cos, sin = torch.cos(angle), torch.sin(angle)
    size, aspect = torch.exp(chance.normal(count) * 0.08), torch.exp(chance.normal(count) * 0.04)
    shift = chance.normal(count, 2) * 0.06
    rows = [torch.stack([cos - sin * shear, -sin], -1), torch.stack([sin + cos * shear, cos], -1)]
    there = torch.stack(rows, -2) * size[:, None, None] * torch.stack([aspect, 1 / aspect], -1)[:, None, :]
    flip = chance.even(count) < 0.5
    return torch.where(flip[:, None, None], there * FLIP, there), shift, flip


def recolour(squares: Tensor, chance: Chance) -> Tensor:
    """Give squares (N, 3, s, s), 0…255, other colours, light and sharpness, noise and holes."""
    out = _mixed(squares, chance)
    _relight(out, chance)
    _blur(out, chance)
    _outline(out, chance)
    _spoil(out, chance)
    return out * 255


def _mixed(squares: Tensor, chance: Chance) -> Tensor:
    """Mix the channels, a quarter of them to grey, a few negative, and stretch them to 0…1."""
    count, _, side, _ = squares.shape
    mix = torch.eye(3) * (1 - 0.7 * chance.even(count, 1, 1)) + chance.normal(count, 3, 3) * 0.25
    mix = torch.where((chance.even(count) < 0.25)[:, None, None], torch.full((3, 3), 1 / 3.0), mix)
    mix = torch.where((chance.even(count) < 0.35)[:, None, None], torch.eye(3).expand(count, 3, 3), mix)
    sign = torch.where(chance.even(count, 1, 1) < 0.06, -1.0, 1.0)
    out = torch.bmm(mix * sign, squares.reshape(count, 3, -1)).reshape(count, 3, side, side)
    low, high = out.amin((1, 2, 3), keepdim=True), out.amax((1, 2, 3), keepdim=True)
    return ((out - low) / (high - low + 0.3)).clamp(1e-4, 1)


def _relight(out: Tensor, chance: Chance) -> None:
    """Bend the contrast of a half, shade two fifths from one side, posterise a few."""
    count, ramp = len(out), torch.linspace(-1, 1, out.shape[-1])
    bent = chance.some(count, 0.5)
    out[bent] = out[bent] ** torch.exp(chance.normal(len(bent), 1, 1, 1) * 0.4)
    lit = chance.some(count, 0.4)
    across, down = (chance.normal(len(lit), 1, 1, 1) * 0.3 for _ in range(2))
    out[lit] = out[lit] * torch.exp(across * ramp) * torch.exp(down * ramp[:, None])
    coarse = chance.some(count, 0.08)
    out[coarse] = torch.round(out[coarse] * 5) / 5


def _blur(out: Tensor, chance: Chance) -> None:
    """Blur a fifth."""
    soft = chance.some(len(out), 0.2)
    if len(soft):
        once = functional.avg_pool2d(out[soft], 3, 1, 1, count_include_pad=False)
        out[soft] = functional.avg_pool2d(once, 3, 1, 1, count_include_pad=False)


def _outline(out: Tensor, chance: Chance) -> None:
    """Leave nothing but contours of a few."""
    drawn = chance.some(len(out), 0.06)
    kept = out[drawn]
    out[drawn] = 4 * ((kept - torch.roll(kept, 1, -1)).abs() + (kept - torch.roll(kept, 1, -2)).abs())


def _spoil(out: Tensor, chance: Chance) -> None:
    """Add noise to two fifths and cover a rectangle of three tenths."""
    count, _, side, _ = out.shape
    pixels = 3 * side * side
    for row in chance.some(count, 0.4):
        first = int(chance.even(1) * (len(chance.noise) - pixels))
        grain = chance.noise[first : first + pixels].reshape(3, side, side)
        out[row].add_(grain, alpha=float(0.06 * chance.even(1)))
    least, more = _HOLE_PX
    for row in chance.some(count, 0.3):
        width, height = (int(least + size * more) for size in chance.even(2))
        top, left = (int(at * (side - least - more - 2)) for at in chance.even(2))
        out[row, :, top : top + height, left : left + width] = chance.even(3, 1, 1)
