"""The network of models/places.onnx: heat maps of 29 places in one square. Needs PyTorch.

It sees the squares of pelvis, shoulder girdle and head in turn, with the same weights; three networks of other people
make one file.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from posturecam.body import Array
from posturecam.measures.estimator.patches import SIDE_PX
from posturecam.measures.estimator.place_network import GRID, TWINS
from posturecam.measures.estimator.places import PLACES
from posturecam.picture.photo import Pixels

WIDTHS = (16, 32, 64, 96)
FINE = 40
DROPPED = 0.1
TWIN_ROWS = torch.from_numpy(TWINS.copy())
FLIP = torch.tensor([-1.0, 1.0])


def block(before: int, after: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU."""
    convolution = nn.Conv2d(before, after, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class Network(nn.Module):
    """(N, 3, 112, 112) standardised squares → heat maps (N, 29, 28, 28), before the soft-max; 0.33 million weights."""

    def __init__(self) -> None:
        """Build the network with random weights."""
        super().__init__()
        a, b, c, d = WIDTHS
        self.one = block(3, a, 2, 5)
        self.two = nn.Sequential(block(a, b, 2), block(b, b))
        self.three = nn.Sequential(block(b, c, 2), block(c, c))
        self.four = nn.Sequential(block(c, d, 2), block(d, d), block(d, d))
        self.up4, self.up3, self.up2 = nn.Conv2d(d, FINE, 1), nn.Conv2d(c, FINE, 1), nn.Conv2d(b, FINE, 1)
        self.mix3, self.mix2 = block(FINE, FINE), block(FINE, FINE)
        self.drop = nn.Dropout2d(DROPPED)
        self.out = nn.Conv2d(FINE, PLACES, 1)

    def forward(self, squares: Tensor) -> Tensor:
        """Look at squares; see the class for the shapes."""
        second = self.two(self.one(squares))
        third = self.three(second)
        fourth = self.drop(self.four(third))
        mixed = self.mix3(self.up3(third) + _doubled(self.up4(fourth)))
        return self.out(self.mix2(self.up2(second) + _doubled(mixed)))


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


def soft_argmax(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Turn heat maps (N, K, 28, 28) into mean places (N, K, 2), −1…1, and their spread (N, K).

    The same as ``posturecam.measures.estimator.place_network.soft_argmax``, for gradients to pass through.
    """
    weight = torch.softmax(maps.float().flatten(2), -1).reshape(maps.shape)
    grid = (torch.arange(GRID) + 0.5) / GRID * 2 - 1
    along_x, along_y = weight.sum(2), weight.sum(3)
    x, y = along_x @ grid, along_y @ grid
    variance = (along_x @ grid**2 - x**2) + (along_y @ grid**2 - y**2)
    return torch.stack([x, y], -1), variance.clamp_min(1e-6).sqrt()


def standard(squares: Tensor) -> Tensor:
    """Squares (N, 3, h, w) with mean 0 and deviation 1, as ``as_blob`` in ``estimator.patches`` makes them."""
    centred = squares - squares.mean((1, 2, 3), keepdim=True)
    return centred / (centred.std((1, 2, 3), keepdim=True, unbiased=False) + 4.0)


def look(network: Network, squares: Tensor) -> Tensor:
    """(N, 29, 4) x, y, disagreement, spread, from standardised squares and their mirror images."""
    here, here_spread = soft_argmax(network(squares))
    there, there_spread = soft_argmax(network(squares.flip(-1)))
    there, there_spread = there[:, TWIN_ROWS] * FLIP, there_spread[:, TWIN_ROWS]
    apart = (here - there).abs().mean(-1, keepdim=True)
    return torch.cat([(here + there) / 2, apart, ((here_spread + there_spread) / 2)[..., None]], -1)


@torch.no_grad()
def predict(network: Network, squares: Pixels) -> Array:
    """(..., 29, 4) what the network sees in squares (..., 112, 112, 3)."""
    network.eval()
    flat = squares.reshape(-1, SIDE_PX, SIDE_PX, 3)
    parts = []
    for first in range(0, len(flat), 64):
        part = np.ascontiguousarray(flat[first : first + 64].transpose(0, 3, 1, 2))
        parts.append(look(network, standard(torch.from_numpy(part).float())).numpy())
    return np.concatenate(parts).reshape(*squares.shape[:-3], PLACES, 4).astype(np.float64)


def shipped_networks(path: Path) -> list[Network]:
    """Read the networks of a places.onnx, their normalisation melted into the convolutions, to teach them further."""
    stored = {one.name.removesuffix("_h"): numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer}
    count = 1 + max(int(name.split(".")[1]) for name in stored)
    return [_melted(stored, f"nets.{number}.") for number in range(count)]


def _melted(stored: dict[str, Array], prefix: str) -> Network:
    network = Network()
    for one in [module for module in network.modules() if isinstance(module, nn.Sequential) and len(module) > 1]:
        if isinstance(one[1], nn.BatchNorm2d):
            plain = one[0]
            one[0] = nn.Conv2d(plain.in_channels, plain.out_channels, plain.kernel_size, plain.stride, plain.padding)
            one[1] = nn.Identity()
    named = {name: torch.from_numpy(stored[prefix + name].astype(np.float32)) for name in network.state_dict()}
    network.load_state_dict(named)
    return network
