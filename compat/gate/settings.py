"""What a RunConfig means, as far as metrics need it (driver.md section 1, lexer.md section 10).

It is worked out here once more, so that a component that misreads a key does not vouch for itself.
"""

from __future__ import annotations

import re
from typing import Any

BLANKS = " \t\n\f\r"
TRIVIA_PROFILES = ("strict_json", "json_relaxed", "toml_relaxed")
STAGES = {"experimental": 0, "beta": 1, "stable": 2}
UNKNOWN_STAGE = 3
REQUIRED_STAGE = STAGES["beta"]
FLOW_KEYS = (
    "flow_policy",
    "flow_max_lag_bytes",
    "flow_debounce_ms",
    "flow_throttle_ratio",
)

Config = dict[str, Any]


def key(config: Config, namespace: str, name: str) -> Any:
    """The value of an extension key, None if it is not set."""
    keys = config.get("extensions", {}).get(namespace, {})
    return keys.get(name) if isinstance(keys, dict) else None


def lower(text: str) -> str:
    """Only A to Z change."""
    return re.sub("[A-Z]+", lambda match: match[0].lower(), text)


def trimmed(text: str) -> str:
    """Lower-cased, without blanks at the ends."""
    return lower(text.strip(BLANKS))


def trivia_profile(config: Config) -> str:
    """The trivia profile in canonical spelling."""
    for value in (key(config, "config", "trivia"), key(config, "lex", "profile")):
        if isinstance(value, str):
            known = lower(value).replace("-", "_")
            return known if known in TRIVIA_PROFILES else value
    return TRIVIA_PROFILES[0]


def identifier_profile(config: Config) -> str:
    """The identifier profile in canonical spelling."""
    value = key(config, "lex", "identifier_profile")
    is_unicode = not isinstance(value, str) or trimmed(value) == "unicode"
    return "unicode" if is_unicode else "ascii-compat"


def is_auto_flow(config: Config) -> bool:
    """Whether the flow policy is auto."""
    value = key(config, "stream", "flow_policy")
    return isinstance(value, str) and trimmed(value) == "auto"


def has_flow(config: Config) -> bool:
    """Whether some key of a flow is set."""
    return any(key(config, "stream", name) is not None for name in FLOW_KEYS)


def has_sufficient_stage(config: Config) -> bool:
    """Whether the stage passes the check of the bridge (streaming-reference.md section 7)."""
    value = key(config, "effects", "stage")
    stage = trimmed(value) if isinstance(value, str) else ""
    return STAGES.get(stage or "experimental", UNKNOWN_STAGE) >= REQUIRED_STAGE


def orders_demands(config: Config) -> bool:
    """Whether least and preferred demand are set as integers, and in order."""
    names = ("demand_min_bytes", "demand_preferred_bytes")
    least, preferred = (key(config, "stream", name) for name in names)
    return type(least) is int and type(preferred) is int and least <= preferred


def requires_eof_by_field(config: Config) -> bool:
    """Whether the field require_eof decides, and is set; run_partial does not heed the field."""
    overridden = isinstance(key(config, "config", "require_eof"), bool)
    return config.get("require_eof", False) and not overridden
