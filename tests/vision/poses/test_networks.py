"""The networks that the installation brought, read with the engine's own schema."""

import zipfile

import pytest

from posturecam.poses import model
from repository import ROOT


def test_shipped_networks_state_how_they_are_normalised() -> None:
    """Without this metadata the engine refuses the bundle; read with the engine's own schema, not with ours."""
    schema = pytest.importorskip("mediapipe.tasks.metadata.schema_py_generated")
    expected = dict(zip(model.MEMBERS, ((127.5, 127.5), (0.0, 255.0)), strict=True))
    with zipfile.ZipFile(ROOT / "src/posturecam/_models" / f"{model.POSE}.task") as archive:
        found = {name: stated_normalisation(archive.read(name), schema) for name in archive.namelist()}
    assert found == expected


def stated_normalisation(network: bytes, schema: object) -> tuple[float, float]:
    """Return mean and std of the first input as the network's metadata states them."""
    metadata = pytest.importorskip("mediapipe.tasks.metadata.metadata_schema_py_generated")
    root = schema.Model.GetRootAs(network)  # type: ignore[attr-defined]
    entries = [root.Metadata(index) for index in range(root.MetadataLength())]
    entry = next(one for one in entries if one.Name() == b"TFLITE_METADATA")
    packed = root.Buffers(entry.Buffer()).DataAsNumpy().tobytes()
    tensor = metadata.ModelMetadata.GetRootAs(packed).SubgraphMetadata(0).InputTensorMetadata(0)
    options = metadata.NormalizationOptions()
    table = tensor.ProcessUnits(0).Options()
    options.Init(table.Bytes, table.Pos)
    return options.Mean(0), options.Std(0)
