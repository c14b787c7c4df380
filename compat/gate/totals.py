"""What a run says as a whole (gates.md section 3): its summary, from facts that shards can add up.

The facts of a shard are in its own summary and the folders of its cases, so that `merge` gives what
one run would have given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Iterable

import allowlist
from allowlist import Entry
from cases import group_of
from compare import shown
from finding import FAILURE_TYPES, Finding
from judge import Verdict
from metrics import PROFILE, Metric, platform_name, summed

Record = dict[str, Any]


@dataclass
class Facts:
    """What is known about a run, or a part of it."""

    identity: Record  # what all shards of a run have in common
    today: date
    shard: list[int]
    entries: list[Entry]
    cases: list[Record] = field(default_factory=list)
    metrics: list[list[Metric]] = field(default_factory=list)

    @property
    def is_part(self) -> bool:
        """Whether other shards are missing."""
        return self.shard[1] > 1

    @property
    def sources(self) -> list[str]:
        """The files of case lists."""
        return [one["file"] for one in self.identity["lists"]]


def identity(reference: str, lists: list[Record], allow_list: Record) -> Record:
    """What is the same in all shards of a run."""
    return {
        "platform": platform_name(),
        "profile": PROFILE,
        "reference": reference,
        "lists": lists,
        "allowlist": allow_list,
    }


# --- one case ---


def case_record(verdict: Verdict) -> Record:
    """What a summary keeps of a case; `first` is the first finding of the type that counts."""
    findings = verdict.open_findings or verdict.findings
    findings = sorted(findings, key=lambda finding: finding.type != verdict.failure_type)
    return {
        "case": verdict.case.name,
        "gating": verdict.gating,
        "failure_type": verdict.failure_type,
        "allowlisted": verdict.allowlisted,
        "compared": verdict.compared,
        "differences": len(findings),
        "first": _first(verdict, findings),
    }


def _first(verdict: Verdict, findings: list[Finding]) -> Record | None:
    if findings:
        return _finding_record(findings[0])
    if verdict.gating:
        return None
    return {"part": "", "path": "", "reason": _broken_rule(verdict)}


def _finding_record(finding: Finding) -> Record:
    """A difference with what the sides say, in short."""
    record = {"part": finding.part, "path": finding.path, "reason": finding.text}
    if finding.reference is not finding.component:
        record["reference"] = shown(finding.reference)
        record["component"] = shown(finding.component)
    return record


def _broken_rule(verdict: Verdict) -> str:
    """Why a case without differences fails."""
    for part, problems in verdict.problems.items():
        if problems:
            return f"schema: {part} {problems[0]}"
    failed = [metric for metric in verdict.metrics if metric["status"] == "fail"]
    reasons = [one["reason"] for one in failed[0]["failures"]] if failed else []
    return f"{failed[0]['metric']}: {reasons[0]}" if reasons else "a metric fails"


def add_verdict(facts: Facts, verdict: Verdict) -> None:
    """Adds a case to the facts."""
    facts.cases.append(case_record(verdict))
    facts.metrics.append(verdict.metrics)


# --- the run ---


def summary_of(facts: Facts, last: Record | None) -> Record:
    """summary.json of a run; rules about all cases are left to `merge` if this is a part."""
    names = [record["case"] for record in facts.cases]
    failed = [record for record in facts.cases if not record["gating"]]
    allowed = [record for record in facts.cases if record["allowlisted"]]
    reasons = [f"{len(failed)} of {len(names)} cases fail"] if failed else []
    listed = [] if facts.is_part else allowlist.failures(facts.entries, names, facts.today)
    types = Counter(record["failure_type"] for record in failed)
    return {
        "gating": not failed and not listed,
        "reasons": reasons + [f"allow-list: {reason}" for reason in listed],
        "counts": {
            "cases": len(names),
            "same": len(names) - len(failed) - len(allowed),
            "allowlisted": len(allowed),
            "failed": len(failed),
        },
        "failure_types": {name: types[name] for name in FAILURE_TYPES},
        "groups": _groups(facts.cases),
        "compared": dict(sorted(Counter(_compared(facts.cases)).items())),
        "shard": facts.shard,
        "today": str(facts.today),
        "identity": facts.identity,
        "entries": [_entry_record(entry, facts) for entry in facts.entries],
        "added": _added(facts.entries, last),
        "cases": facts.cases,
    }


def _compared(records: Iterable[Record]) -> Iterable[str]:
    return (part for record in records for part in record["compared"])


def _groups(records: list[Record]) -> Record:
    groups: dict[str, Record] = {}
    for record in records:
        group = groups.setdefault(group_of(record["case"]), {"cases": 0, "failed": 0})
        group["cases"] += 1
        group["failed"] += not record["gating"]
    return groups


def _entry_record(entry: Entry, facts: Facts) -> Record:
    """An entry with its state: `open` if only the other shards can tell whether it is stale."""
    if allowlist.violation(entry, facts.today):
        state = "broken"
    elif allowlist.is_expired(entry, facts.today):
        state = "expired"
    elif entry.cases:
        state = "used"
    else:
        state = "open" if facts.is_part else "stale"
    return {
        "line": entry.line,
        "text": entry.text,
        "place": entry.place,
        "state": state,
        "cases": entry.cases,
    }


def _added(entries: list[Entry], last: Record | None) -> list[str] | None:
    """Entries that the last run did not have (rule 8); None if there was none."""
    if last is None:
        return None
    before = {entry["text"] for entry in last["entries"]}
    return [entry.place for entry in entries if entry.text not in before]


def metrics_of(facts: Facts) -> list[Metric]:
    """The metrics of a run."""
    return summed(facts.metrics, facts.sources)


# --- facts of shards ---


def facts_of(summary: Record) -> Facts:
    """The facts of a shard, without its metrics."""
    entries = [
        allowlist.read_entry("the allow-list", record["line"], record["text"])
        for record in summary["entries"]
    ]
    for entry, record in zip(entries, summary["entries"]):
        entry.cases = record["cases"]
    return Facts(
        identity=summary["identity"],
        today=date.fromisoformat(summary["today"]),
        shard=summary["shard"],
        entries=entries,
        cases=summary["cases"],
    )


def interleaved(shards: list[list[Any]]) -> list[Any]:
    """Items in the order from which shards took every n-th."""
    longest = max(map(len, shards), default=0)
    return [shard[row] for row in range(longest) for shard in shards if row < len(shard)]


def united(shards: list[Facts]) -> Facts:
    """The facts of the whole run from those of its shards, in the order of their numbers."""
    first = shards[0]
    for entries in zip(*(shard.entries for shard in shards)):
        entries[0].cases = interleaved([entry.cases for entry in entries])
    whole = Facts(
        identity=first.identity,
        today=max(shard.today for shard in shards),
        shard=[1, 1],
        entries=first.entries,
        cases=interleaved([shard.cases for shard in shards]),
        metrics=interleaved([shard.metrics for shard in shards]),
    )
    order = {record["case"]: number for number, record in enumerate(whole.cases)}
    for entry in whole.entries:
        entry.cases.sort(key=order.__getitem__)
    return whole
