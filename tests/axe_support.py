"""Reports before axe, which looks in Chromium for what keeps people from reading a page."""

import html
import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from page_support import CHROMIUM


def axe(text: str, folder: Path, *options: str) -> list[str]:
    """Let axe judge a page in Chromium; give its complaints."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed (extra dev)")
    script = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    run = (
        "axe.run().then(r=>{const p=document.createElement('pre');p.id='axe';"
        "p.textContent=JSON.stringify(r.violations.map(v=>v.id+': '+v.nodes.map(n=>n.html.slice(0,90)).join(' | ')));"
        "document.body.append(p)})"
    )
    file = folder / "page.html"
    file.write_text(
        text.replace("</body>", f"<script>{script}</script><script>{run}</script></body>"), encoding="utf-8"
    )
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        *options,
    ]
    command += ["--virtual-time-budget=15000", "--dump-dom", file.as_uri()]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    told = re.search(r'<pre id="axe">(.*?)</pre>', found, re.DOTALL)
    assert told, "axe did not finish"
    complaints: list[str] = json.loads(html.unescape(told[1]))
    return complaints


LOOKS = {
    "laptop": ["--window-size=1280,900"],
    "phone": ["--window-size=500,900"],
    "dark": ["--blink-settings=preferredColorScheme=0", "--window-size=1280,900"],
}
