"""The metrics of gates.md section 2.3, measured now; nothing is read from an earlier run.

Machines are noisy, so nothing fails for being slow but what the contract gives a limit; against the
recorded history there are warnings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from errors import GateError
from metrics import Metric

TEN_MB = 10_000_000
MANY_LINES = 100_000
SLOWER = 0.85  # of the recorded ratio: a warning

Figures = dict[str, float]


class Memory(NamedTuple):
    """Peak memory of a process in bytes, before its first byte of input and behind the last."""

    start: int
    end: int


def seconds(words: list[str]) -> float:
    """How long a command takes."""
    start = time.monotonic()
    if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise GateError(f"{' '.join(words)}: failed, so it cannot be measured")
    return time.monotonic() - start


def memory(words: list[str], source: Path) -> Memory:
    """Feeds a command through a pipe. What the system reports when a process has ended counts the
    memory of its parent, too; so it is asked while the process waits for more input."""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        start = _peak_when_waiting(process)
        process.stdin.write(source.read_bytes())
        process.stdin.flush()
        end = _peak_when_waiting(process)
        process.stdin.close()
    if process.returncode != 0:
        raise GateError(f"{' '.join(words)}: failed, so it cannot be measured")
    return Memory(start, end)


def _peak_when_waiting(process: subprocess.Popen[bytes]) -> int:
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if fields["State"].split()[0] == "S" and "VmHWM" in fields and _has_started(process):
            return int(fields["VmHWM"].split()[0]) * 1024
        time.sleep(0.01)
    raise GateError(f"{process.args[0]}: ended before its input")


def _has_started(process: subprocess.Popen[bytes]) -> bool:
    """False while the new process is still a copy of this one."""
    program = os.readlink(f"/proc/{process.pid}/exe")
    return os.path.samefile(program, process.args[0])


def generate(root: Path, size: int, path: Path) -> None:
    """An accepted program of at least so many bytes."""
    script = root / "tests" / "bench" / "gen_reml.py"
    words = [sys.executable, str(script), "--bytes", str(size), "--seed", "1", "--out", str(path)]
    if subprocess.run(words, check=False).returncode != 0:
        raise GateError(f"{script}: failed")


def many_lines(path: Path) -> None:
    """100,000 lines of short declarations."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(MANY_LINES):
            out.write(f"fn f{number}(a: Int) -> Int = a * {number} + 1\n")


def figures(root: Path, build: Path, folder: Path) -> Figures:
    """All figures of this machine, now."""
    folder.mkdir(parents=True, exist_ok=True)
    large, lines = folder / "ten_mb.reml", folder / "lines.reml"
    generate(root, TEN_MB, large)
    many_lines(lines)
    command = [str(build / "remlparse"), "--profile", "reference"]
    size = large.stat().st_size
    live = ["-Zstreaming", "--stream-chunk-size", "4096", "--emit", "declarations", "-"]
    stream = memory([*command, *live], large)
    batch = memory([*command, "--no-snippet", "-"], large)
    bench = run_bench(build, large)
    return {
        "lex_mb_s": bench["lex_mb_s"],
        "parse_mb_s": bench["parse_mb_s"],
        "lex_ratio": round(bench["parse_mb_s"] / bench["lex_mb_s"], 3),
        "stream_4k_ratio": bench["stream_4k_ratio"],
        "stream_memory_ratio": round((stream.end - stream.start) / size, 3),
        "batch_memory_ratio": round((batch.end - batch.start) / size, 3),
        "lines_seconds": round(min(seconds([*command, str(lines)]) for _ in range(3)), 3),
    }


def run_bench(build: Path, path: Path) -> dict[str, Any]:
    """reml-bench's figures of one file."""
    words = [str(build / "reml-bench"), "--json", str(path)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise GateError("reml-bench failed")
    return json.loads(done.stdout)


def _metric(name: str, value: float, threshold: float | None, status: str, reason: str) -> Metric:
    """A figure in the form of section 2: one sample, and the figure as the reason."""
    passed = int(status in ("pass", "warn"))
    failures = [] if status == "pass" else [{"source": "", "case": "", "reason": reason}]
    return {
        "metric": name,
        "total": 1,
        "passed": passed,
        "failed": 1 - passed,
        "pass_rate": float(passed),
        "pass_fraction": f"{passed}/1",
        "threshold": threshold,
        "status": status,
        "sources": [f"{value:g}"],
        "failures": failures,
    }


def metrics(now: Figures, last: Figures | None) -> list[Metric]:
    """Section 2.3; `last` is the newest recorded row."""
    ratio, memory = now["lex_ratio"], now["stream_memory_ratio"]
    slow = last is not None and ratio < SLOWER * last["lex_ratio"]
    lines = now["lines_seconds"]
    batch = now["batch_memory_ratio"]
    return [
        _metric(
            "parse_throughput", now["parse_mb_s"], None, "warn" if slow else "pass",
            f"{ratio} of the lexer's pace; recorded {last['lex_ratio'] if last else '-'}",
        ),
        _metric(
            "memory_peak_ratio.stream", memory, 2.0, "pass" if memory <= 2 else "fail",
            f"{memory} of the input",
        ),
        _metric("memory_peak_ratio.batch", batch, None, "pass", ""),
        _metric(
            "time_100k_lines", lines, 1.0, "pass" if lines < 1 else "fail", f"{lines} seconds"
        ),
    ]  # fmt: skip


def machine() -> str:
    """The machine, as far as a figure depends on it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return os.uname().machine


