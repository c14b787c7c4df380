"""Compares the answers of two producers to the cases of lists (gates.md section 3)."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shlex
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import artefacts
import report
import totals
from allowlist import AllowList, read_allowlist
from answers import CommandAnswers, Producer
from cases import NAME, Case, read_lists, shard_of
from errors import GateError
from golden import GoldenAnswers
from judge import Bench, judge_case
from metrics import unsuccessful

HERE = Path(__file__).resolve().parent
ALLOW_LIST = HERE / "allowlist.txt"
BUILD = os.environ.get("REML_BUILD") or str(HERE.parents[1] / "build")
TIMEOUT = 60.0


# --- options ---


def _shard(text: str) -> list[int]:
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is not I/N with I from 1 to N")
    return [int(match[1]), int(match[2])]


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date YYYY-MM-DD") from None


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text) or not float(text) > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return float(text)


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not words:
        raise argparse.ArgumentTypeError("there is no command")
    return words


def add_success_argument(parser: argparse.ArgumentParser) -> None:
    """The option that `merge` has, too."""
    parser.add_argument(
        "--require-success",
        action="store_true",
        help="fail if a metric fails or has no sample",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this sub-command."""
    parser.add_argument("lists", nargs="+", metavar="LIST", help="case list")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="run directory")
    parser.add_argument(
        "--shard", type=_shard, default=[1, 1], metavar="I/N", help="only every N-th case, from I"
    )
    parser.add_argument(
        "--build", type=Path, default=Path(BUILD), metavar="DIR", help=f"the build ({BUILD})"
    )
    parser.add_argument(
        "--reference-command",
        type=_words,
        metavar="COMMAND",
        help="speaks the protocol of `reml-compat answer`; without it, the recorded answers",
    )
    parser.add_argument(
        "--allow-list", type=Path, default=ALLOW_LIST, metavar="FILE", help="the allow-list"
    )
    parser.add_argument(
        "--today", type=day, default=date.today(), metavar="YYYY-MM-DD", help="for expiry dates"
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT, metavar="SECONDS", help="for one answer (60)"
    )
    add_success_argument(parser)


# --- running ---


def execute(options: argparse.Namespace) -> bool:
    """Runs the cases; whether the gate is passed."""
    if options.require_success and options.shard[1] > 1:
        raise GateError("--require-success is about all cases: give it to merge")
    cases = read_lists(options.lists)
    entries = read_allowlist(options.allow_list)
    reference = _reference(options)
    facts = totals.Facts(
        identity=totals.identity(
            reference.name,
            [_digest(Path(path)) for path in options.lists],
            _digest(options.allow_list),
        ),
        today=options.today,
        shard=options.shard,
        entries=entries,
    )
    last = clear_last_run(options.out)
    component = CommandAnswers(
        [str(options.build / "reml-compat"), "answer"], options.timeout, fixed_time=True
    )
    with closing(reference), closing(component):
        bench = Bench(reference, component, options.build.resolve() / "remlparse", options.timeout)
        _run_cases(shard_of(cases, *options.shard), bench, facts, options.out)
    return finish(facts, last, options.out, options.require_success)


def _reference(options: argparse.Namespace) -> Producer:
    if options.reference_command is None:
        return GoldenAnswers()
    return CommandAnswers(options.reference_command, options.timeout, fixed_time=False)


def _digest(path: Path) -> totals.Record:
    return {"file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _run_cases(cases: list[Case], bench: Bench, facts: totals.Facts, out: Path) -> None:
    allow = AllowList(facts.entries, facts.today)
    for case in cases:
        verdict = judge_case(case, bench, allow)
        artefacts.clear_case(out / case.name)
        artefacts.write_case(out / case.name, verdict)
        totals.add_verdict(facts, verdict)


# --- what run and merge have in common ---


def clear_last_run(out: Path) -> totals.Record | None:
    """Removes the artefacts of the run that is there; its summary."""
    path = out / artefacts.SUMMARY
    if not path.is_file():
        return None
    last = artefacts.read_json(path)
    try:
        names = [str(record["case"]) for record in last["cases"]]
        [entry["text"] for entry in last["entries"]]
    except (TypeError, KeyError):
        raise GateError(f"{path}: not the summary of a run") from None
    for name in filter(NAME.fullmatch, names):
        artefacts.clear_case(out / name)
    return last


def finish(
    facts: totals.Facts, last: totals.Record | None, out: Path, require_success: bool
) -> bool:
    """Writes the files of a run and says how it went; whether the gate is passed."""
    metrics = totals.metrics_of(facts)
    summary = totals.summary_of(facts, last)
    artefacts.write_run(out, summary, metrics, report.render(summary, metrics))
    reasons = list(summary["reasons"])
    if require_success:
        reasons += [f"metric {name} is not successful" for name in unsuccessful(metrics)]
    for reason in reasons:
        print(f"compat: {reason}", file=sys.stderr)
    counts = ", ".join(f"{number} {name}" for name, number in summary["counts"].items())
    print(f"{counts}; see {out / artefacts.REPORT}")
    return not reasons
