"""Measure all photos of a folder with one open network, and write a table with a row for each measure of each photo.

python examples/folder_to_table.py sample_images table.csv
"""

import csv
import sys
from pathlib import Path

from posturecam import Finder, PosturecamError, analyze, to_rows


def main(folder: str, table: str) -> int:
    """Write the table; a photo that cannot be measured is told and hurts no other."""
    rows = []
    with Finder() as finder:
        for path in sorted(Path(folder).glob("*.jpg")):
            try:
                rows += to_rows(analyze(path, finder=finder))
            except PosturecamError as error:
                print(f"{path.name}: {error}", file=sys.stderr)
    if not rows:
        print(f"no photo in {folder} could be measured", file=sys.stderr)
        return 2
    with Path(table).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows in {table}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["sample_images", "table.csv"])))
