"""The allow-list (gates.md section 6): reading entries, judging them, and what they excuse.

One entry a line, its fields separated by tabs: case pattern, part, JSON path pattern, kind, reason,
owner, date added, expiry date. Empty lines and lines that begin with `#` do not count.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Iterable

from cases import group_of
from errors import GateError

FIELDS = ("case", "part", "path", "kind", "reason", "owner", "added", "expires")

COMPONENT_ONLY, REFERENCE_BUG, PENDING = "component-only", "reference-bug", "pending"
MOST_DAYS = {COMPONENT_ONLY: 180, REFERENCE_BUG: 180, PENDING: 14}
PENDING_PERCENT = 1

PARTS = ("run", "diag_json", "ast_text", "stream", "cli")
FORBIDDEN_PARTS = {
    "tokens": "differences in tokens",
    "component-crash": "crashes",
    "crash": "crashes",
    "time-out": "time-outs",
    "invalid-json": "invalid JSON",
    "stream-batch": "differences between stream and batch in the spec profile",
    **{f"S{number}": f"failures of gate S{number}" for number in range(2, 9)},
}
ACCEPTANCE = {"run": "$.accepted", "cli": "$.exit", "stream": "$.steps[*].result.accepted"}

CITATION = re.compile(r"\b[a-z0-9-]+\.md (?:§|section )\d")
SEPARATOR = re.compile("([_-])")
STEP = re.compile(r'\.[A-Za-z0-9_*]+|\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]')
ANY_STEP = r'(?:\.[A-Za-z0-9_]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])'
ANY_STEP_PATTERNS = (".*", "[*]")


@dataclass
class Entry:
    """An entry, and the cases in which it excused a difference."""

    line: int
    text: str
    case: str
    part: str
    path: str
    kind: str
    reason: str
    owner: str
    added: date
    expires: date
    cases: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """How reports call it."""
        return f"line {self.line}: {self.case}, {self.part}, {self.path} ({self.kind})"


# --- reading ---


def read_allowlist(path: Path) -> list[Entry]:
    """The entries of a file."""
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise GateError(f"{path}: not UTF-8 at byte {error.start}") from None
    return [
        read_entry(str(path), number, line.removesuffix("\r"))
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]


def read_entry(path: str, number: int, text: str) -> Entry:
    """The entry in a line."""
    fields = text.split("\t")
    if len(fields) != len(FIELDS):
        raise GateError(
            f"{path}:{number}: {len(fields)} fields, separated by tabs, instead of {len(FIELDS)}: "
            f"{', '.join(FIELDS)}"
        )
    for name, value in zip(FIELDS, fields):
        if not value.strip() or value != value.strip():
            raise GateError(f"{path}:{number}: the field {name} is empty or has blanks around it")
    added, expires = (_read_date(path, number, value) for value in fields[6:])
    return Entry(number, text, *fields[:6], added, expires)


def _read_date(path: str, number: int, text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise GateError(f"{path}:{number}: {text!r} is not a date YYYY-MM-DD")


# --- patterns (rule 2) ---


def _case_expression(pattern: str) -> str:
    words = SEPARATOR.split(pattern)
    return "".join("[A-Za-z0-9]+" if word == "*" else re.escape(word) for word in words)


def _path_steps(pattern: str) -> list[str] | None:
    """The steps of a path pattern, None if it is none."""
    steps = STEP.findall(pattern)
    return steps if "$" + "".join(steps) == pattern else None


def _path_expression(pattern: str) -> str:
    steps = [
        ANY_STEP if step in ANY_STEP_PATTERNS else re.escape(step)
        for step in _path_steps(pattern) or []
    ]
    return r"\$" + "".join(steps)


def _covers_path(entry: Entry, path: str) -> bool:
    return re.fullmatch(_path_expression(entry.path), path) is not None


def _pattern_problem(entry: Entry) -> str | None:
    words = SEPARATOR.split(entry.case)[::2]
    if any("*" in word and word != "*" for word in words):
        return f"in the case pattern {entry.case!r} `*` must stand for one whole segment of a name"
    if not re.fullmatch("[A-Za-z0-9_*-]+", entry.case):
        return f"{entry.case!r} is not a case pattern"
    if all(word == "*" for word in words):
        return f"the case pattern {entry.case!r} stands for everything"
    steps = _path_steps(entry.path)
    if steps is None:
        return f"{entry.path!r} is not a path: `$`, then .name, [number], [\"key\"], .* or [*]"
    if any("*" in step and step.startswith(".") and step != ".*" for step in steps):
        return f"in the path pattern {entry.path!r} `*` must stand for one whole step"
    if steps and all(step in ANY_STEP_PATTERNS for step in steps):
        return f"the path pattern {entry.path!r} stands for everything"
    return None


# --- rules about one entry ---


def forbidden(part: str, path: str) -> str | None:
    """What may never be allowed at a place, or at the places of a pattern (rule 5)."""
    if part in FORBIDDEN_PARTS:
        return FORBIDDEN_PARTS[part]
    if part in ACCEPTANCE and _meet(_path_steps(path), _path_steps(ACCEPTANCE[part])):
        return "differences in acceptance"
    return None


def _meet(left: list[str] | None, right: list[str] | None) -> bool:
    """Whether two path patterns can match the same path."""
    if left is None or right is None or len(left) != len(right):
        return False
    pairs = zip(left, right)
    return all(one == other or {one, other} & set(ANY_STEP_PATTERNS) for one, other in pairs)


def _forbidden_problem(entry: Entry) -> str | None:
    what = forbidden(entry.part, entry.path)
    return f"{what} are never allowed" if what else None


def _part_problem(entry: Entry) -> str | None:
    if entry.part in PARTS:
        return None
    return f"the part {entry.part!r} is not one of {', '.join(PARTS)}"


def _kind_problem(entry: Entry) -> str | None:
    if entry.kind not in MOST_DAYS:
        return f"the kind {entry.kind!r} is not one of {', '.join(MOST_DAYS)}"
    if entry.kind == REFERENCE_BUG and not CITATION.search(entry.reason):
        return "a reference-bug must cite a contract section, as in `driver.md §4.4`"
    return None


def _term_problem(entry: Entry, today: date) -> str | None:
    if entry.added > today:
        return f"added on {entry.added}, which is after today, {today}"
    if entry.expires < entry.added:
        return f"expires on {entry.expires}, before it was added"
    term, most = (entry.expires - entry.added).days, MOST_DAYS.get(entry.kind)
    if most is not None and term > most:
        return f"{entry.kind} may last at most {most} days, not {term}"
    return None


def violation(entry: Entry, today: date) -> str | None:
    """The rule that an entry breaks, whatever it matches. Expiry is a matter of its own."""
    for rule, problem in (
        (1, _kind_problem(entry)),
        (2, _pattern_problem(entry)),
        (5, _forbidden_problem(entry)),
        (2, _part_problem(entry)),
        (3, _term_problem(entry, today)),
    ):
        if problem is not None:
            return f"line {entry.line}: rule {rule}: {problem}"
    return None


def is_expired(entry: Entry, today: date) -> bool:
    """The expiry date is the last day on which an entry holds."""
    return entry.expires < today


# --- use ---


class AllowList:
    """The entries of a run; those that break a rule or are expired excuse nothing."""

    def __init__(self, entries: Iterable[Entry], today: date) -> None:
        self.entries = list(entries)
        self.today = today
        self._usable = [
            (re.compile(_case_expression(entry.case)), entry)
            for entry in self.entries
            if violation(entry, today) is None and not is_expired(entry, today)
        ]

    def excuses(self, case: str, part: str, path: str, is_exception: bool) -> bool:
        """Whether a difference is allowed; marks the entries that say so.

        `component-only` is about the reference having no output, the other kinds about outputs
        that differ.
        """
        if forbidden(part, path):
            return False
        found = [
            entry
            for expression, entry in self._usable
            if (entry.kind == COMPONENT_ONLY) == is_exception
            and entry.part == part
            and expression.fullmatch(case)
            and _covers_path(entry, path)
        ]
        for entry in found:
            if case not in entry.cases:
                entry.cases.append(case)
        return bool(found)


# --- rules about a run ---


def stale_entries(entries: Iterable[Entry], today: date) -> list[Entry]:
    """Entries that matched no difference although they could (rule 4)."""
    return [
        entry
        for entry in entries
        if not entry.cases and violation(entry, today) is None and not is_expired(entry, today)
    ]


def pending_excess(entries: Iterable[Entry], cases: list[str]) -> list[str]:
    """The suites of which `pending` affects too much (rule 6)."""
    totals = Counter(map(group_of, cases))
    affected = {case for entry in entries if entry.kind == PENDING for case in entry.cases}
    counts = Counter(map(group_of, affected))
    return [
        f"rule 6: pending entries affect {counts[group]} of the {totals[group]} cases of the suite "
        f"{group}, more than {PENDING_PERCENT} %"
        for group in sorted(counts)
        if counts[group] * 100 > totals[group] * PENDING_PERCENT
    ]


def failures(entries: list[Entry], cases: list[str], today: date) -> list[str]:
    """Everything about the list that fails a gate, each with its rule."""
    broken = [violation(entry, today) for entry in entries]
    expired = [
        f"line {entry.line}: rule 3: expired on {entry.expires}"
        for entry in entries
        if is_expired(entry, today)
    ]
    stale = [
        f"line {entry.line}: rule 4: matches no difference"
        for entry in stale_entries(entries, today)
    ]
    return [text for text in broken if text] + expired + stale + pending_excess(entries, cases)
