"""Pages of what version 0.1.0 stored; ``stored/README.md`` says what each file is."""

import gzip
import json
import sqlite3
from pathlib import Path

from typer.testing import CliRunner

from posturecam.cli import app
from repository import TESTS


def test_exams_of_the_records_are_compared(tmp_path: Path) -> None:
    """Both numbers stand on the page in the words that were stored."""
    database, page = tmp_path / "records.sqlite", tmp_path / "page.html"
    database.write_bytes(gzip.decompress((TESTS / "stored" / "records.sqlite.gz").read_bytes()))
    words = ["--language", "en", "compare", "1", "3", "--database", str(database), "--out", str(page)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    with sqlite3.connect(database) as connection:
        exams = [json.loads(text) for (text,) in connection.execute("SELECT document FROM exams ORDER BY taken_on")]
    for exam in (exams[0], exams[2]):
        stored = next(row["words"] for row in exam["measurements"] if row["key"] == "hip_tilt")
        assert stored.removesuffix(", within the noise") in page.read_text(encoding="utf-8")
