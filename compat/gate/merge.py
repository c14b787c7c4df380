"""Puts the run directories of all shards of a run together (gates.md section 3)."""

from __future__ import annotations

import argparse
from pathlib import Path

import artefacts
import totals
from cases import NAME
from errors import GateError
from run import add_success_argument, clear_last_run, finish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this sub-command."""
    parser.add_argument("out", type=Path, metavar="OUT", help="run directory of the whole")
    parser.add_argument("shards", nargs="+", type=Path, metavar="SHARD_DIR", help="run directory")
    add_success_argument(parser)


def execute(options: argparse.Namespace) -> bool:
    """Merges; whether the gate is passed."""
    if options.out.resolve() in [folder.resolve() for folder in options.shards]:
        raise GateError(f"{options.out}: is one of the shards")
    shards = _in_order([(_read_shard(folder), folder) for folder in options.shards])
    whole = totals.united([facts for facts, _ in shards])
    last = clear_last_run(options.out)
    for facts, folder in shards:
        for record in facts.cases:
            artefacts.copy_case(folder / record["case"], options.out / record["case"])
    return finish(whole, last, options.out, options.require_success)


def _read_shard(folder: Path) -> totals.Facts:
    path = folder / artefacts.SUMMARY
    try:
        facts = totals.facts_of(artefacts.read_json(path))
        for record in facts.cases:
            if not NAME.fullmatch(record["case"]):
                raise GateError(f"{path}: {record['case']!r} is not the name of a case")
            facts.metrics.append(artefacts.read_case_metrics(folder / record["case"]))
    except (TypeError, KeyError, ValueError, IndexError, AttributeError) as error:
        raise GateError(f"{path}: not the summary of a run: {error!r}") from None
    return facts


def _in_order(shards: list[tuple[totals.Facts, Path]]) -> list[tuple[totals.Facts, Path]]:
    """The shards by number, if they are all shards of one run, each once."""
    first, folder = shards[0]
    for facts, other in shards[1:]:
        if facts.identity != first.identity or facts.shard[1] != first.shard[1]:
            raise GateError(f"{folder} and {other} are not shards of the same run")
    found = sorted(facts.shard[0] for facts, _ in shards)
    if found != list(range(1, first.shard[1] + 1)):
        raise GateError(
            f"these are the shards {', '.join(map(str, found))} of {first.shard[1]}, "
            "needed is each one once"
        )
    return sorted(shards, key=lambda pair: pair[0].shard[0])
