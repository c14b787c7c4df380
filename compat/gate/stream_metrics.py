"""Samples of the streaming metrics (gates.md section 2.2) from the component's answer, poc profile.

The batch result that a stream is compared with is computed in the same run.
"""

from __future__ import annotations

from typing import Any

import settings
from cases import Case
from compare import differences
from metrics import Samples
from normal import normalise

BACKPRESSURE = "backpressure"
BRIDGE_METRICS = {
    "parser.stream.bridge_backpressure_diagnostics": "bridge.stage.backpressure",
    "parser.stream.bridge_stage_propagation": "effects.contract.stage_mismatch",
}
REASON_PREFIXES = ("pending.", "parser.stream.", "stream.", "resume.", "demand.")

COMMON_KEYS = ("schema.version", "audit.timestamp")
EVENT_KEYS = {
    "parser.stream.pending": (
        "backpressure_events",
        "resume_lineage",
        "expected_tokens",
        "last_reason",
        "resume_hint",
    ),
    "parser.stream.error": ("expected_tokens", "last_reason", "resume_hint", "diagnostic"),
}

Step = dict[str, Any]


def judge_stream(
    samples: Samples, case: Case, steps: list[Step], batch: Step | None, golden: Any
) -> None:
    """All samples of one script; `golden` is the reference's normalised answer, if it has one."""
    config = case.settings["component"].config
    pendings = [step for step in steps if step["outcome"] == "pending"]
    if steps and steps[-1]["outcome"] == "completed":
        _judge_outcome(samples, steps[-1], pendings, batch, _golden_meta(golden, len(steps) - 1))
    if settings.orders_demands(config) and not _hints_demand(case):
        for step in pendings:
            _judge_demand(samples, step)
    _judge_flow(samples, config, pendings)
    for step in steps:
        for event in step["audit_events"]:
            samples.judge("parser.stream.audit_completeness", _event_problem(event))


# --- stream against batch ---


def _golden_meta(golden: Any, index: int) -> Any:
    try:
        return golden["steps"][index]["meta"]
    except (TypeError, KeyError, IndexError):
        return None


def _judge_outcome(
    samples: Samples, last: Step, pendings: list[Step], batch: Step | None, meta: Any
) -> None:
    lineage = pendings[-1]["continuation"]["resume_lineage"] if pendings else []
    waited = pendings[-1]["diagnostics"] if pendings else []
    problem, path = _outcome_problem(last, waited, batch, meta)
    place = {"path": path, "resume_lineage": lineage} if problem else {}
    samples.judge("parser.stream.outcome_consistency", problem, **place)


def _outcome_problem(
    last: Step, waited: list[Any], batch: Step | None, meta: Any
) -> tuple[str | None, str]:
    """A completed result has the diagnostics of the waits in front (streaming-reference.md 2)."""
    if batch is None:
        return "there is no batch result", ""
    found = last["result"]["diagnostics"]
    if found[: len(waited)] != waited:
        return "the diagnostics of the last wait are not in front", "$.result.diagnostics"
    own = {**last["result"], "diagnostics": found[len(waited) :]}
    first = next(differences(batch, own), None)
    if first:
        return "stream and batch differ", first.path.replace("$", "$.result", 1)
    own_meta = normalise(last["meta"], masked=False)
    first = next(differences(meta, own_meta), None) if meta is not None else None
    if first:
        return "the meta data is not the recorded one", first.path.replace("$", "$.meta", 1)
    return None, ""


# --- demand and flow ---


def _hints_demand(case: Case) -> bool:
    """Whether an await brings numbers of its own, which the poc profile passes on as they are."""
    hints = [step.get("await", {}) for step in case.steps["component"] if isinstance(step, dict)]
    return any("min_bytes" in hint or "preferred_bytes" in hint for hint in hints)


def _judge_demand(samples: Samples, step: Step) -> None:
    hint = step["continuation"]["resume_hint"]
    least, preferred = hint["min_bytes"], hint["preferred_bytes"]
    problem = None
    if least is None or preferred is None:
        problem = "the hint lacks min_bytes or preferred_bytes"
    elif preferred < least:
        problem = f"preferred_bytes {preferred} is less than min_bytes {least}"
    samples.judge("parser.stream.demandhint_coverage", problem)


def _judge_flow(samples: Samples, config: settings.Config, pendings: list[Step]) -> None:
    is_auto = settings.is_auto_flow(config)
    samples.count("parser.stream.flow.auto_coverage", 1, int(is_auto), int(not is_auto))
    if not is_auto:
        return
    before = 0
    pressed = []
    for step in pendings:
        if step["meta"]["backpressure_events"] > before:
            samples.judge("parser.stream.backpressure_sync", _reason_problem(step))
            pressed.append(step)
        before = step["meta"]["backpressure_events"]
    if pressed:
        _judge_bridge(samples, config, pressed[-1])


def _plain_reason(reason: str | None) -> str:
    plain = reason or ""
    while plain.startswith(REASON_PREFIXES):
        prefix = next(prefix for prefix in REASON_PREFIXES if plain.startswith(prefix))
        plain = plain.removeprefix(prefix)
    return plain


def _reason_problem(step: Step) -> str | None:
    reasons = (step["continuation"]["resume_hint"]["reason"], step["meta"]["last_reason"])
    if BACKPRESSURE in map(_plain_reason, reasons):
        return None
    return f"backpressure was counted, but the reasons are {reasons!r}"


def _judge_bridge(samples: Samples, config: settings.Config, step: Step) -> None:
    """The diagnostics of a wait hold those of the waits before it."""
    codes = [code for diagnostic in step["diagnostics"] for code in diagnostic["codes"]]
    wanted = not settings.has_sufficient_stage(config)
    for metric, code in BRIDGE_METRICS.items():
        problem = None
        if wanted and code not in codes:
            problem = f"the stage is not sufficient, but there is no {code}"
        elif not wanted and code in codes:
            problem = f"the stage is sufficient, but there is {code}"
        samples.judge(metric, problem)


# --- audit events ---


def _event_problem(event: Step) -> str | None:
    category, keys = event["category"], event["keys"]
    if category not in EVENT_KEYS:
        return f"unknown event {category}"
    wanted = [f"{category}.{name}" for name in EVENT_KEYS[category]] + list(COMMON_KEYS)
    lacking = [key for key in wanted if key not in keys]
    return f"{category} lacks {', '.join(lacking)}" if lacking else None
