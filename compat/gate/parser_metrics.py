"""Samples of the parser and diagnostics metrics (gates.md section 2.1) from the component's answer.

Only parts that have their form (schema.py) are read.
"""

from __future__ import annotations

from typing import Any

import settings
from answers import exception_of
from compare import differences
from metrics import Samples

SYNTAX_MESSAGE = "構文エラー"
PLACEHOLDER = "解析継続トークン"
CONSTRUCT_CODES = {
    "parser.tuple_index.not_decimal",
    "parser.effect_target.not_qualified",
}
LEFT_RECURSION_CODE = "parser.runconfig.left_recursion_unimplemented"
REQUIRE_EOF_CODE = "parser.require_eof.unconsumed_input"

IDENTITY = ("namespace", "name", "ordinal", "origin", "fingerprint")
SWITCHES = ("packrat", "left_recursion", "trace", "merge_warnings")
STREAM_FIELDS = (
    "enabled",
    "packrat_enabled",
    "checkpoint",
    "resume_hint",
    "demand_min_bytes",
    "demand_preferred_bytes",
    "chunk_size",
    "flow.policy",
    "flow.checkpoints_closed",
)
LAG_FIELD = "flow.backpressure.max_lag_bytes"

Parts = dict[str, Any]


def judge_parser(samples: Samples, config: settings.Config, parts: Parts) -> None:
    """All samples of one answer."""
    if "run" in parts:
        _judge_result(samples, config, parts["run"])
    if "run" in parts and "run_partial" in parts:
        _judge_consistency(samples, config, parts["run"], parts["run_partial"]["result"])
    for index, diagnostic in enumerate(parts.get("diag_json", [])):
        _judge_diagnostic(samples, config, diagnostic, {"path": f"$[{index}]"})
    failed = [one for one in parts.get("diag_json", []) if _is_of_parser(one) and _streams(one)]
    if failed:
        _judge_collector(samples, failed)


def judge_schema(samples: Samples, problems: dict[str, list[str]]) -> None:
    """Whether the diagnostics have the form of diagnostics-json.md section 2."""
    if "diag_json" in problems:
        samples.judge("diagnostic_schema.validation_pass", next(iter(problems["diag_json"]), None))


# --- results ---


def _judge_result(samples: Samples, config: settings.Config, result: Parts) -> None:
    if result["accepted"]:
        return
    problem = "absent" if result["farthest_error_offset"] is None else None
    samples.judge("parser.farthest_error_offset", problem)
    for index, diagnostic in enumerate(result["diagnostics"]):
        if diagnostic["message"].startswith(SYNTAX_MESSAGE):
            _judge_expected(samples, diagnostic["expected"], {"path": f"$.diagnostics[{index}]"})
    stats = result["packrat_stats"]
    if config.get("packrat") and stats is not None:
        queries, hits = stats["queries"], stats["hits"]
        samples.count("parser.packrat_cache_hit_ratio", queries, hits, queries - hits)


def _judge_expected(samples: Samples, expected: Parts | None, place: Parts) -> None:
    """The mean number of alternatives has errors as its total and alternatives as passed."""
    alternatives = expected["alternatives"] if expected else []
    problem = None if alternatives else "no alternatives"
    if ["custom", PLACEHOLDER] in alternatives:
        problem = "an alternative is a placeholder"
    samples.judge("parser.expected_summary_presence", problem, **place)
    samples.count("parser.expected_tokens_per_error", 1, len(alternatives), int(not alternatives))


def _judge_consistency(
    samples: Samples, config: settings.Config, run: Parts, partial: Parts
) -> None:
    """run_partial does not heed the field require_eof (driver.md section 2)."""
    names = ("ast", "span", "diagnostics", "consumed", "committed")
    left = {name: run[name] for name in names}
    if settings.requires_eof_by_field(config):
        kept = [one for one in run["diagnostics"] if REQUIRE_EOF_CODE not in one["codes"]]
        left["diagnostics"] = kept
    right = {name: partial[name] for name in names}
    first = next(differences(left, right), None)
    place = {"path": first.path} if first else {}
    problem = "run and run_partial differ" if first else None
    samples.judge("parser.parse_result_consistency", problem, **place)


# --- diagnostics as JSON ---


def _is_of_parser(diagnostic: Parts) -> bool:
    """Whether it is of driver.md section 4.1 or 4.2."""
    return not diagnostic["codes"] and diagnostic.get("domain") == "parser"


def _has_identity(diagnostic: Parts) -> bool:
    """Whether it is of driver.md section 4.1, 4.2 or 4.4."""
    return _is_of_parser(diagnostic) or not CONSTRUCT_CODES.isdisjoint(diagnostic["codes"])


def _at(value: Any, *names: str) -> Any:
    """The member at the end of these names, None if there is none."""
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def _streams(diagnostic: Parts) -> bool:
    return _at(_runconfig(diagnostic), "extensions", "stream", "enabled") is True


def _runconfig(diagnostic: Parts) -> Any:
    return _at(diagnostic, "extensions", "runconfig")


def _lacking(what: str, names: list[str]) -> str | None:
    return f"{what} lack {', '.join(names)}" if names else None


def _judge_diagnostic(
    samples: Samples, config: settings.Config, diagnostic: Parts, place: Parts
) -> None:
    samples.judge("diagnostic.audit_presence_rate", _audit_problem(diagnostic), **place)
    if _has_identity(diagnostic):
        samples.judge("parser.core_comb_rule_coverage", _identity_problem(diagnostic), **place)
    if LEFT_RECURSION_CODE in diagnostic["codes"]:
        return  # it has no metadata of the run configuration
    for metric, problem in (
        ("parser.runconfig_switch_coverage", _switch_problem(diagnostic)),
        ("parser.runconfig_extension_pass_rate", _extension_problem(diagnostic)),
        ("parser.stream_extension_field_coverage", _stream_problem(config, diagnostic)),
        ("lexer.shared_profile_pass_rate", _trivia_problem(config, diagnostic)),
        ("lexer.identifier_profile_unicode", _identifier_problem(config, diagnostic)),
    ):
        samples.judge(metric, problem, **place)


def _audit_problem(diagnostic: Parts) -> str | None:
    lacking = []
    for name in ("schema.version", "audit.timestamp", "cli.audit_id", "cli.change_set"):
        for place in (("audit_metadata",), ("audit", "metadata")):
            if not _at(diagnostic, *place, name):
                lacking.append(".".join((*place, name)))
    for name in ("audit_id", "change_set"):
        if not diagnostic["audit"][name]:
            lacking.append(f"audit.{name}")
    return _lacking("the audit data", lacking)


def _identity_problem(diagnostic: Parts) -> str | None:
    lacking = [
        f"extensions.parse.parser_id.{name}"
        for name in IDENTITY
        if _at(diagnostic, "extensions", "parse", "parser_id", name) in (None, "")
    ]
    for place in (("audit_metadata",), ("audit", "metadata")):
        for name in IDENTITY:
            if _at(diagnostic, *place, f"parser.core.rule.{name}") in (None, ""):
                lacking.append(".".join((*place, "parser.core.rule", name)))
    return _lacking("the identity's places", lacking)


def _switch_problem(diagnostic: Parts) -> str | None:
    lacking = [name for name in SWITCHES if _at(_runconfig(diagnostic), name) is None]
    return _lacking("the switches", lacking)


def _extension_problem(diagnostic: Parts) -> str | None:
    places = ("lex", "recover", "stream")
    extensions = _at(_runconfig(diagnostic), "extensions")
    return _lacking("the extensions", [name for name in places if not _at(extensions, name)])


def _stream_problem(config: settings.Config, diagnostic: Parts) -> str | None:
    """With a flow, only its given members are there (diagnostics-json.md section 5); a text that is
    set to nothing is there as such."""
    fields = [name for name in STREAM_FIELDS if settings.key(config, "stream", name) != ""]
    has_lag = type(settings.key(config, "stream", "flow_max_lag_bytes")) is int
    if has_lag or not settings.has_flow(config):
        fields.append(LAG_FIELD)
    stream = _at(_runconfig(diagnostic), "extensions", "stream")
    lacking = [name for name in fields if _at(stream, *name.split(".")) in (None, "", [], {})]
    return _lacking("the fields", lacking)


def _recorded(diagnostic: Parts, name: str) -> tuple[Any, Any]:
    """A lex profile in the extensions and in the audit metadata."""
    return (
        _at(_runconfig(diagnostic), "extensions", "lex", name),
        _at(diagnostic, "audit_metadata", f"parser.runconfig.extensions.lex.{name}"),
    )


def _profile_problem(wanted: str, recorded: tuple[Any, Any]) -> str | None:
    if recorded == (wanted, wanted):
        return None
    return f"the configuration says {wanted!r}, extensions and audit metadata say {recorded!r}"


def _trivia_problem(config: settings.Config, diagnostic: Parts) -> str | None:
    return _profile_problem(settings.trivia_profile(config), _recorded(diagnostic, "profile"))


def _identifier_problem(config: settings.Config, diagnostic: Parts) -> str | None:
    wanted = settings.identifier_profile(config)
    return _profile_problem(wanted, _recorded(diagnostic, "identifier_profile"))


def _judge_collector(samples: Samples, diagnostics: list[Parts]) -> None:
    """Syntax and lexical errors with stream.enabled: one of them shows a real label."""
    labels = [
        alternative.get("value", "EOF")
        for diagnostic in diagnostics
        if diagnostic["expected"]
        for alternative in diagnostic["expected"]["alternatives"]
    ]
    real = [label for label in labels if label.strip() and label != PLACEHOLDER]
    problem = None if real else "no parser diagnostic has a label"
    samples.judge("ExpectedTokenCollector.streaming", problem)


def readable(parts: Parts, problems: dict[str, list[str]]) -> Parts:
    """The parts that have their form, and are no exceptions."""
    return {
        name: value
        for name, value in parts.items()
        if not problems.get(name) and exception_of(value) is None
    }
