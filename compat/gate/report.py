"""report.md of a run: the verdict first, then what to look at (gates.md sections 3 and 6)."""

from __future__ import annotations

from typing import Any

from cases import MINIMUM
from metrics import Metric

SHOWN_FAILURES = 50
STATES = ("used", "stale", "expired", "broken", "open")

Record = dict[str, Any]


def render(summary: Record, metrics: list[Metric]) -> str:
    """The whole report."""
    parts = (
        _head(summary),
        _groups(summary),
        _cases("Failures", [one for one in summary["cases"] if not one["gating"]]),
        _cases("Allowed differences", [one for one in summary["cases"] if _allowed(one)]),
        _allow_list(summary),
        _metrics(metrics),
    )
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _allowed(record: Record) -> bool:
    return record["gating"] and record["allowlisted"]


def _cell(text: Any) -> str:
    """A text that keeps a table in shape."""
    shown = str(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(shown.split())


def _row(*cells: Any) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _table(*titles: str) -> list[str]:
    return [_row(*titles), "|" + "---|" * len(titles)]


def _head(summary: Record) -> list[str]:
    counts, identity = summary["counts"], summary["identity"]
    index, count = summary["shard"]
    return [
        f"# Gate: {'passed' if summary['gating'] else 'failed'}",
        "",
        *(f"- {_cell(reason)}" for reason in summary["reasons"]),
        *([""] if summary["reasons"] else []),
        f"{counts['cases']} cases: {counts['same']} the same, {counts['allowlisted']} with allowed "
        f"differences, {counts['failed']} failed.",
        "",
        f"Reference: {_cell(identity['reference'])}. Profile: {identity['profile']}. "
        f"Platform: {identity['platform']}. Date: {summary['today']}."
        + (f" Shard {index} of {count}." if count > 1 else ""),
    ]


def _groups(summary: Record) -> list[str]:
    lines = ["## Groups", "", *_table("group", "cases", "at least", "failed")]
    groups = summary["groups"]
    for name in [*MINIMUM, *(name for name in groups if name not in MINIMUM)]:
        group = groups.get(name, {"cases": 0, "failed": 0})
        lines.append(_row(name, group["cases"], MINIMUM.get(name, ""), group["failed"]))
    compared = ", ".join(f"{part} {count}" for part, count in summary["compared"].items())
    return [*lines, "", f"Compared parts: {compared or 'none'}."]


def _cases(title: str, records: list[Record]) -> list[str]:
    if not records:
        return [f"## {title}", "", "None."]
    lines = [f"## {title}", "", *_table("case", "type", "part", "first path", "reason", "more")]
    for record in records[:SHOWN_FAILURES]:
        first = record["first"]
        more = max(0, record["differences"] - 1)
        lines.append(
            _row(
                record["case"],
                record["failure_type"],
                first["part"],
                first["path"],
                first["reason"],
                more or "",
            )
        )
    rest = len(records) - SHOWN_FAILURES
    return lines + (["", f"And {rest} more; summary.json has them all."] if rest > 0 else [])


def _allow_list(summary: Record) -> list[str]:
    """Entries used, stale, expired, and added since the last run (section 6 rule 8)."""
    lines = ["## Allow-list", ""]
    for state in STATES:
        entries = [entry for entry in summary["entries"] if entry["state"] == state]
        if entries or state in STATES[:3]:
            lines.append(f"- {state}: {len(entries)}")
        for entry in entries:
            cases = f": {', '.join(entry['cases'])}" if entry["cases"] else ""
            lines.append(f"  - {_cell(entry['place'])}{cases}")
    return lines + _added(summary["added"])


def _added(added: list[str] | None) -> list[str]:
    if added is None:
        return ["- added since the last run: not known, there is no last run here"]
    return [f"- added since the last run: {len(added)}", *(f"  - {_cell(one)}" for one in added)]


def _metrics(metrics: list[Metric]) -> list[str]:
    lines = ["## Metrics", "", *_table("metric", "samples that hold", "threshold", "status", "why")]
    for metric in metrics:
        reasons = [failure["reason"] for failure in metric["failures"]]
        threshold = "report" if metric["threshold"] is None else metric["threshold"]
        lines.append(
            _row(
                metric["metric"],
                metric["pass_fraction"],
                threshold,
                metric["status"],
                reasons[0] if reasons else "",
            )
        )
    return lines
