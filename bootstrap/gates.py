"""The self-host gates S1 to S8 (compat/contract/gates.md section 5)."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

import tables
from stages import (
    GOLDEN,
    ROOT,
    SANITIZE_OPTIONS,
    Answer,
    NotBuilt,
    Stage,
    Unusable,
    build,
    copy_sources,
)

INVENTORY = "bootstrap/inventory.reml"
MOST_LISTED = 100  # failures of a gate in the result file
THINNER = 10  # S7 takes every so many-th case of the sample, as it runs it many times


@dataclass
class Gate:
    """What was found of a gate; failures are objects of gates.md section 2."""

    name: str
    status: str = "pass"
    checked: int = 0
    failed: int = 0
    failures: list[dict] = field(default_factory=list)
    note: str = ""  # for the reader of the messages

    def check(self, good: bool, source: str, case: str, reason: str) -> None:
        self.checked += 1
        if not good:
            self.fail(source, case, reason)

    def compare(self, expected: bytes, found: bytes, source: str, case: str = "") -> None:
        same = expected == found
        self.check(same, source, case, "" if same else first_difference(expected, found))

    def fail(self, source: str, case: str, reason: str) -> None:
        self.status = "fail"
        self.failed += 1
        if len(self.failures) < MOST_LISTED:
            self.failures.append({"source": source, "case": case, "reason": reason})

    def skip(self, reason: str) -> None:
        self.status = "skipped"
        self.failures.append({"source": "", "case": "", "reason": reason})


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def first_difference(expected: bytes, found: bytes) -> str:
    """The first line in which two texts differ, from where it differs."""
    one, other = expected.split(b"\n"), found.split(b"\n")
    number = next(
        (at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other))
    )
    a, b = (lines[number] if number < len(lines) else b"" for lines in (one, other))
    start = max(0, len(os.path.commonprefix([a, b])) - 30)
    shown = [repr(line[start : start + 80].decode(errors="replace")) for line in (b, a)]
    return f"line {number + 1}: {shown[0]} instead of {shown[1]}"


def case_of(line: bytes) -> str:
    """The identifier of a result line."""
    found = re.match(rb'{"id":"((?:[^"\\]|\\.)*)"', line)
    return found[1].decode(errors="replace") if found else ""


class Run:
    """What the gates have in common. What costs time is done when it is first asked for."""

    def __init__(self, folder: Path, sample: int):
        self.folder = folder
        self.sample = sample
        self.first = self.build_first()

    def build_first(self) -> Stage:
        try:
            return build(ROOT, self.folder / "stage1")
        except NotBuilt as problem:
            raise Unusable(f"stage 1 cannot be built: {problem}") from problem

    @cached_property
    def recorded(self) -> bytes:
        """O0."""
        return self.first.results(self.sample, "--recorded")

    @cached_property
    def results(self) -> bytes:
        """O1."""
        return self.first.results(self.sample)

    @cached_property
    def inventory(self) -> bytes:
        """I1."""
        return self.first.inventory()

    @cached_property
    def inventory_file(self) -> Path:
        path = self.folder / "inventory.reml"
        path.write_bytes(self.inventory)
        return path

    @cached_property
    def tree(self) -> Answer:
        """The tree of I1 as JSON."""
        return self.first.remlparse("--emit-ast-json", self.inventory_file)

    @property
    def parses(self) -> bool:
        return self.tree.code == 0

    @cached_property
    def regenerated(self) -> dict[str, bytes]:
        """The tables that the tree of I1 gives."""
        return tables.tables_of(self.tree.out)

    @cached_property
    def closure(self) -> Answer:
        return self.first.compat("closure", "--sample", self.sample, GOLDEN)

    @cached_property
    def second(self) -> Stage:
        source = self.folder / "stage2/source"
        copy_sources(source, self.regenerated)
        return build(source, self.folder / "stage2/build")


# --- S1 ---


def parity(gate: Gate, run: Run) -> None:
    """O1 = O0: reml-compat says what differs, case by case."""
    answer = run.first.compat("diff", "--sample", run.sample, GOLDEN)
    lines = answer.out.decode(errors="replace").splitlines()
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", lines[-1] if lines else "")
    if answer.code == 2 or counts is None:
        raise Unusable(f"reml-compat diff: {answer.complaint()}")
    for line in lines[:-1]:
        case, _, reason = line.partition(": ")
        gate.fail("compat/golden", case, reason)
    gate.checked, gate.failed = int(counts[1]) + int(counts[2]), int(counts[2])
    if gate.failed == 0 and run.results != run.recorded:
        gate.fail("compat/golden", "digest", first_difference(run.recorded, run.results))


# --- S2 ---


def chunk_sizes(length: int, sample: int) -> list[int]:
    """Every size up to the whole; of a sample, the smallest and the whole at least."""
    return sorted({1, 2, 3, length, *range(1, length + 1, sample)})


def is_silent(answer: Answer) -> bool:
    return answer.code == 0 and not answer.out and not answer.err


def acceptance(gate: Gate, run: Run) -> None:
    """B1 accepts I1 without diagnostics, at once and in chunks of every size."""

    def stream(size: int) -> tuple[str, Answer]:
        words = ("-Zstreaming", "--stream-chunk-size", size, run.inventory_file)
        return f"chunks of {size}", run.first.remlparse(*words)

    answers = [("at once", run.first.remlparse(run.inventory_file))]
    if is_silent(answers[0][1]):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers += pool.map(stream, chunk_sizes(len(run.inventory), run.sample))
    for case, answer in answers:
        gate.check(is_silent(answer), "the inventory", case, answer.complaint())


# --- S3 ---


def regeneration(gate: Gate, run: Run) -> None:
    """The tables of I1 are the committed ones, and so is I1 itself."""
    try:
        expected = {**run.regenerated, INVENTORY: run.inventory}
    except tables.Unusable as problem:
        gate.check(False, INVENTORY, "", str(problem))
        return
    for path, content in expected.items():
        file = ROOT / path
        committed = file.read_bytes() if file.is_file() else b""
        gate.compare(content, committed, path, "committed is not what is generated (make tables)")


# --- S4 ---


def fixed_point(gate: Gate, run: Run) -> None:
    """I2 = I1 and O2 = O1."""
    try:
        second = run.second
    except (NotBuilt, tables.Unusable) as problem:
        gate.check(False, "stage 2", "", f"cannot be built from the inventory: {problem}")
        return
    gate.compare(run.inventory, second.inventory(), "the inventory of stage 2")
    first, other = run.results.splitlines(), second.results(run.sample).splitlines()
    for one, two in zip_longest(first, other, fillvalue=b""):
        gate.compare(one, two, "results of stage 2", case_of(one or two))


# --- S5, S6 ---


def closure(gate: Gate, run: Run) -> None:
    """Canonical source of every accepted case, and of I1 by the command's own option."""
    lines = run.closure.out.decode(errors="replace").splitlines()
    counts = re.fullmatch(
        r"(\d+) accepted, (\d+) failed S5, (\d+) failed S6", lines[-1] if lines else ""
    )
    if run.closure.code == 2 or counts is None:
        raise Unusable(f"reml-compat closure: {run.closure.complaint()}")
    for line in lines[:-1]:
        case, _, rest = line.partition(": ")
        if rest.startswith(gate.name):
            gate.fail("compat/golden", case, rest.partition(": ")[2])
    gate.checked, gate.failed = int(counts[1]), int(counts[2 if gate.name == "S5" else 3])
    if run.parses:
        close_inventory(gate, run)


def close_inventory(gate: Gate, run: Run) -> None:
    option = "--emit-source" if gate.name == "S5" else "--emit-ast"
    source = run.first.remlparse("--emit-source", run.inventory_file)
    once = run.first.remlparse(option, run.inventory_file)
    again = run.first.remlparse(option, "-", stdin=source.out)
    gate.check(again.code == 0, "the inventory", "--emit-source", again.complaint())
    gate.compare(once.out, again.out, "the inventory", f"{option} of its source")


# --- S7 ---


def builds_of_other_kinds() -> dict[str, dict[str, str]]:
    """Variables of GNUmakefile, by the name of the build."""
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)] or ["cc"]
    kinds = {f"{name} -O2": {"CC": name, "CFLAGS": "-O2"} for name in compilers}
    kinds[f"{compilers[0]} -O0"] = {"CC": compilers[0], "CFLAGS": "-O0"}
    kinds["sanitizers"] = {"CC": compilers[0], "CFLAGS": "-O1", "SANITIZE": "1"}
    return kinds


SURROUNDINGS = {
    "another locale": {"env": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"}},
    "the locale C": {"env": {"LC_ALL": "C", "LANG": "C"}},
    "another time zone": {"env": {"TZ": "Asia/Kathmandu"}},
    "a bigger environment": {"env": {f"REML_TEST_{i}": "x" * 500 for i in range(1000)}},
}


def everything(stage: Stage, run: Run, **how) -> dict[str, bytes]:
    """What S7 compares, by its name."""
    mistake = (ROOT / "tests/samples/mistake.reml").read_bytes()
    how["env"] = {
        **how.get("env", {}),
        "REMLC_FIXED_TIMESTAMP": "1970-01-01T00:00:00Z",
        "ASAN_OPTIONS": SANITIZE_OPTIONS,
        "UBSAN_OPTIONS": SANITIZE_OPTIONS,
    }
    diagnosed = stage.remlparse("--format", "json", "-", stdin=mistake, **how)
    return {
        "results": stage.results(run.sample * THINNER, **how),
        "inventory": stage.inventory(**how),
        "tree of the inventory": stage.remlparse("--emit-ast-json", run.inventory_file, **how).out,
        "a diagnostic": diagnosed.out + diagnosed.err,
    }


def independence(gate: Gate, run: Run) -> None:
    """What B1 says does not depend on how it was built and where it runs."""
    expected = everything(run.first, run)

    def compare(source: str, found: dict[str, bytes]) -> None:
        for name, content in expected.items():
            gate.compare(content, found[name], source, name)

    kinds = builds_of_other_kinds()
    if sum(name.endswith("-O2") for name in kinds) < 2:
        gate.note = f"checked with one compiler, {next(iter(kinds)).split()[0]}"
    for source, variables in kinds.items():
        try:
            stage = build(ROOT, run.folder / source.replace(" ", ""), **variables)
        except NotBuilt as problem:
            gate.check(False, source, "", f"cannot be built: {problem}")
            continue
        compare(source, everything(stage, run))
    with tempfile.TemporaryDirectory() as folder:
        compare("another directory", everything(run.first, run, cwd=Path(folder)))
    for source, how in SURROUNDINGS.items():
        compare(source, everything(run.first, run, **how))


# --- S8 ---


def stream_closure(gate: Gate, run: Run) -> None:
    """Streaming I1 gives the tree of the batch run, in both profiles."""
    length = len(run.inventory)
    sizes = sorted({1, 2, 3, 7, 64, 1000, 4096, length - 1, length})
    for profile in ("spec", "poc"):
        for size in sizes:
            words = ["-Zstreaming", "--stream-profile", profile, "--stream-chunk-size", size]
            answer = run.first.remlparse(*words, "--emit-ast-json", run.inventory_file)
            case = f"{profile}, chunks of {size}"
            if answer.code != 0 or answer.err:
                gate.check(False, "the inventory", case, answer.complaint())
            else:
                gate.compare(run.tree.out, answer.out, "the inventory", case)


GATES = {
    "S1": parity,
    "S2": acceptance,
    "S3": regeneration,
    "S4": fixed_point,
    "S5": closure,
    "S6": closure,
    "S7": independence,
    "S8": stream_closure,
}
NEED_TREE = ("S3", "S4", "S8")


def judge(name: str, run: Run) -> Gate:
    gate = Gate(name)
    if name in NEED_TREE and not run.parses:
        gate.skip("the inventory does not parse (S2)")
        return gate
    GATES[name](gate, run)
    return gate
