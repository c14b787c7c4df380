"""One case: asking both producers, comparing their answers, and the verdict (gates.md section 3).

The component is asked for every part, as metrics need them; compared are those of the case's tests.
Of a mode with two parts the second is compared if the reference has it: not everything is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

import schema
from allowlist import AllowList
from answers import SOURCE_PARTS, Answer, Producer, Request, exception_of
from cases import Case
from cli import expected_part, prints_tree, run_command
from compare import ABSENT, ROOT, differences
from finding import (
    AST,
    AUDIT,
    CRASH,
    DIAGNOSTIC,
    EXCEPTION,
    EXPECTED,
    FAILURE_TYPES,
    STREAM,
    TOKEN,
    Finding,
    finding_type,
)
from metrics import Metric, Samples, broken_rules
from normal import normalise
from parser_metrics import judge_parser, judge_schema, readable
from stream_metrics import judge_stream

# Parts of each mode: the first must be answered, the second is compared if the reference has it.
MODE_PARTS = {
    "tokens": ("tokens",),
    "ast": ("run", "ast_text"),
    "diag": ("run_noast", "diag_json"),
    "stream": ("stream",),
    "cli": ("cli",),
}
NEVER_LACKING = {parts[0] for parts in MODE_PARTS.values()}

# Matches of a case: the modes that compare it, and what makes it false.
MATCHES = {
    "tokens_match": (("tokens",), (TOKEN,)),
    "ast_match": (("ast", "cli"), (AST,)),
    "diag_match": (("ast", "diag", "cli"), (DIAGNOSTIC, AUDIT)),
    "expected_tokens_match": (("ast", "diag"), (EXPECTED,)),
    "stream_match": (("stream",), (STREAM,)),
}

# Metrics of equality with the reference: the parts and types of a difference that count.
PARITY_SAMPLES = {
    "parser.parity.tokens": (("tokens",), (TOKEN,)),
    "parser.parity.ast": (("run",), (AST,)),
    "parser.parity.diagnostics": (("run", "diag_json"), (DIAGNOSTIC, EXPECTED, AUDIT)),
    "parser.parity.ast_text": (("ast_text",), (AST,)),
    "parser.stream.poc_parity": (("stream",), (STREAM,)),
}

NO_ANSWER = "no output of the reference: there is no recorded answer"

Parts = dict[str, Any]


@dataclass
class Bench:
    """Who answers, and under which rules."""

    reference: Producer
    component: Producer
    program: Path  # the command remlparse
    timeout: float

    @property
    def masked(self) -> bool:
        """Only recorded answers are known to be of the fixed time (section 4)."""
        return not self.reference.fixed_time


@dataclass
class Verdict:
    """What came out of a case."""

    case: Case
    reference: Parts = field(default_factory=dict)  # normalised parts
    component: Parts = field(default_factory=dict)
    compared: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)

    @property
    def schema_ok(self) -> bool:
        """Whether every part of the component has its form."""
        return not any(self.problems.values())

    @property
    def metrics_ok(self) -> bool:
        """Whether no sample of this case breaks a rule."""
        return not broken_rules(self.metrics)

    @property
    def open_findings(self) -> list[Finding]:
        """Those that are not allowed."""
        return [finding for finding in self.findings if not finding.allowed]

    @property
    def gating(self) -> bool:
        """Everything is ok and matches, or is allow-listed."""
        return self.schema_ok and self.metrics_ok and not self.open_findings

    @property
    def allowlisted(self) -> bool:
        """There are differences, and all are allowed."""
        return bool(self.findings) and not self.open_findings

    def match(self, name: str) -> bool | None:
        """Whether sides match in this respect; None if no test of the case compares it."""
        modes, types = MATCHES[name]
        tested = [mode for mode in self.case.tests if mode in modes]
        parts = {_member(part) for mode in tested for part in MODE_PARTS[mode]}
        for finding in self.findings:
            if finding.type in types or finding.part in parts and finding.type == EXCEPTION:
                return False
        needed = {_member(MODE_PARTS[mode][0]) for mode in tested}
        return needed <= set(self.compared) if tested else None

    @property
    def failure_type(self) -> str | None:
        """The gravest type of what counts."""
        types = {finding.type for finding in self.open_findings}
        if not types and not (self.schema_ok and self.metrics_ok):
            return AUDIT
        types = types or {finding.type for finding in self.findings}
        return next((name for name in FAILURE_TYPES if name in types), None)


def _member(part: str) -> str:
    """The member of an answer that holds a part."""
    return "run" if part == "run_noast" else part


# --- asking ---


def judge_case(case: Case, bench: Bench, allow: AllowList) -> Verdict:
    """The verdict about one case."""
    verdict = Verdict(case)
    component = _ask_component(case, bench)
    reference = _ask_reference(case, bench)
    for answer, kind in ((component, CRASH), (reference, EXCEPTION)):
        if answer.failure:
            verdict.findings.append(Finding(kind, "", "", answer.failure))
    try:
        _compare(verdict, reference, component, bench.masked)
        _excuse(verdict, allow)
        _judge_metrics(verdict, bench, component.parts)
    except RecursionError:
        verdict.findings.append(Finding(CRASH, "", "", "an answer is nested too deeply"))
    return verdict


def _request(case: Case, side: str, want: tuple[str, ...]) -> Request:
    return Request(case.name, case.source, case.settings[side].config, case.steps[side], want)


def _ask_component(case: Case, bench: Bench) -> Answer:
    want = SOURCE_PARTS + (("stream",) if "stream" in case.tests else ())
    answer = bench.component.answer(_request(case, "component", want))
    if "cli" in case.tests and not answer.failure:
        arguments = case.settings["component"].arguments
        printed = run_command(bench.program, arguments, case.source, bench.timeout)
        answer = Answer(answer.parts | printed.parts, printed.failure)
    return answer


def wanted_parts(case: Case) -> tuple[str, ...]:
    """The parts that the tests of a case compare."""
    parts = [part for mode in case.tests for part in MODE_PARTS[mode]]
    return tuple(part for part in parts if not (part == "run_noast" and "run" in parts))


def _ask_reference(case: Case, bench: Bench) -> Answer:
    wanted = wanted_parts(case)
    asked = [part for part in wanted if part != "cli"]
    if "cli" in wanted:
        asked += [part for part in ("run", "ast_text") if part not in asked]
    answer = bench.reference.answer(_request(case, "reference", tuple(asked)))
    if "cli" in wanted and not answer.failure:
        answer.parts["cli"] = _expected_cli(case, answer.parts)
    return answer


def _expected_cli(case: Case, parts: Parts) -> Parts:
    run = parts.get("run")
    if run is None or exception_of(run) is not None:
        return run or {"exception": "there is no recorded answer"}
    if any(schema.RESULT(run, ROOT)) or not (run["accepted"] or run["diagnostics"]):
        return {"exception": "the answer does not have the form of a result"}
    arguments = case.settings["reference"].arguments
    if prints_tree(arguments) and run["accepted"] and not isinstance(parts.get("ast_text"), str):
        return {"exception": exception_of(parts.get("ast_text")) or "there is no text of the tree"}
    return expected_part(arguments, run, parts.get("ast_text"), case.source)


# --- comparing ---


def _compare(verdict: Verdict, reference: Answer, component: Answer, masked: bool) -> None:
    verdict.reference = _normalised(reference.parts, masked)
    verdict.component = _normalised(component.parts, masked)
    if reference.failure or component.failure:
        return
    aborted = exception_of(reference.parts.get("run")) is not None
    for part in wanted_parts(verdict.case):
        if aborted and part in ("ast_text", "diag_json"):
            continue  # the parse that gives it is the one that aborted
        verdict.findings += _compare_part(verdict, part)


def _normalised(parts: Parts, masked: bool) -> Parts:
    return {name: normalise(value, masked, "") for name, value in parts.items()}


def _compare_part(verdict: Verdict, part: str) -> Iterator[Finding]:
    """A part on which the reference raised is not compared (section 1.2)."""
    name = _member(part)
    left, right = verdict.reference.get(name), verdict.component.get(name)
    if name not in verdict.reference:
        if part in NEVER_LACKING:
            yield Finding(EXCEPTION, name, ROOT, NO_ANSWER)
        return
    if exception_of(left) is not None:
        yield Finding(EXCEPTION, name, ROOT, f"no output of the reference: {exception_of(left)}")
        return
    if exception_of(right) is not None:
        yield Finding(CRASH, name, "", f"the component raised {exception_of(right)}")
        return
    verdict.compared.append(name)
    if part == "run_noast":
        left, right = _without_tree(left), _without_tree(right)
    for difference in differences(left, right):
        yield Finding(
            finding_type(name, difference.path, difference.component is ABSENT),
            name,
            difference.path,
            "the answers differ",
            difference.reference,
            difference.component,
        )


def _without_tree(run: Any) -> Any:
    return run | {"ast": None} if isinstance(run, dict) else run


def _excuse(verdict: Verdict, allow: AllowList) -> None:
    for finding in verdict.findings:
        finding.allowed = bool(finding.path) and allow.excuses(
            verdict.case.name, finding.part, finding.path, finding.type == EXCEPTION
        )


# --- metrics ---


def _judge_metrics(verdict: Verdict, bench: Bench, parts: Parts) -> None:
    case = verdict.case
    samples = Samples(case.source_list, case.name)
    verdict.problems = schema.problems(parts)
    usable = readable(parts, verdict.problems)
    _judge_parity(samples, verdict)
    judge_schema(samples, verdict.problems)
    judge_parser(samples, case.settings["component"].config, usable)
    if "stream" in usable:
        steps = usable["stream"]["steps"]
        batch = _batch_result(case, bench, steps)
        judge_stream(samples, case, steps, batch, verdict.reference.get("stream"))
    verdict.metrics = samples.metrics()


def _judge_parity(samples: Samples, verdict: Verdict) -> None:
    """Allowed differences are no samples, and neither are parts that the reference lacks."""
    crash = next((one for one in verdict.findings if one.type == CRASH), None)
    judged = set(map(_member, wanted_parts(verdict.case)) if crash else verdict.compared)
    for metric, (parts, types) in PARITY_SAMPLES.items():
        found = [one for one in verdict.findings if one.part in parts and one.type in types]
        if judged.isdisjoint(parts) or any(one.allowed for one in found):
            continue
        first = crash or next(iter(found), None)
        place = {"path": first.place} if first and first.path else {}
        samples.judge(metric, first.text if first else None, **place)


def _batch_result(case: Case, bench: Bench, steps: list[Parts]) -> Parts | None:
    """The result of a parse of the text that the stream consumed, computed now."""
    consumed = steps[-1]["meta"]["bytes_consumed"] if steps else 0
    config = case.settings["component"].config
    request = Request(case.name, case.source[: max(0, consumed)], config, None, ("run",))
    run = bench.component.answer(request).parts.get("run")
    return run if run is not None and not any(schema.RESULT(run, ROOT)) else None
