"""A child process that answers each line with one line, watched by a clock."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import time
from typing import IO, Any

from errors import GateError

PIECE = 65536


class ChildFailed(Exception):
    """The child gave no line; its text says why."""


def exit_text(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def last_line(log: bytes) -> str:
    """The last line of what a process complained about, in parentheses."""
    lines = log.decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return f" ({said[-1][:200]})" if said else ""


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process with all that it has started, unless it has ended already."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _popen(words: list[str], **how: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(words, start_new_session=True, **how)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise GateError(f"{words[0]}: cannot be started: {reason}") from None


def run_once(
    words: list[str], folder: str, environment: dict[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Runs a command without input: its exit code, standard output and standard error."""
    pipe = subprocess.PIPE
    process = _popen(
        words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"no end within {timeout:g} seconds") from None
    finally:
        kill_group(process)
    if process.returncode < 0:
        raise ChildFailed(exit_text(process.returncode) + last_line(err))
    return process.returncode, out, err


class Child:
    """The process; it is started when it is needed, also after it has ended."""

    def __init__(self, words: list[str], environment: dict[str, str], timeout: float) -> None:
        self.words, self.environment, self.timeout = words, environment, timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def ask(self, line: bytes) -> bytes:
        """The line that answers `line`, which ends with a line feed."""
        process = self._process or self._start()
        try:
            return self._exchange(process, line)
        except ChildFailed:
            self.close()
            raise

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            kill_group(self._process)
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._log = tempfile.TemporaryFile()
        pipe = subprocess.PIPE
        self._process = _popen(
            self.words, env=self.environment, stdin=pipe, stdout=pipe, stderr=self._log
        )
        os.set_blocking(self._process.stdin.fileno(), False)
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        """Writes while the child reads, and reads while it writes, until a whole line is there."""
        deadline = time.monotonic() + self.timeout
        rest = memoryview(line)
        answer = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdin, selectors.EVENT_WRITE)
            selector.register(process.stdout, selectors.EVENT_READ)
            while rest or not answer.endswith(b"\n"):
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise ChildFailed(f"no answer within {self.timeout:g} seconds")
                for key, _ in ready:
                    if key.fileobj is process.stdout:
                        answer += self._read(process)
                        continue
                    rest = rest[self._write(process, rest) :]
                    if not rest:
                        selector.unregister(process.stdin)
        return bytes(answer)

    def _write(self, process: subprocess.Popen[bytes], rest: memoryview) -> int:
        try:
            return os.write(process.stdin.fileno(), rest[:PIECE])
        except BrokenPipeError:
            raise ChildFailed(self._end(process)) from None

    def _read(self, process: subprocess.Popen[bytes]) -> bytes:
        piece = os.read(process.stdout.fileno(), PIECE)
        if not piece:
            raise ChildFailed(self._end(process))
        return piece

    def _end(self, process: subprocess.Popen[bytes]) -> str:
        try:
            code = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "closed its output"
        self._log.seek(0)
        return exit_text(code) + last_line(self._log.read())
