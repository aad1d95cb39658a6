"""The build hook: put the pose model into posturecam while it is being built, for wheels and editable installs.

What it takes from where is stated in manifest.toml; how, in README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODELS = Path(__file__).resolve().parent
# A build hook is loaded from its file and has no package: its own parts lie beside it.
sys.path.insert(0, str(MODELS))

from bundling.assemble import fill  # noqa: E402 - found only after the line above
from bundling.errors import ModelBuildError  # noqa: E402
from bundling.manifest import read_manifest  # noqa: E402

SHIPPED = "src/posturecam/_models"


class ModelHook(BuildHookInterface[Any]):
    """Fill src/posturecam/_models, which git ignores, and let the wheel take it along."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Make the models; end the build with one line when they cannot be had."""
        learned = tuple(sorted((*MODELS.glob("*.onnx"), *MODELS.glob("*.npz"))))
        try:
            fill(Path(self.root, SHIPPED), read_manifest(MODELS / "manifest.toml"), learned)
        except (ModelBuildError, OSError) as error:
            self.app.abort(f"posturecam: the pose model could not be built: {error}")
        build_data["artifacts"].append(f"/{SHIPPED}/*")
