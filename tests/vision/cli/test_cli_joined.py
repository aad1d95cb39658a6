"""Photos measured with what comes beside them: FHIR bundles of every command, and a balance test."""

from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from typer.testing import CliRunner

from balance_support import leg, stored
from fhir_support import kinds
from posturecam.cli import app


@pytest.mark.slow
def test_the_commands_write_fhir(samples: Path, tmp_path: Path) -> None:
    """A photo, several photos, and an exam of the records."""
    one, two, three = (tmp_path / f"{number}.json" for number in range(3))
    front, back = str(samples / "front.jpg"), str(samples / "back.jpg")
    database = ["--database", str(tmp_path / "records.sqlite"), "--person", "x|4711", "--date", "2026-01-05"]
    for line in (
        ["analyze", front, "--fhir", str(one), "--client", "Dana K."],
        ["analyze", front, back, "--fhir", str(two)],
        ["exam", front, back, "--fhir", str(three), *database],
    ):
        ended = CliRunner().invoke(app, [*line, "--passes", "2"])
        assert ended.exit_code == 0, ended.output
        assert f"written: {line[line.index('--fhir') + 1]}" in ended.output.replace("\n", "")
    first, exam, stored = (Bundle.model_validate_json(path.read_bytes()) for path in (one, two, three))
    assert kinds(first, "Patient")[0].name[0].text == "Dana K."
    assert len(kinds(exam, "Media")) == 2
    assert kinds(stored, "Patient")[0].identifier[0].value == "4711"
    assert all(one.effectiveDateTime.isoformat() == "2026-01-05" for one in kinds(stored, "Observation"))


def test_the_commands_take_a_balance_test(samples: Path, tmp_path: Path) -> None:
    """`analyze --points` and `score`; of many stored people it cannot be told whose it is."""
    run = CliRunner().invoke
    path, out = stored(tmp_path, leg(12.0), leg(30.0)), tmp_path / "assessment.json"
    photo, quick = samples / "level.jpg", ["--passes", "1", "--json", str(out)]
    assert run(app, ["analyze", str(photo), *quick, "--balance", str(path)]).exit_code == 0
    assert '"single_leg_time_right"' in out.read_text()
    done = run(app, ["analyze", "--points", str(out), "--balance", str(path)])
    assert "Standing on one leg" in done.stdout
    done = run(app, ["score", str(out), "--balance", str(path), "--json", "-"])
    assert done.stdout.count('"single_leg_time_right"') == 1
    done = run(app, ["score", str(out), str(out), "--balance", str(path)])
    assert done.exit_code == 2
    assert "one person's" in done.stderr
    done = run(app, ["analyze", str(photo), "--balance", str(tmp_path / "none.json")])
    assert (done.exit_code, done.stdout) == (2, "")
