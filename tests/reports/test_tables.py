"""Tidy tables: a row for every photo and measure, numbers as numbers, names that harm nothing."""

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from posturecam.cli import app
from posturecam.errors import OutputError
from posturecam.knowledge import load
from posturecam.pipeline.assessment import Assessment
from posturecam.reports.measurement_tables import COLUMNS, NUMBERS, Whose, csv_bytes, measurement_rows, parquet_bytes
from posturecam.storage import assessment_json as json_report
from posturecam.storage.files import WriteRules, set_rules
from posturecam.text.language import choose
from reports_support import CROSSED, assessed

TABLES = load()
ONE = assessed(CROSSED)


def named(name: str) -> Assessment:
    """The same assessment of a photo with another name."""
    return replace(ONE, photo=replace(ONE.photo, name=name))


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Read as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_one_row_per_photo_and_measure() -> None:
    """Measured or not: nothing is missing, and what is not measured has its reason and no number."""
    table = read_csv(csv_bytes(measurement_rows([ONE, named("second.jpg")], TABLES, Whose("Dana", "2026-01-02", "7"))))
    assert len(table) == 2 * (len(ONE.measurements) + len(ONE.unmeasured))
    first = table[0]
    assert tuple(first) == COLUMNS
    one = ONE.measurements[0]
    assert (first["person"], first["date"], first["exam"]) == ("Dana", "2026-01-02", "7")
    assert float(first["value"]) == pytest.approx(one.value, abs=1e-4)
    assert first["name"] == TABLES.norm(one.key).name
    assert (first["sha256"], first["view"]) == ("0" * 64, "front")
    assert first["posturecam_version"] == ONE.versions["posturecam"]
    missing = [row for row in table if row["severity"] == "unmeasured"]
    assert missing
    assert all(row["unmeasured_because"] and not row["value"] for row in missing)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)", "\tx", "\r=1"])
def test_no_text_becomes_a_formula(name: str) -> None:
    """Not a photo's name and not a person's."""
    table = read_csv(csv_bytes(measurement_rows([named(name)], TABLES, Whose(person=name))))
    assert {row["photo"] for row in table} == {row["person"] for row in table} == {f"'{name}"}


@pytest.mark.parametrize("name", ["<b>", 'a"b', "a,b", "naïve 🧍 مرحبا", "line\nbreak", "car\rriage", "a/b\\c"])
def test_odd_names_come_back_as_they_were(name: str) -> None:
    """Quoted where they must be, and otherwise left alone."""
    assert {row["photo"] for row in read_csv(csv_bytes(measurement_rows([named(name)], TABLES)))} == {name}


def test_negative_numbers_stay_numbers() -> None:
    """Only texts are guarded."""
    table = read_csv(csv_bytes(measurement_rows([ONE], TABLES)))
    assert min(float(row["value"]) for row in table if row["value"]) < 0


def test_parquet_holds_the_same_at_full_precision() -> None:
    """Numbers as numbers, nothing as null, lone surrogates as escapes."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra tables)")
    table = parquet.read_table(io.BytesIO(parquet_bytes(measurement_rows([named("a\udcff.jpg")], TABLES))))
    assert tuple(table.column_names) == COLUMNS
    found: list[dict[str, Any]] = table.to_pylist()
    assert found[0]["value"] == ONE.measurements[0].value
    assert found[0]["photo"] == "a\\udcff.jpg"
    assert found[-1]["value"] is None or found[-1]["unmeasured_because"] is None


def test_parquet_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and no file."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OutputError, match=r"pip install 'posturecam\[tables\]'"):
        parquet_bytes(measurement_rows([ONE], TABLES))


def analyze(folder: Path, *arguments: str) -> Any:
    """Measure stored points again, on the command line."""
    (folder / "stored.json").write_bytes(json_report.assessment_bytes(ONE))
    return CliRunner().invoke(app, ["analyze", "--points", str(folder / "stored.json"), *arguments])


def test_analyze_writes_both_tables(tmp_path: Path) -> None:
    """With one row per measure in each."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra tables)")
    done = analyze(tmp_path, "--csv", str(tmp_path / "t.csv"), "--parquet", str(tmp_path / "t.parquet"))
    assert done.exit_code == 0, done.stderr
    assert len(read_csv((tmp_path / "t.csv").read_bytes())) == len(ONE.measurements) + len(ONE.unmeasured)
    assert (tmp_path / "t.parquet").read_bytes().startswith(b"PAR1")


def test_without_pyarrow_neither_table_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half done."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = analyze(tmp_path, "--csv", str(tmp_path / "t.csv"), "--parquet", str(tmp_path / "t.parquet"))
    assert done.exit_code == 2
    assert "posturecam[tables]" in done.stderr
    assert not (tmp_path / "t.csv").exists()


def test_in_german_a_table_opens_in_a_german_spreadsheet() -> None:
    """A mark for UTF-8, semicolons, decimal commas; everything else, and English tables, as ever."""
    found = list(measurement_rows([named("Grüße; 1.jpg")], TABLES))
    english = csv_bytes(found)
    try:
        choose("de")
        german = csv_bytes(found)
        set_rules(WriteRules(csv_dialect="comma"))
        assert csv_bytes(found) == english
    finally:
        choose("en")
        set_rules(WriteRules())
    assert german.startswith(b"\xef\xbb\xbfperson;date;exam;photo;")
    plain = read_csv(english)
    other = list(csv.DictReader(io.StringIO(german.decode("utf-8-sig"), newline=""), delimiter=";"))
    for first, second in zip(plain, other, strict=True):
        assert {
            key: value.replace(",", ".") if key in (*NUMBERS, "raw") else value for key, value in second.items()
        } == first
    set_rules(WriteRules(csv_dialect="semicolon"))
    assert csv_bytes(found) == german
    set_rules(WriteRules())


def test_the_dialect_may_be_chosen(tmp_path: Path) -> None:
    """Anywhere on the line; a name that is unknown is refused."""
    (tmp_path / "a.json").write_bytes(json_report.assessment_bytes(ONE))
    line = ["analyze", "--points", str(tmp_path / "a.json"), "--csv", str(tmp_path / "a.csv"), "--csv-dialect"]
    done = CliRunner().invoke(app, [*line, "semicolon"])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").startswith("person;date;")
    refused = CliRunner().invoke(app, [*line, "tab"])
    assert (refused.exit_code, "Give comma or semicolon" in refused.stderr) == (2, True)
