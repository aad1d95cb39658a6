"""Write what an installation of posturecam consists of, as CycloneDX: ``make release``.

    python release/sbom.py ENVIRONMENT OUTPUT.cdx.json

ENVIRONMENT is the Python of an environment in which posturecam was installed from its wheel. cyclonedx-py names the
packages; posturecam itself and the models that it carries are added here, and the whole is validated before it is
written. The same environment gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NAME = "posturecam"
SPECIFICATION = "1.6"
WHERE = "import pathlib, posturecam; print(pathlib.Path(posturecam.__file__).parent / '_models' / 'models.json')"


def packages(python: Path) -> dict[str, Any]:
    """Return what cyclonedx-py says of an environment."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python), "--output-reproducible"]
    command += ["--spec-version", SPECIFICATION]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python} cannot be listed: {done.stderr.strip()}")
    listed: dict[str, Any] = json.loads(done.stdout)
    return listed


def models(python: Path) -> list[dict[str, str]]:
    """Return what the installed posturecam says of the models that it carries."""
    done = subprocess.run([python, "-I", "-c", WHERE], capture_output=True, text=True, check=True)
    carried: list[dict[str, str]] = json.loads(Path(done.stdout.strip()).read_text(encoding="utf-8"))["models"]
    return carried


def with_models(listed: dict[str, Any], carried: list[dict[str, str]]) -> dict[str, Any]:
    """Make posturecam the subject of the list, and name the models as parts of it."""
    own = next(component for component in listed["components"] if component["name"] == NAME)
    own["type"] = "application"
    others = [component for component in listed["components"] if component is not own]
    added = [_component(model) for model in carried]
    dependencies = {entry["ref"]: list(entry.get("dependsOn", ())) for entry in listed["dependencies"]}
    dependencies[own["bom-ref"]] += [model["bom-ref"] for model in added]
    dependencies |= {model["bom-ref"]: [] for model in added}
    return listed | {
        "metadata": listed["metadata"] | {"component": own},
        "components": [*others, *added],
        "dependencies": [
            {"ref": ref} | ({"dependsOn": sorted(needed)} if needed else {}) for ref, needed in dependencies.items()
        ],
    }


def _component(model: dict[str, str]) -> dict[str, Any]:
    return {
        "bom-ref": f"model:{model['file']}",
        "type": "machine-learning-model",
        "name": model["file"],
        "description": f"from {model['source']}",
        "hashes": [{"alg": "SHA-256", "content": model["sha256"]}],
        "licenses": [{"license": {"id": model["licence"]}}],
    }


def fault_of(whole: dict[str, Any]) -> str | None:
    """Return why a list is no valid CycloneDX, None where it is."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  (a tool of the release alone)
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  (likewise)

    fault = JsonStrictValidator(SchemaVersion.from_version(SPECIFICATION)).validate_str(json.dumps(whole))
    return None if fault is None else str(fault)


def main() -> None:
    """List, complete, validate, write."""
    python, output = Path(sys.argv[1]), Path(sys.argv[2])
    whole = with_models(packages(python), models(python))
    fault = fault_of(whole)
    if fault is not None:
        sys.exit(f"{output} was not written, it would not be valid CycloneDX: {fault}")
    output.write_text(json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{output}: {len(whole['components'])} packages and models, valid CycloneDX {SPECIFICATION}")
    unstated = [component["name"] for component in whole["components"] if not component.get("licenses")]
    if unstated:
        print(f"no licence is stated in the metadata of: {', '.join(unstated)}")


if __name__ == "__main__":
    main()
