"""Write the networks as one ONNX file that cv2.dnn reads, with weights of half precision. Needs PyTorch and onnx."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from calibration.estimator.network import Network
from posturecam.measures.estimator.patches import SIDE_PX

SMALL = 64
"""Arrays of so few numbers keep their precision."""

MOST_DIFFERENT = 1e-3


class Members(nn.Module):
    """(6, 3, 112, 112), three squares and three of the mirror image → heat maps (6, members, 29, 28, 28)."""

    def __init__(self, networks: list[Network]) -> None:
        """Take the networks over."""
        super().__init__()
        self.nets = nn.ModuleList(networks)

    def forward(self, squares: Tensor) -> Tensor:
        """Ask every network."""
        return torch.stack([network(squares) for network in self.nets], 1)


def export(networks: list[Network], path: Path, squares: int = 6) -> float:
    """Write the file, which takes so many squares at a time; give how far cv2.dnn and PyTorch differ at most."""
    members = Members([network.eval() for network in networks]).eval()
    _melt(members)
    noise = torch.randn(squares, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(0))
    names = {"input_names": ["patches"], "output_names": ["readings"]}
    torch.onnx.export(members, noise, str(path), dynamo=False, opset_version=13, **names)
    _halve(path)
    different = _difference(members, noise, path)
    if different > MOST_DIFFERENT:
        msg = f"{path} differs from the network it was made of by {different:.2g}"
        raise ValueError(msg)
    return different


def _difference(members: Members, squares: Tensor, path: Path) -> float:
    reader = cv2.dnn.readNetFromONNX(str(path))
    reader.setInput(squares.numpy())
    with torch.no_grad():
        return float(np.abs(reader.forward() - members(squares).numpy()).max())


def _melt(members: Members) -> None:
    """Melt each batch normalisation into its convolution and round, so that file and network agree."""
    blocks = [one for one in members.modules() if isinstance(one, nn.Sequential) and _normalised(one)]
    for one in blocks:
        one[0] = nn.utils.fuse_conv_bn_eval(one[0], one[1])
        one[1] = nn.Identity()
    for weights in members.parameters():
        if weights.numel() > SMALL:
            weights.data = weights.data.half().float()


def _normalised(block: nn.Sequential) -> bool:
    return len(block) > 1 and isinstance(block[1], nn.BatchNorm2d)


def _halve(path: Path) -> None:
    """Store large arrays as float16 with a cast in front of each."""
    model = onnx.load(path)
    graph = model.graph
    kept, casts = [], []
    for stored in graph.initializer:
        numbers = numpy_helper.to_array(stored)
        if numbers.dtype != np.float32 or numbers.size <= SMALL:
            kept.append(stored)
            continue
        half = f"{stored.name}_h"
        kept.append(numpy_helper.from_array(numbers.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [stored.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.save(model, path)
