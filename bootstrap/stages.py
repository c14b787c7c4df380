"""Stages of the component: building one, and what it says (compat/contract/gates.md section 5)."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "compat/golden"
# What a stage is built from: the files right in these folders.
FOLDERS = ("lexer", "lexer/layout", "grammar", "driver", "streaming", "compat")
PROGRAMS = ("remlparse", "reml-compat")
PATIENCE = 1800  # seconds until a program is taken for one that hangs

# Leak detection and the collector exclude each other (GNUmakefile).
SANITIZE_OPTIONS = "detect_leaks=0:detect_stack_use_after_return=0"


class Unusable(Exception):
    """Nothing can be said about the gates."""


class NotBuilt(Exception):
    """A stage cannot be built; why, in the words of the compiler."""


@dataclass
class Answer:
    """How a program ended and what it wrote."""

    code: int
    out: bytes
    err: bytes

    def complaint(self) -> str:
        """What it said of its failure, on a line."""
        lines = self.err.decode(errors="replace").strip().splitlines()
        return f"exit code {self.code}" + (f": {lines[0][:300]}" if lines else "")


def run(
    words: list, *, stdin: bytes = b"", cwd: Path | None = None, env: dict | None = None
) -> Answer:
    try:
        done = subprocess.run(
            [str(word) for word in words],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise Unusable(f"{words[0]} does not end") from problem
    return Answer(done.returncode, done.stdout, done.stderr)


@dataclass
class Stage:
    """A component that is built."""

    folder: Path  # of its programs

    def remlparse(self, *words, **how) -> Answer:
        """Profile reference: what it prints has been recorded."""
        return run([self.folder / "remlparse", "--profile", "reference", *words], **how)

    def compat(self, *words, **how) -> Answer:
        return run([self.folder / "reml-compat", *words], **how)

    def results(self, sample: int, *options: str, **how) -> bytes:
        """The normalised result lines of every sample-th case."""
        answer = self.compat("results", *options, "--sample", sample, GOLDEN, **how)
        if answer.code != 0:
            raise Unusable(f"reml-compat results: {answer.complaint()}")
        return answer.out

    def inventory(self, **how) -> bytes:
        answer = self.remlparse("--emit-inventory", **how)
        if answer.code != 0:
            raise Unusable(f"remlparse --emit-inventory: {answer.complaint()}")
        return answer.out


def build(source: Path, to: Path, **variables: str) -> Stage:
    """Makes the programs from the sources, with further variables of GNUmakefile."""
    settings = {"SANITIZE": "", "BOOTSTRAP": "", **variables, "BUILD": str(to)}
    folder = to / "sanitize" if settings["SANITIZE"] else to
    words = ["make", "-C", source, f"-j{os.cpu_count() or 1}", "--no-print-directory"]
    words += [f"{name}={value}" for name, value in settings.items()]
    # The make that may have started this one has nothing to say in it.
    quiet = {"MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": "0"}
    answer = run([*words, *(folder / program for program in PROGRAMS)], env=quiet)
    if answer.code != 0:
        lines = answer.err.decode(errors="replace").strip().splitlines()
        telling = [line for line in lines if "error" in line.lower()] or lines or ["make failed"]
        raise NotBuilt(telling[0][:300])
    return Stage(folder)


def sources(root: Path) -> list[Path]:
    """Relative paths."""
    files = [file for folder in FOLDERS for file in (root / folder).glob("*") if file.is_file()]
    return [Path("GNUmakefile"), *(file.relative_to(root) for file in files)]


def copy_sources(to: Path, tables: dict[str, bytes]) -> None:
    """The sources with these tables. A file that is as it was stays, with its time."""
    wanted = sources(ROOT)
    for path in set(sources(to)) - set(wanted) - {Path("GNUmakefile")}:
        (to / path).unlink()
    for path in wanted:
        content = tables[str(path)] if str(path) in tables else (ROOT / path).read_bytes()
        copy = to / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.is_file() or copy.read_bytes() != content:
            copy.write_bytes(content)
