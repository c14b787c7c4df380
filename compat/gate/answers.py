"""Producers: what is asked, and who answers (gates.md sections 1 and 3).

A producer has `name`, `fixed_time` (its time stamps are the fixed one, so that nothing needs a
mask), `answer` and `close`. The recorded answers are one, in golden.py; here is a command that
speaks the protocol of `reml-compat answer`.
"""

from __future__ import annotations

import json
import os
import shlex
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Protocol

from child import Child, ChildFailed

FIXED_TIME = "1970-01-01T00:00:00Z"

# The parts that can be asked of a case with a source. `run_noast` answers in the member `run`.
SOURCE_PARTS = ("tokens", "run", "diag_json", "run_partial", "ast_text")


@dataclass(frozen=True)
class Request:
    """A case of section 1.1."""

    name: str
    source: bytes
    config: dict[str, Any]
    steps: list[Any] | None
    want: tuple[str, ...]

    def line(self) -> bytes:
        """The case as a line of JSON."""
        case: dict[str, Any] = {
            "id": self.name,
            "source_b64": b64encode(self.source).decode(),
            "config": self.config,
            "want": self.want,
        }
        if self.steps is not None:
            case["steps"] = self.steps
        return json.dumps(case).encode() + b"\n"


@dataclass
class Answer:
    """The parts, or why there is none. A recorded answer may lack parts that were asked."""

    parts: dict[str, Any] = field(default_factory=dict)
    failure: str = ""


class Producer(Protocol):
    """Who answers."""

    name: str
    fixed_time: bool

    def answer(self, request: Request) -> Answer:
        """The parts that are wanted."""

    def close(self) -> None:
        """Ends what was started."""


def fixed_environment() -> dict[str, str]:
    """The environment of the recording (diagnostics-json.md section 7)."""
    dropped = ("REMLC_WORKSPACE_ROOT", "REMLC_GIT_COMMIT", "GITHUB_SHA", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"REMLC_FIXED_TIMESTAMP": FIXED_TIME}


def exception_of(part: Any) -> str | None:
    """The text of a part that failed with an exception (section 1.2)."""
    if isinstance(part, dict) and part.keys() == {"exception"}:
        return str(part["exception"])
    return None


def parse_json(text: bytes) -> Any:
    """JSON whose strings may hold any byte (section 1.2)."""
    return json.loads(text.decode("utf-8", "surrogateescape"))


class CommandAnswers:
    """A command: one process that answers all cases."""

    def __init__(self, words: list[str], timeout: float, fixed_time: bool) -> None:
        self.name = shlex.join(words)
        self.fixed_time = fixed_time
        self._child = Child(words, fixed_environment(), timeout)

    def answer(self, request: Request) -> Answer:
        """Asks the process."""
        try:
            line = self._child.ask(request.line())
        except ChildFailed as failure:
            return Answer(failure=str(failure))
        answer = _read_answer(line, request)
        if answer.failure:
            self.close()  # whatever else it says is not about the next case
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._child.close()


def _read_answer(line: bytes, request: Request) -> Answer:
    try:
        answer = parse_json(line)
    except (ValueError, RecursionError) as error:
        return Answer(failure=f"the answer is not JSON: {error or 'nested too deeply'}")
    if not isinstance(answer, dict) or answer.get("id") != request.name:
        return Answer(failure="the answer is to another case")
    if "error" in answer:
        return Answer(failure=f"the answer is an error: {answer['error']}")
    for part in request.want:
        if part.replace("run_noast", "run") not in answer:
            return Answer(failure=f"the answer lacks the part {part}")
    del answer["id"]
    return Answer(parts=answer)
