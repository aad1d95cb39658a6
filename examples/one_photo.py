"""Measure one photo, print what was told with its ±, and what could not be told with the reason.

python examples/one_photo.py sample_images/front.jpg
"""

import sys

from posturecam import PosturecamError, analyze


def main(path: str) -> int:
    """Print what one photo tells."""
    try:
        assessment = analyze(path)
    except PosturecamError as error:
        print(error, file=sys.stderr)
        return 2
    for measurement in assessment.measurements:
        half_width = (measurement.high - measurement.low) / 2
        print(
            f"{measurement.key:20} {measurement.value:6.1f} ± {half_width:.1f} {measurement.unit:4} {measurement.words}"
        )
    for missing in assessment.unmeasured:
        print(f"{missing.key:20} not measured: {missing.reason}")
    for finding in assessment.findings:
        if finding.verdict == "consistent":
            print(f"consistent with: {finding.name}. {finding.explanation}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["sample_images/front.jpg"]))
