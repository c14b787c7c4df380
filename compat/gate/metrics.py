"""Metrics (gates.md section 2): the list of them, counting samples, and the form in which they
are written.

A case gives samples; sums over cases give the metrics of a run. A metric that no run of this kind
can judge is skipped with a reason that begins with "warning:"; `--require-success` passes over it.
"""

from __future__ import annotations

import platform
from datetime import datetime, timezone
from typing import Any, Iterable, NamedTuple

PROFILE = "poc"
SECTIONS = ("parser", "streaming", "diag")

OTHER_PROFILE = "warning: only the spec profile has it; this run is of the poc profile"
OTHER_RUNNER = "warning: edits are not part of a run of cases"


class Definition(NamedTuple):
    """A metric: what share of its samples must hold; None: the share is only reported."""

    name: str
    section: str
    threshold: float | None = 1.0
    above: bool = False  # the threshold itself is not enough
    skipped: str = ""


DEFINITIONS = (
    Definition("parser.parity.tokens", "parser"),
    Definition("parser.parity.ast", "parser"),
    Definition("parser.parity.diagnostics", "parser"),
    Definition("parser.parity.ast_text", "parser"),
    Definition("parser.parse_result_consistency", "parser"),
    Definition("parser.farthest_error_offset", "parser"),
    Definition("parser.expected_summary_presence", "parser"),
    Definition("parser.expected_tokens_per_error", "parser", 0.0, above=True),
    Definition("ExpectedTokenCollector.streaming", "parser"),
    Definition("parser.core_comb_rule_coverage", "parser"),
    Definition("parser.runconfig_switch_coverage", "parser"),
    Definition("parser.runconfig_extension_pass_rate", "parser"),
    Definition("parser.stream_extension_field_coverage", "parser"),
    Definition("lexer.shared_profile_pass_rate", "parser"),
    Definition("lexer.identifier_profile_unicode", "parser"),
    Definition("parser.packrat_cache_hit_ratio", "parser", 0.85),
    Definition("parser.recover_fixit_coverage", "parser", skipped=OTHER_PROFILE),
    Definition("parser.recover_sync_success_rate", "parser", 0.8, skipped=OTHER_PROFILE),
    Definition("diagnostic.audit_presence_rate", "diag"),
    Definition("diagnostic_schema.validation_pass", "diag"),
    Definition("parser.stream.outcome_consistency", "streaming"),
    Definition("parser.stream.poc_parity", "streaming"),
    Definition("parser.stream.chunk_invariance", "streaming", skipped=OTHER_PROFILE),
    Definition("parser.stream.demandhint_coverage", "streaming"),
    Definition("parser.stream.backpressure_sync", "streaming"),
    Definition("parser.stream.flow.auto_coverage", "streaming", None),
    Definition("parser.stream.bridge_backpressure_diagnostics", "streaming"),
    Definition("parser.stream.bridge_stage_propagation", "streaming"),
    Definition("parser.stream.hysteresis", "streaming", skipped=OTHER_PROFILE),
    Definition("parser.stream.incremental_equivalence", "streaming", skipped=OTHER_RUNNER),
    Definition("parser.stream.audit_completeness", "streaming"),
    Definition("parser.stream.gc_stats", "streaming", skipped=OTHER_PROFILE),
)

# Equality with the reference is what the matches of a case say already.
PARITY = tuple(definition.name for definition in DEFINITIONS if "parity" in definition.name)

Metric = dict[str, Any]


class Samples:
    """The samples of one case."""

    def __init__(self, source: str, case: str) -> None:
        self.source, self.case = source, case
        self.totals: dict[str, list[int]] = {}
        self.failures: dict[str, list[dict[str, Any]]] = {}

    def judge(self, metric: str, problem: str | None, **place: Any) -> None:
        """One sample, and what is wrong with it, if anything."""
        self.count(metric, total=1, passed=int(not problem), failed=int(bool(problem)))
        if problem:
            self.failures.setdefault(metric, []).append(
                {"source": self.source, "case": self.case, "reason": problem, **place}
            )

    def count(self, metric: str, total: int, passed: int, failed: int) -> None:
        """Several samples at once."""
        sums = self.totals.setdefault(metric, [0, 0, 0])
        for index, number in enumerate((total, passed, failed)):
            sums[index] += number

    def metrics(self) -> list[Metric]:
        """The metrics of this case."""
        return [
            written(
                definition,
                self.totals.get(definition.name, [0, 0, 0]),
                [self.source],
                self.failures.get(definition.name, []),
            )
            for definition in DEFINITIONS
        ]


def written(
    definition: Definition, sums: list[int], sources: list[str], failures: list[dict[str, Any]]
) -> Metric:
    """A metric in its written form; sums are total, passed, failed."""
    total, passed, failed = sums
    if definition.skipped:
        failures = [{"source": "", "case": "", "reason": definition.skipped}]
    return {
        "metric": definition.name,
        "total": total,
        "passed": passed,
        "failed": failed,
        "pass_rate": round(passed / total, 6) if total else None,
        "pass_fraction": f"{passed}/{total}",
        "threshold": definition.threshold,
        "status": _status(definition, total, passed),
        "sources": sources,
        "failures": failures,
    }


def _status(definition: Definition, total: int, passed: int) -> str:
    if definition.skipped or total == 0:
        return "skipped"
    if definition.threshold is None:
        return "pass"
    rate = passed / total
    enough = rate > definition.threshold if definition.above else rate >= definition.threshold
    return "pass" if enough else "fail"


def summed(cases: Iterable[list[Metric]], sources: list[str]) -> list[Metric]:
    """The metrics of a run from those of its cases."""
    sums = {definition.name: [0, 0, 0] for definition in DEFINITIONS}
    failures: dict[str, list[dict[str, Any]]] = {definition.name: [] for definition in DEFINITIONS}
    for metrics in cases:
        for metric in metrics:
            name = metric["metric"]
            for index, member in enumerate(("total", "passed", "failed")):
                sums[name][index] += metric[member]
            failures[name] += metric["failures"]
    return [
        written(definition, sums[definition.name], sources, failures[definition.name])
        for definition in DEFINITIONS
    ]


def broken_rules(metrics: list[Metric]) -> list[str]:
    """The metrics of a case that fail, without those that only say that sides differ."""
    return [
        metric["metric"]
        for metric in metrics
        if metric["status"] == "fail" and metric["metric"] not in PARITY
    ]


def unsuccessful(metrics: list[Metric]) -> list[str]:
    """What `--require-success` refuses: metrics that fail, or had no sample."""
    warned = {definition.name for definition in DEFINITIONS if definition.skipped}
    return [
        metric["metric"]
        for metric in metrics
        if metric["metric"] not in warned
        and (metric["status"] == "fail" or (metric["status"] == "skipped" and not metric["total"]))
    ]


# --- the written form ---


def platform_name() -> str:
    """System and processor, as in linux-x86_64."""
    return f"{platform.system()}-{platform.machine()}".lower()


def now() -> str:
    """The time in UTC."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def section_file(metrics: list[Metric], section: str) -> dict[str, Any]:
    """One section in the form of section 2."""
    names = {definition.name for definition in DEFINITIONS if definition.section == section}
    return section_of(section, [metric for metric in metrics if metric["metric"] in names])


def section_of(name: str, metrics: list[Metric], profile: str = PROFILE) -> dict[str, Any]:
    """A section of these metrics."""
    states = [metric["status"] for metric in metrics]
    return {
        "section": name,
        "platform": platform_name(),
        "profile": profile,
        "generated_at": now(),
        "metrics": metrics,
        "summary": {state: states.count(state) for state in ("pass", "fail", "warn", "skipped")},
    }


def section_files(metrics: list[Metric], sections: Iterable[str] = SECTIONS) -> list[Any]:
    """A list of sections."""
    return [section_file(metrics, section) for section in sections]
