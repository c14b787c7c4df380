"""Normalisation of both sides before they are compared (gates.md section 4).

Dual-write diffs have sorted keys, floats of 6 decimals, and no members that are an empty list or an
empty string. Masks hide what changes from run to run; with the fixed time of recorded answers
nothing needs one.
"""

from __future__ import annotations

import math
import re
from typing import Any

MASK = "*"
DECIMALS = 6

# Paths of keys joined by points; a key may hold points itself. They count wherever they occur.
MASKED = re.compile(
    r"(?:^|\.)(?:timestamp|audit\.timestamp|extensions\.diagnostic\.v2\.timestamp|audit\.build_id"
    r"|audit\.sequence|audit_id|cli\.audit_id|audit\.source\.[^.]+|change_set\.source\.[^.]+"
    r"|cli\.change_set\.source\.[^.]+|items\[\]\.path)$"
)


def normalise(value: Any, masked: bool, path: str = "") -> Any:
    """The value in the form that is compared."""
    if masked and MASKED.search(path):
        return MASK
    if isinstance(value, dict):
        return _normalise_object(value, masked, path)
    if isinstance(value, list):
        return [normalise(item, masked, path + "[]") for item in value]
    if isinstance(value, float):
        return _normalise_float(value)
    return value


def _normalise_object(value: dict[str, Any], masked: bool, path: str) -> dict[str, Any]:
    members = {
        key: normalise(value[key], masked, f"{path}.{key}" if path else key)
        for key in sorted(value)
    }
    return {key: member for key, member in members.items() if member not in ([], "")}


def _normalise_float(value: float) -> Any:
    """Goldens hold NaN and Infinity, which are equal to nothing, or are no JSON."""
    if not math.isfinite(value):
        return {"float": str(value)}
    return round(value, DECIMALS)
