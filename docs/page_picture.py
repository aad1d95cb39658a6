"""Take the picture of the local page that the README shows: ``python docs/page_picture.py``. It needs Chromium."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1280, 860


def main() -> None:
    """Serve, give the sample photos, and write docs/page.jpg."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "posturecam", "serve", "--database", str(Path(folder) / "records.sqlite")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None  # noqa: S101  (a pipe was asked for)
            try:
                taken = _taken(server.stdout.readline().strip(), Path(folder) / "page.png")
            finally:
                server.terminate()
        Image.open(taken).convert("RGB").save(ROOT / "docs" / "page.jpg", quality=86, optimize=True)


def _taken(address: str, file: Path) -> Path:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        _report(page)
        page.screenshot(path=file)
        browser.close()
    return file


def _report(page: Page) -> None:
    """Open the report of all four views."""
    photos = [str(ROOT / "sample_images" / f"{view}.jpg") for view in ("front", "back", "left", "right")]
    page.set_input_files("#files", photos)
    page.wait_for_url("**/exams/*")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
