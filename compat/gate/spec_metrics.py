"""The streaming metrics of gates.md section 2.2 in the spec profile, from the command.

The sources are those of the case list. Each is fed in chunks of several sizes; what the command
prints, and what it dumps at every pause, are the samples.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from answers import fixed_environment
from cases import Case
from child import run_once
from metrics import Definition, Metric, Samples, written

CHUNKS = (1, 2, 3, 7, 64, 4096)
MAX_LAG = 4  # small, so that every string or long name restrains
LOW_WATERMARK = 4096  # of a controller without watermarks of its own
TIMEOUT = 60.0

# The size of chunks is a part of the run configuration, which diagnostics show.
CHUNK_SIZE = re.compile(rb'chunk_size": ?\d+')

CONSISTENCY = Definition("parser.stream.outcome_consistency", "streaming-spec")
INVARIANCE = Definition("parser.stream.chunk_invariance", "streaming-spec")
DEMANDS = Definition("parser.stream.demandhint_coverage", "streaming-spec")
HYSTERESIS = Definition("parser.stream.hysteresis", "streaming-spec")
AUDIT = Definition("parser.stream.audit_completeness", "streaming-spec")
DEFINITIONS = (CONSISTENCY, INVARIANCE, DEMANDS, HYSTERESIS, AUDIT)

AUDIT_KEYS = ("event.kind", "schema.version", "audit.channel", "cli.command", "cli.phase",
              "cli.run_id")  # fmt: skip

Line = dict[str, Any]


class Command:
    """remlparse on one source, in a folder of its own."""

    def __init__(self, program: Path, folder: str, source: bytes) -> None:
        self.program, self.folder = str(program), folder
        Path(folder, "case.reml").write_bytes(source)

    def run(self, *options: str) -> tuple[int, bytes, bytes]:
        """Exit code, standard output, standard error."""
        words = [self.program, "--profile", "reference", "-Zalgebraic-effects", "--format", "json",
                 *options, "case.reml"]  # fmt: skip
        return run_once(words, self.folder, fixed_environment(), TIMEOUT)

    def stream(self, chunk: int, *options: str) -> tuple[int, bytes, bytes]:
        """The same, streamed."""
        return self.run("-Zstreaming", "--stream-chunk-size", str(chunk), *options)


def judge(program: Path, cases: list[Case]) -> list[Metric]:
    """All metrics, over the different sources of the cases."""
    sources = {case.source: case.name for case in reversed(cases)}
    judged = [_judge(program, name, source) for source, name in sources.items()]
    return [_summed(definition, judged) for definition in DEFINITIONS]


def _judge(program: Path, name: str, source: bytes) -> Samples:
    samples = Samples("cases.txt", name)
    with tempfile.TemporaryDirectory() as folder:
        command = Command(program, folder, source)
        streams = [command.stream(chunk, "--emit-ast-json") for chunk in CHUNKS]
        batch = command.run("--emit-ast-json")
        problem = None if batch[:2] == streams[0][:2] else "another tree or exit code than in batch"
        samples.judge(CONSISTENCY.name, problem)
        streams = [(code, out, CHUNK_SIZE.sub(b"", err)) for code, out, err in streams]
        differing = [size for size, one in zip(CHUNKS, streams) if one != streams[0]]
        samples.judge(INVARIANCE.name, f"chunks of {differing}" if differing else None)
        dump = ("--dump-continuation", "--stream-flow", "auto", "--effect-stage", "beta",
                "--stream-flow-max-lag", str(MAX_LAG), "--emit-audit")  # fmt: skip
        pauses = [json.loads(line) for line in command.stream(1, *dump)[1].splitlines()]
        for pause in pauses:
            samples.judge(DEMANDS.name, demand_problem(pause))
        samples.judge(HYSTERESIS.name, hysteresis_problem(pauses))
        for line in Path(folder, "audit.jsonl").read_bytes().splitlines():
            samples.judge(AUDIT.name, audit_problem(line))
    return samples


def demand_problem(pause: Line) -> str | None:
    """Every demand has integers, and preferred is at least min, which is at least 1."""
    hint = pause["continuation_meta"]["resume_hint"]
    minimum, preferred = hint["min_bytes"], hint["preferred_bytes"]
    good = isinstance(minimum, int) and isinstance(preferred, int) and preferred >= minimum >= 1
    return None if good else f"min {minimum}, preferred {preferred}"


def hysteresis_problem(pauses: list[Line]) -> str | None:
    """A pause for backpressure is a crossing of the lag, and every crossing is one."""
    restrained = False
    for number, pause in enumerate(pauses):
        meta = pause["continuation_meta"]
        fill = meta["buffered_bytes"]
        crosses = not restrained and fill > MAX_LAG
        if crosses:
            restrained = True
        elif restrained and fill <= MAX_LAG and fill < LOW_WATERMARK:
            restrained = False
        paused = meta["resume_hint"]["reason"] == "pending.backpressure"
        if paused != crosses:
            return f"pause {number}: {fill} buffered, {'a' if paused else 'no'} signal"
    return None


def audit_problem(line: bytes) -> str | None:
    """A record is JSON and has its mandatory keys (streaming-spec.md section 9)."""
    try:
        envelope = json.loads(line)["envelope"]
        missing = [key for key in AUDIT_KEYS if not envelope["metadata"][key]]
        named = envelope["audit_id"] and envelope["capability"] == "core.parse.streaming"
    except (ValueError, KeyError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return f"lacks {missing}" if missing or not named else None


def _summed(definition: Definition, judged: list[Samples]) -> Metric:
    sums = [0, 0, 0]
    failures: list[Line] = []
    for samples in judged:
        for index, number in enumerate(samples.totals.get(definition.name, [0, 0, 0])):
            sums[index] += number
        failures += samples.failures.get(definition.name, [])
    return written(definition, sums, ["cases.txt"], failures)
