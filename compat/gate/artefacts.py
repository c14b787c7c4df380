"""Artefacts of a run (gates.md section 3): their names and forms, writing and reading them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from answers import exception_of
from cases import Case
from compare import ABSENT
from errors import GateError
from finding import AUDIT, DIAGNOSTIC, EXPECTED, Finding
from judge import MATCHES, Parts, Verdict, wanted_parts
from metrics import section_file, section_files

INPUT = "input.reml"
COMMAND = "command.json"
SCHEMA_LOG = "schema-validate.log"
PARSER_METRICS = "parser-metrics.json"
STREAMING_METRICS = "streaming-metrics.json"
SUMMARY = "summary.json"
METRICS = "metrics.json"
REPORT = "report.md"

CASE_FILES = (
    INPUT,
    COMMAND,
    *(
        f"{what}.{side}.json"
        for what in ("tokens", "ast", "diagnostics", "expected_tokens", "stream")
        for side in ("reference", "component")
    ),
    "diagnostics.diff.json",
    "expected_tokens.diff.json",
    SCHEMA_LOG,
    PARSER_METRICS,
    STREAMING_METRICS,
    SUMMARY,
)


# --- JSON ---

# How Python holds bytes that are not UTF-8, and what no bytes make.
ANY_SURROGATE = re.compile("[\ud800-\udfff]")
NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
REPLACEMENT = "\ufffd"


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    except RecursionError:
        return '"nested too deeply to be written"\n'


def write_text(path: Path, text: str) -> None:
    """Writes valid UTF-8."""
    path.write_bytes(ANY_SURROGATE.sub(REPLACEMENT, text).encode())


def write_json(path: Path, value: Any) -> None:
    """Writes a value as valid UTF-8."""
    write_text(path, _json_text(value))


def write_answer(path: Path, value: Any) -> None:
    """Writes what a producer said; bytes that are not UTF-8 stay as they are (section 1.2)."""
    text = NO_BYTE.sub(REPLACEMENT, _json_text(value))
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


def read_json(path: Path) -> Any:
    """The value in a file that a run has written."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise GateError(f"{path}: not JSON: {error}") from None


# --- one case ---


def clear_case(folder: Path) -> None:
    """Removes what a run has written into the folder of a case, and nothing else."""
    if not folder.is_dir():
        return
    for name in CASE_FILES:
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def write_case(folder: Path, verdict: Verdict) -> None:
    """All artefacts of a case. A part that was not answered is null."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INPUT).write_bytes(verdict.case.source)
    write_json(folder / COMMAND, _command(verdict.case))
    for side, parts in (("reference", verdict.reference), ("component", verdict.component)):
        for what, value in _answers(parts).items():
            write_answer(folder / f"{what}.{side}.json", value)
    write_answer(folder / "diagnostics.diff.json", _diff(verdict, (DIAGNOSTIC, AUDIT)))
    write_answer(folder / "expected_tokens.diff.json", _diff(verdict, (EXPECTED,)))
    write_text(folder / SCHEMA_LOG, _schema_log(verdict))
    write_json(folder / PARSER_METRICS, section_files(verdict.metrics, ("parser", "diag")))
    write_json(folder / STREAMING_METRICS, [section_file(verdict.metrics, "streaming")])
    write_json(folder / SUMMARY, case_summary(verdict))


def copy_case(source: Path, target: Path) -> None:
    """Copies the artefacts of a case."""
    target.mkdir(parents=True, exist_ok=True)
    for name in CASE_FILES:
        shutil.copyfile(source / name, target / name)


def read_case_metrics(folder: Path) -> list[Parts]:
    """The metrics of a case as they were written."""
    sections = read_json(folder / PARSER_METRICS) + read_json(folder / STREAMING_METRICS)
    return [metric for section in sections for metric in section["metrics"]]


def _command(case: Case) -> Parts:
    """What was asked: enough to ask again."""
    return {
        "case": case.name,
        "list": case.source_list,
        "line": case.line,
        "tests": case.tests,
        "parts": wanted_parts(case),
        **{
            side: {
                "arguments": case.settings[side].arguments,
                "config": case.settings[side].config,
                "steps": case.steps[side],
            }
            for side in ("reference", "component")
        },
    }


def _answers(parts: Parts) -> Parts:
    """What a producer said, by artefact."""
    run = parts.get("run")
    run = run if isinstance(run, dict) else {}
    return {
        "tokens": parts.get("tokens"),
        "ast": {
            "accepted": run.get("accepted"),
            "ast": run.get("ast"),
            "ast_text": parts.get("ast_text"),
        },
        "diagnostics": {
            "run": {name: value for name, value in run.items() if name != "ast"},
            "diag_json": parts.get("diag_json"),
            "cli": parts.get("cli"),
        },
        "expected_tokens": _expected_tokens(run),
        "stream": parts.get("stream"),
    }


def _expected_tokens(run: Parts) -> list[Any]:
    """The ordered expected set of each diagnostic."""
    diagnostics = run.get("diagnostics")
    if not isinstance(diagnostics, list):
        return []
    expected = [one.get("expected") for one in diagnostics if isinstance(one, dict)]
    return [one.get("alternatives", []) for one in expected if isinstance(one, dict)]


def _diff(verdict: Verdict, types: tuple[str, ...]) -> list[Parts]:
    return [_difference(finding) for finding in verdict.findings if finding.type in types]


def _difference(finding: Finding) -> Parts:
    """An absent side is an absent member."""
    sides = {"reference": finding.reference, "component": finding.component}
    return {
        "type": finding.type,
        "part": finding.part,
        "path": finding.path,
        "allowlisted": finding.allowed,
        **{side: value for side, value in sides.items() if value is not ABSENT},
    }


def _schema_log(verdict: Verdict) -> str:
    lines = [
        f"{part}: {problem}\n" for part, found in verdict.problems.items() for problem in found
    ]
    checked = ", ".join(verdict.problems) or "nothing"
    return "".join(lines) or f"valid: {checked}\n"


def case_summary(verdict: Verdict) -> Parts:
    """summary.json of a case. A match that no test of the case compares is null."""
    return {
        "case": verdict.case.name,
        "gating": verdict.gating,
        "schema_ok": verdict.schema_ok,
        "metrics_ok": verdict.metrics_ok,
        **{name: verdict.match(name) for name in MATCHES},
        "diag_counts": {
            "reference": _diagnostic_count(verdict.reference),
            "component": _diagnostic_count(verdict.component),
        },
        "failure_type": verdict.failure_type,
        "allowlisted": verdict.allowlisted,
    }


def _diagnostic_count(parts: Parts) -> int | None:
    """An empty list is absent in the normal form."""
    run = parts.get("run")
    if not isinstance(run, dict) or exception_of(run) is not None:
        return None
    diagnostics = run.get("diagnostics", [])
    return len(diagnostics) if isinstance(diagnostics, list) else None


# --- a run ---


def write_run(folder: Path, summary: Parts, metrics: list[Parts], report: str) -> None:
    """The files of a run."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / METRICS, section_files(metrics))
    write_text(folder / REPORT, report)
    write_json(folder / SUMMARY, summary)
