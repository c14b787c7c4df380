"""Runs every gate and writes what it found as JSON, Markdown and a page (gates.md 2, 3, 5, 6)."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import artefacts
import history
import page
import performance
import run
import spec_metrics
from cases import read_lists
from errors import GateError
from metrics import PROFILE, Metric, now, platform_name, section_of, unsuccessful

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HISTORY = ROOT / "roadmap" / "metrics.md"
CASES = str(HERE / "cases.txt")
GENERATED = ROOT / "bootstrap" / "generated"
MOST_DIFFERENCES = 20

Report = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this sub-command."""
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "gate", metavar="DIR",
                        help="where the reports go (build/gate)")  # fmt: skip
    parser.add_argument("--build", type=Path, default=Path(run.BUILD), metavar="DIR",
                        help=f"the build ({run.BUILD})")  # fmt: skip
    parser.add_argument("--sample", type=int, default=1, metavar="K",
                        help="self-host gates over every K-th case only")  # fmt: skip
    parser.add_argument("--only", metavar="S1,...",
                        help="these self-host gates only; the others are skipped")  # fmt: skip
    parser.add_argument("--stages", type=Path, default=ROOT / "build" / "selfhost", metavar="DIR",
                        help="folder of the self-host stages (build/selfhost)")  # fmt: skip
    parser.add_argument("--allow-list", type=Path, default=run.ALLOW_LIST, metavar="FILE",
                        help="the allow-list")  # fmt: skip
    parser.add_argument("--today", type=run.day, default=date.today(), metavar="YYYY-MM-DD",
                        help="for expiry dates")  # fmt: skip
    parser.add_argument("--no-measure", action="store_true", help="leave the section perf out")
    parser.add_argument("--record", action="store_true",
                        help="add the figures to roadmap/metrics.md")  # fmt: skip
    run.add_success_argument(parser)


# --- the parts ---


def selfhost(options: argparse.Namespace) -> Report:
    """S1 to S8: bootstrap/selfhost says it."""
    out = options.out / "selfhost.json"
    out.unlink(missing_ok=True)
    words = [str(ROOT / "bootstrap" / "selfhost"), "--out", str(out), "--sample",
             str(options.sample), "--build", str(options.stages)]  # fmt: skip
    words += ["--only", options.only] if options.only else []
    code = subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode
    if code not in (0, 1) or not out.is_file():
        raise GateError("bootstrap/selfhost: nothing can be said; run it to see why")
    return json.loads(out.read_text(encoding="utf-8"))


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def generated_gate(build: Path) -> Report:
    """The lexer and the tables that are checked in are those that re2c and lemon make."""
    kept = sorted(GENERATED.glob("*.[ch]"))
    failures = [
        f"bootstrap/generated/{path.name}: not what is generated; run `make regen`"
        for path in kept
        if path.read_bytes() != _bytes_of(build / "gen" / path.name)
    ]
    if not kept:
        failures = ["bootstrap/generated: there is nothing"]
    return {
        "gate": "generated",
        "status": "fail" if failures else "pass",
        "checked": max(len(kept), 1),
        "failed": len(failures),
        "failures": failures,
    }


def cases(options: argparse.Namespace) -> tuple[bool, Report, list[Report]]:
    """The dual-write run over our own list: whether it passes, its summary and its sections."""
    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    out = options.out / "cases"
    passed = run.execute(
        parser.parse_args(
            [CASES, "--out", str(out), "--build", str(options.build),
             "--allow-list", str(options.allow_list), "--today", options.today.isoformat()]
        )  # fmt: skip
    )
    sections = json.loads((out / artefacts.METRICS).read_text(encoding="utf-8"))
    return passed, json.loads((out / artefacts.SUMMARY).read_text(encoding="utf-8")), sections


def gate_metric(gate: Report) -> Metric:
    """A self-host gate as a metric."""
    total, failed = gate["checked"], gate["failed"]
    return {
        "metric": f"selfhost.{gate['gate']}",
        "total": total,
        "passed": total - failed,
        "failed": failed,
        "pass_rate": round((total - failed) / total, 6) if total else None,
        "pass_fraction": f"{total - failed}/{total}",
        "threshold": 1.0,
        "status": gate["status"],
        "sources": ["selfhost.json"],
        "failures": [
            {"source": "selfhost.json", "case": "", "reason": page.failure_text(failure)}
            for failure in gate["failures"]
        ],
    }


# --- what is around it ---


def commit() -> str:
    """The commit of the sources, marked when they were changed since."""
    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""

    revision = git("rev-parse", "--short=10", "HEAD")
    return (revision or "unknown") + (" and changes" if git("status", "--porcelain") else "")


def differences(summary: Report, folder: Path) -> list[Report]:
    """What differs in the cases, with the source of each."""
    found = []
    for case in summary["cases"]:
        first = case.get("first")
        if case["gating"] or not first:
            continue
        source = (folder / case["case"] / artefacts.INPUT).read_bytes()
        found.append(
            {
                "case": case["case"],
                "area": case["failure_type"] or "metric",
                "reason": "the sides differ" if "reference" in first else first["reason"],
                "path": f"{first['part']}{first['path']}",
                "source": source.decode("utf-8", "replace"),
                "expected": first.get("reference"),
                "actual": first.get("component"),
            }
        )
    return found[:MOST_DIFFERENCES]


def allow_list(summary: Report) -> dict[str, list[str]]:
    """Entries by state."""
    states: dict[str, list[str]] = {}
    for entry in summary["entries"]:
        text = " ".join(entry["text"].split("\t")[:4])
        states.setdefault(entry["state"], []).append(text)
    return states | {"added": summary["added"] or []}


def markdown(report: Report) -> str:
    """The report for a terminal or a review."""
    lines = [f"# Gate: {report['verdict']}", "", f"{report['commit']}, {report['platform']}, "
             f"{report['generated_at']}", ""]  # fmt: skip
    lines += [f"- {reason}" for reason in report["reasons"]]
    lines += ["", "| gate | checked | failed | state |", "| --- | ---: | ---: | --- |"]
    for gate in report["gates"]:
        lines.append(
            f"| {gate['gate']} {page.GATE_TITLES.get(gate['gate'], '')} | {gate['checked']} "
            f"| {gate['failed']} | {gate['status']} |"
        )
    for one in report["sections"]:
        lines += ["", f"## {one['section']}", ""]
        lines += ["| metric | samples | state |", "| --- | --- | --- |"]
        for metric in one["metrics"]:
            lines.append(
                f"| {metric['metric']} | {metric['pass_fraction']} | {metric['status']} |"
            )
    return "\n".join(lines) + "\n"


def reasons_of(report: Report, passed: bool, summary: Report, options: Any) -> list[str]:
    """Why the gate is not passed, in the order in which a person should look."""
    reasons = []
    strict = options.require_success
    for gate in report["gates"]:
        is_missing = strict and gate["status"] == "skipped" and not options.only
        if gate["status"] == "fail" or is_missing:
            first = page.failure_text(gate["failures"][0]) if gate["failures"] else gate["status"]
            reasons.append(f"{gate['gate']}: {first}")
    if not passed:
        reasons += summary["reasons"]
    metrics = [metric for one in report["sections"] for metric in one["metrics"]
               if not metric["metric"].startswith("selfhost.")]  # fmt: skip
    failed = [metric["metric"] for metric in metrics if metric["status"] == "fail"]
    wanted = unsuccessful(metrics) if strict else failed
    reasons += [f"metric {name} is not successful" for name in wanted]
    return reasons


# --- all of it ---


def execute(options: argparse.Namespace) -> bool:
    """Runs everything; whether the gate is passed."""
    if options.sample < 1:
        raise GateError("--sample: a number from 1 up")
    options.out.mkdir(parents=True, exist_ok=True)
    options.out, options.build = options.out.resolve(), options.build.resolve()
    stages = selfhost(options)
    gates = [*stages["gates"], generated_gate(options.build)]
    passed, summary, sections = cases(options)
    spec = spec_metrics.judge(options.build / "remlparse", read_lists([CASES]))
    sections.append(section_of("streaming-spec", spec, "spec"))
    rows = history.read(HISTORY)
    sections.append(section_of("selfhost", [gate_metric(gate) for gate in gates]))
    revision = commit()
    row = {"date": now()[:10], "commit": revision, "machine": performance.machine(),
           "cases": str(gates[0]["checked"] - gates[0]["failed"])}  # fmt: skip
    if not options.no_measure:
        figures = performance.figures(ROOT, options.build, options.out / "corpus")
        sections.append(section_of("perf", performance.metrics(figures, history.latest(rows))))
        row |= {name: f"{value:g}" for name, value in figures.items()}
        shutil.rmtree(options.out / "corpus")
    report = {
        "generated_at": now(),
        "platform": platform_name(),
        "profile": PROFILE,
        "commit": revision,
        "command": " ".join(["compat/gate/compat", *sys.argv[1:]]),
        "gates": gates,
        "sections": sections,
        "history": rows + ([] if options.no_measure else [row]),
        "allowlist": allow_list(summary),
        "differences": differences(summary, options.out / "cases"),
    }
    report["reasons"] = reasons_of(report, passed, summary, options)
    report["verdict"] = "fail" if report["reasons"] else "pass"
    write(options.out, report)
    if options.record and not options.no_measure:
        history.append(HISTORY, row)
    for reason in report["reasons"]:
        print(f"gate: {reason}", file=sys.stderr)
    print(f"gate: {report['verdict']}; see {options.out / 'report.html'}")
    return not report["reasons"]


def write(out: Path, report: Report) -> None:
    """metrics-SECTION.json, summary.json, report.md, report.html."""
    for one in report["sections"]:
        artefacts.write_json(out / f"metrics-{one['section']}.json", one)
    short = {name: report[name] for name in
             ("verdict", "reasons", "generated_at", "platform", "profile", "commit")}  # fmt: skip
    short["gates"] = {gate["gate"]: gate["status"] for gate in report["gates"]}
    short["sections"] = {one["section"]: one["summary"] for one in report["sections"]}
    artefacts.write_json(out / "summary.json", short)
    (out / "report.md").write_text(markdown(report), encoding="utf-8")
    (out / "report.html").write_text(page.render(report), encoding="utf-8")
