"""Recorded figures: the table below "## History" of roadmap/metrics.md, a row for each."""

from __future__ import annotations

import re
from pathlib import Path

from errors import GateError

HEADING = "## History"
COLUMNS = {
    "date": "date",
    "commit": "commit",
    "machine": "machine",
    "cases": "cases passed",
    "lex_mb_s": "lexing MB/s",
    "parse_mb_s": "parsing MB/s",
    "lex_ratio": "parsing / lexing",
    "stream_4k_ratio": "4 KiB stream / batch",
    "stream_memory_ratio": "stream memory / input",
    "batch_memory_ratio": "batch memory / input",
    "lines_seconds": "100,000 lines, s",
}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows, oldest first; none without the table."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    _, _, below = text.partition(f"\n{HEADING}\n")
    rows = [_cells(line) for line in below.splitlines() if line.startswith("|")]
    if not rows:
        return []
    if rows[0] != list(COLUMNS.values()) or any(len(row) != len(COLUMNS) for row in rows):
        raise GateError(f"{path}: the table below {HEADING!r} has other columns")
    return [dict(zip(COLUMNS, row)) for row in rows[2:]]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def append(path: Path, row: Row) -> None:
    """Adds a row, and the table if there is none."""
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    if f"\n{HEADING}\n" not in text:
        names, rules = " | ".join(COLUMNS.values()), " | ".join("---" for _ in COLUMNS)
        text += f"\n{HEADING}\n\nA row for each `make gate RECORD=1`.\n\n| {names} |\n| {rules} |\n"
    cells = " | ".join(re.sub(r"[|\n]", " ", str(row.get(column, ""))) for column in COLUMNS)
    path.write_text(f"{text}| {cells} |\n", encoding="utf-8")


def latest(rows: list[Row]) -> dict[str, float] | None:
    """The numbers of the newest row."""
    if not rows:
        return None
    numbers = {}
    for column, cell in rows[-1].items():
        try:
            numbers[column] = float(cell)
        except ValueError:
            continue
    return numbers if "lex_ratio" in numbers else None
