"""Ask whether a weakness is known of any release in the lock files: ``make audit``.

It needs a network: names and releases of the packages that posturecam depends on are sent to the package index, nothing
else. The exit code is 0 where every release was asked about and nothing is known, 1 where a weakness is known, and 2
where some release could not be asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CLEAN, KNOWN, NOT_ASKED = 0, 1, 2
LOCKS = ("all-extras", "build")
UNREACHED = ("ConnectionError", "Timeout", "ProxyError", "SSLError", "ServiceError", "Max retries exceeded")


def audited(lock: Path) -> tuple[list[dict[str, Any]], str]:
    """Run pip-audit over a lock; return what it says of each package, or nothing and why."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        unreached = any(word in done.stderr for word in UNREACHED)
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [], "the list of known weaknesses cannot be reached from here" if unreached else last
    return packages, ""


def tell(name: str, packages: list[dict[str, Any]], fault: str) -> int:
    """Print what is known of a lock's packages and return the exit code.

    A package that the index does not answer for is skipped by pip-audit, which then calls the whole clean: it is not.
    """
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    weak = [(package, weakness) for package in packages for weakness in package.get("vulns", ())]
    for package, weakness in weak:
        fixed = ", ".join(weakness.get("fix_versions", ())) or "no release yet"
        print(f"{name}: {package['name']} {package['version']}: {weakness['id']}, mended in {fixed}")
    asked = len(packages) - len(skipped)
    if not asked:
        why = fault or "the index here does not say what is known of any package"
        print(f"{name}: NOTHING WAS CHECKED: {why}. Run `make audit` where a network allows it.", file=sys.stderr)
        return NOT_ASKED
    print(f"{name}: {asked} releases asked about, {len(weak)} weaknesses known")
    if skipped:
        print(f"{name}: NOT CHECKED, the index does not say: {', '.join(skipped)}", file=sys.stderr)
    return KNOWN if weak else NOT_ASKED if skipped else CLEAN


def main() -> None:
    """Ask about every lock; a known weakness counts for more than one that could not be asked about."""
    codes = {tell(f"locks/{name}.txt", *audited(ROOT / "locks" / f"{name}.txt")) for name in LOCKS}
    sys.exit(next((code for code in (KNOWN, NOT_ASKED) if code in codes), CLEAN))


if __name__ == "__main__":
    main()
