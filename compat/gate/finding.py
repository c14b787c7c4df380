"""Findings: what is wrong with a case, and of which type it is (gates.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from compare import ABSENT, ROOT, shown

CRASH = "component-crash"
EXCEPTION = "reference-exception"
TOKEN = "token-diff"
AST = "ast-diff"
DIAGNOSTIC = "diagnostic-diff"
EXPECTED = "expected-diff"
STREAM = "stream-diff"
AUDIT = "audit-gap"

# The gravest first.
FAILURE_TYPES = (CRASH, EXCEPTION, TOKEN, AST, DIAGNOSTIC, EXPECTED, STREAM, AUDIT)

# Of a result, what belongs to the tree; of diagnostics, the ordered expected sets: the humanized
# text is compared separately, as part of the diagnostic.
TREE_PATH = re.compile(r"\$(?:\.(?:accepted|ast|span)(?![A-Za-z0-9_]).*)?")
EXPECTED_PATH = re.compile(
    r"\.expected\.alternatives|\.expected$|legacy_error\.expected|\.recover\.expected_tokens"
)
AUDIT_PATH = re.compile(r"\$\[\d+\]\.(?:audit|audit_metadata)(?![A-Za-z0-9_])")


@dataclass
class Finding:
    """A difference, or a producer that gave no answer; the latter has no path."""

    type: str
    part: str
    path: str
    reason: str
    reference: Any = ABSENT
    component: Any = ABSENT
    allowed: bool = False

    @property
    def place(self) -> str:
        """Part and path as one."""
        return self.part + self.path.removeprefix(ROOT)

    @property
    def text(self) -> str:
        """The reason, of a difference with both sides."""
        if self.reference is self.component:
            return self.reason
        return f"reference {shown(self.reference)}, component {shown(self.component)}"


def finding_type(part: str, path: str, is_gap: bool) -> str:
    """The type of a difference; `is_gap`: the component lacks what the reference has."""
    if part == "tokens":
        return TOKEN
    if part == "ast_text":
        return AST
    if part == "stream":
        return STREAM
    if part == "cli":
        return AST if path.startswith("$.stdout") else DIAGNOSTIC
    if part == "run" and TREE_PATH.fullmatch(path):
        return AST
    if EXPECTED_PATH.search(path):
        return EXPECTED
    if part == "diag_json" and is_gap and AUDIT_PATH.match(path):
        return AUDIT
    return DIAGNOSTIC
