"""The company's CSV files."""

import csv
from pathlib import Path

COMPANY = Path(__file__).parent / "company"


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one of the company's CSV files, as text."""
    with (COMPANY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
