"""Describe the two pose networks the way the Tasks API demands, and pack them into one bundle.

The Tasks API refuses a network that does not say how its input picture is normalised. The networks inside the
mediapipe wheel say nothing, so the statement is added here, with the flatbuffers schema from that same wheel.
"""

from __future__ import annotations

import io
import zipfile
from types import ModuleType
from typing import TYPE_CHECKING, Any

import flatbuffers

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA_NAME = "TFLITE_METADATA"
MODEL_IDENTIFIER = b"TFL3"
METADATA_IDENTIFIER = b"M001"
# TensorFlow Lite maps weights in place and asks for this alignment in its schema (force_align: 16).
WEIGHT_ALIGNMENT = 16
# The earliest moment a zip can state: a fixed one keeps the bundle's bytes the same in every build.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
READ_WRITE_FOR_OWNER = 0o644 << 16


def load_schema(source: bytes, name: str) -> ModuleType:
    """Return the module that a generated flatbuffers schema describes.

    The schema may use numpy when it is there. It is told that it is not, because the bytes it writes shall not
    depend on what else the build environment holds.
    """
    module = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - checked by sha256 before it gets here
    module.__dict__["np"] = None
    if hasattr(module, "BufferT"):
        _carry_weights_as_bytes(module)
    return module


def _carry_weights_as_bytes(schema: ModuleType) -> None:
    """Let the schema move weights as whole byte strings: one by one takes half a minute without numpy."""

    def unpack(self: Any, buffer: Any) -> None:
        position = buffer._tab.Offset(4)
        if position:
            start = buffer._tab.Vector(position)
            self.data = bytes(buffer._tab.Bytes[start : start + buffer._tab.VectorLen(position)])
        self.offset, self.size = buffer.Offset(), buffer.Size()

    def pack(self: Any, builder: Any) -> int:
        data = None if self.data is None else _write_aligned(builder, self.data)
        schema.BufferStart(builder)
        if data is not None:
            schema.BufferAddData(builder, data)
        schema.BufferAddOffset(builder, self.offset)
        schema.BufferAddSize(builder, self.size)
        return int(schema.BufferEnd(builder))

    schema.__dict__["BufferT"]._UnPack = unpack
    schema.__dict__["BufferT"].Pack = pack


def _write_aligned(builder: Any, data: bytes) -> int:
    """Write a byte vector whose first byte lies on a multiple of WEIGHT_ALIGNMENT."""
    builder.StartVector(1, len(data), WEIGHT_ALIGNMENT)
    builder.head -= len(data)
    builder.Bytes[builder.head : builder.head + len(data)] = data
    return int(builder.EndVector())


def describe(network: bytes, schema: ModuleType, metadata: ModuleType, *, mean: float, std: float) -> bytes:
    """Return the network with the statement that its input is (pixel - mean) / std, pixels being 0 to 255."""
    model = schema.ModelT.InitFromPackedBuf(network)
    tensors = model.subgraphs[0]
    statement = _statement(metadata, len(tensors.inputs), len(tensors.outputs), mean, std)
    buffer = schema.BufferT()
    buffer.data = statement
    entry = schema.MetadataT()
    entry.name, entry.buffer = METADATA_NAME, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return _finish(model, MODEL_IDENTIFIER, len(network) + len(statement))


def _statement(metadata: ModuleType, inputs: int, outputs: int, mean: float, std: float) -> bytes:
    """Return the packed metadata: every input is an RGB picture with this normalisation."""
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [_picture_input(metadata, mean, std) for _ in range(inputs)]
    graph.outputTensorMetadata = [metadata.TensorMetadataT() for _ in range(outputs)]
    model = metadata.ModelMetadataT()
    model.subgraphMetadata = [graph]
    return _finish(model, METADATA_IDENTIFIER, 1024)


def _picture_input(metadata: ModuleType, mean: float, std: float) -> Any:
    """Return the description of one RGB input."""
    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = metadata.ProcessUnitT()
    unit.optionsType, unit.options = metadata.ProcessUnitOptions.NormalizationOptions, options
    picture = metadata.ImagePropertiesT()
    picture.colorSpace = metadata.ColorSpaceType.RGB
    content = metadata.ContentT()
    content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    content.contentProperties = picture
    tensor = metadata.TensorMetadataT()
    tensor.content, tensor.processUnits = content, [unit]
    return tensor


def _finish(root: Any, identifier: bytes, size: int) -> bytes:
    """Return the bytes of a flatbuffer with this root."""
    builder = flatbuffers.Builder(size)
    builder.Finish(root.Pack(builder), file_identifier=identifier)
    return bytes(builder.Output())


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed zip of the members: the form in which mediapipe reads a `.task` in place."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.create_system, entry.external_attr = 3, READ_WRITE_FOR_OWNER
            archive.writestr(entry, content)
    return buffer.getvalue()
