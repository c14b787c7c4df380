#!/usr/bin/env python3
"""Writes the tables of remlparse from the tree of its inventory (compat/contract/gates.md 5).

    remlparse --emit-ast-json bootstrap/inventory.reml | bootstrap/tables.py [DIRECTORY]

reads the tree as JSON from standard input and writes the files of TABLES below DIRECTORY (default:
the source tree that this script is in). What a table says beside its rows, comments and layout, is
in this script.

Exit code 0: written; 1: the tree is not that of an inventory, or a file cannot be written.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from pathlib import Path

WIDTH = 100


class Unusable(Exception):
    """The tree is not that of an inventory."""


# --- the values of declarations ---


def record(fields: list) -> dict:
    """A record literal as a dictionary."""
    return {field["name"]["name"]: value_of(field["value"]) for field in fields}


LITERALS = {
    "Int": lambda literal: int(literal["text"], literal["base"]),
    "String": lambda literal: literal["value"],
    "Bool": lambda literal: literal["value"],
    "Array": lambda literal: [value_of(element) for element in literal["elements"]],
    "Record": lambda literal: record(literal["fields"]),
}


def value_of(expression: dict):
    """A literal expression as a value of Python."""
    if expression["kind"] == "Literal" and expression["literal"]["kind"] in LITERALS:
        literal = expression["literal"]
        return LITERALS[literal["kind"]](literal)
    raise Unusable(f"a {expression['kind']} where only literals may be")


def inventory_of(tree: dict) -> dict[str, list]:
    """The rows of each `let`, by its name."""
    lets = [item["decl"] for item in tree["decls"] if item["decl"]["kind"] == "Let"]
    return {let["pattern"]["ident"]["name"]: value_of(let["value"]) for let in lets}


def rows(inventory: dict[str, list], name: str, *members: str) -> list[list]:
    """The rows of a table as lists of their members."""
    if name not in inventory:
        raise Unusable(f"there is no table {name}")
    for row in inventory[name]:
        if not isinstance(row, dict) or tuple(row) != members:
            raise Unusable(f"a row of {name} has other members than {', '.join(members)}: {row}")
    return [list(row.values()) for row in inventory[name]]


# --- layout ---


def columns(text: str) -> int:
    """The columns that a text takes: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def quoted(text: str) -> str:
    """A C string."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def optional(text: str) -> str:
    """A C string, or NULL for none."""
    return quoted(text) if text else "NULL"


def one_of(names: list[str]) -> str:
    """Flags."""
    return " | ".join(names) or "0"


def broken(argument: str, room: int) -> list[str]:
    """A string that is too long for a line in pieces that end with a blank."""
    if columns(argument) <= room or not argument.startswith('"'):
        return [argument]
    pieces, piece = [], ""
    for word in re.findall(r"[^ ]* ?", argument[1:-1]):
        if piece and columns(piece + word) + 2 > room:
            pieces.append(piece)
            piece = ""
        piece += word
    return [f'"{piece}"' for piece in [*pieces, piece]]


def call(macro: str, *arguments: str) -> str:
    """A row: as many arguments on a line as fit, the further lines under the first argument."""
    indent = len(macro) + 1
    lines = [macro + "("]
    for number, argument in enumerate(arguments):
        end = ")" if number == len(arguments) - 1 else ","
        pieces = broken(argument, WIDTH - indent - 1)
        pieces[-1] += end
        for place, piece in enumerate(pieces):
            between = " " if number > 0 else ""
            if place == 0 and columns(lines[-1] + between + piece) <= WIDTH:
                lines[-1] += between + piece
            else:
                lines.append(" " * indent + piece)
    return "\n".join(lines) + "\n"


def table(head: str, groups: list[list[str]]) -> str:
    """A file: the comment that explains it, and groups of rows with blank lines between them."""
    return "\n".join([head.lstrip("\n"), *("".join(group) for group in groups)])


def grouped(keyed_rows: list[tuple[str, str]]) -> list[list[str]]:
    """Rows in groups: a new one begins where the key changes."""
    groups: list[list[str]] = []
    last = None
    for key, row in keyed_rows:
        if key != last:
            groups.append([])
        groups[-1].append(row)
        last = key
    return groups


# --- the tables ---

TOKENS_HEAD = """
/* Every kind of token. Written once; the token enum, the labels, the lexer's keyword and operator
 * payloads and the token codes of the grammars all come from here. First the 85 terminals of the
 * reference (contract lexer.md section 2), behind them those that only the profile `spec` has
 * (contract-spec grammar-spec.md sections 1 to 3).
 *
 *   TOKEN(name, label, category)
 *
 * The position in this list is the token's code. EOF is 0 because lemon's end marker is 0; the
 * order of the rest is free, as presentation order is computed from the labels
 * (contract driver.md section 6.3).
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""


def tokens(inventory: dict[str, list]) -> str:
    members = ("name", "text", "category", "label")
    listed = []
    for name, text, category, label in rows(inventory, "tokens", *members):
        if text != (label if category in ("KEYWORD", "OPERATOR", "WORD", "SYMBOL") else ""):
            raise Unusable(f"the token {name} has the text {text!r} and the label {label!r}")
        listed.append((category, call("TOKEN", name, quoted(label), category)))
    return table(TOKENS_HEAD, grouped(listed))


NODES_HEAD = """
/* Every kind of node of the tree: contract ast.md, for the profile `spec` contract-spec ast-spec.md.
 * Written once; the node enum, the record layouts, the JSON members and the field access of the
 * public header all come from here.
 *
 *   NODE(NAME, "JSON kind", flags, F("member", FIELD), ...)
 *
 * O("member", FIELD) is a member that the JSON leaves out when it has its default. A kind with
 * further members (..._SPEC) is only made when one of them is not the default.
 *
 * A record in the pool is a header word (kind, tag, span length), the span's start when the kind
 * has SPANNED, then one or two words for each FIELD in the order written here (reml_ast.h). The
 * members are listed in the order of the canonical JSON; a member that is computed from the header
 * (SPAN, the TAG fields) takes no word.
 *
 * flags:   IS_...    the class that a context asks for
 *          SPANNED   the record holds a span      KINDED   the JSON object begins with "kind"
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""

# The headings of sections, and the node that each begins with.
NODE_SECTIONS = {
    "IDENT": "names and paths (section 1)",
    "UNIT": "unit, header, uses (section 2)",
    "DECL": "declarations (section 3)",
    "PROFILE": "effect profiles and extern metadata (sections 7 and 8)",
    "ASSIGN": "statements (section 4); a Decl or an expression is a statement by itself",
    "INT": "literals (section 1): expressions and patterns alike",
    "VAR": "expressions (section 4)",
    "PAT_VAR": "patterns and types (section 5)",
}


def member(field: dict[str, str]) -> str:
    holds = field["holds"]
    macro = "O" if holds.endswith("?") else "F"
    return f"{macro}({quoted(field['name'])}, {holds.rstrip('?')})"


def nodes(inventory: dict[str, list]) -> str:
    members = ("name", "kind", "classes", "fields")
    groups: list[list[str]] = []
    for name, kind, classes, fields in rows(inventory, "nodes", *members):
        if name in NODE_SECTIONS or not groups:
            groups.append([f"/* --- {NODE_SECTIONS.get(name, '')} --- */\n"])
        listed = [member(field) for field in fields]
        row = call("NODE", name, quoted(kind), one_of(classes), *(listed or ["NO_FIELDS"]))
        groups[-1].append(row)
    if len(groups) != len(NODE_SECTIONS):
        raise Unusable("a node that a section of NODE_SECTIONS begins with is missing")
    return table(NODES_HEAD, groups)


RANGES_HEAD = """
/* Code points that may begin or continue an identifier, inclusive: contract lexer.md section 8.3.
 * Sorted and disjoint. They are the reference's tables, not the Unicode XID sets.
 *
 *   START(first, last)   CONTINUE(first, last)
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""


def ranges(inventory: dict[str, list]) -> str:
    return table(
        RANGES_HEAD,
        [
            [
                call(macro, f"0x{first:04X}", f"0x{last:04X}")
                for first, last in rows(inventory, name, "first", "last")
            ]
            for macro, name in (("START", "identifier_start"), ("CONTINUE", "identifier_continue"))
        ],
    )


DIAGNOSTICS_HEAD = """
/* Every diagnostic: contract driver.md section 4, lexer.md sections 9 and 11, streaming-spec.md
 * section 3, diagnostics-json.md section 9.
 *
 *   DIAGNOSTIC(NAME, severity, domain, marks, code, second code, message, note)
 *
 * marks     HAS_IDENTITY   it carries the parser identity
 *           HAS_CONFIG     it carries the run-configuration metadata
 * message   what stands in braces is filled in when the diagnostic is made
 *
 * NULL stands for a text that is absent.
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""


def diagnostics(inventory: dict[str, list]) -> str:
    members = ("name", "severity", "domain", "marks", "codes", "message", "note")
    listed = []
    for name, severity, domain, marks, codes, message, note in rows(
        inventory, "diagnostics", *members
    ):
        first, second = [*codes, "", ""][:2]
        texts = [optional(first), optional(second), quoted(message), optional(note)]
        listed.append(call("DIAGNOSTIC", name, severity, domain, one_of(marks), *texts))
    return table(DIAGNOSTICS_HEAD, [listed])


PROBLEMS_HEAD = """
/* What streaming finds wrong by itself: contract streaming-spec.md section 3.
 *
 *   PROBLEM(NAME, kind, code, message)
 *
 * kind      of the stream error that reports it
 * code      `code` of the error's cause; NULL: the cause says something else, or there is none
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""


def problems(inventory: dict[str, list]) -> str:
    listed = rows(inventory, "problems", "name", "kind", "code", "message")
    return table(
        PROBLEMS_HEAD,
        [
            [
                call("PROBLEM", name, kind, optional(code), quoted(message))
                for name, kind, code, message in listed
            ]
        ],
    )


CONFIG_HEAD = """
/* The run configuration: contract driver.md section 1, lexer.md section 10, streaming-spec.md
 * sections 1, 2 and 7.
 *
 *   FIELD(NAME, member, type)             of reml_config, in the order in which diagnostics list it
 *   KEY(NAME, "namespace", "key", type)   of its extensions, as far as keys are known
 *
 * The type of a key is part of its constant (REML_KEY_NAME_TYPE): who reads a key says its type.
 *
 *   BOOL     only a Bool
 *   SWITCH   a Bool, or a String that says yes or no
 *   INT      an Int, or a String that is one
 *   FLOAT    a Float or an Int, or a String that is one
 *   TEXT     a String
 *   TEXTS    a list of Strings, or a String
 *   PAIRS    a list of lists: the delimiters of block comments
 *
 * What limits a parse (max_bytes, max_depth) is no part of the contract's configuration.
 *
 * After a change: make tables (bootstrap/README.md).
 */
"""


def config_keys(inventory: dict[str, list]) -> str:
    fields = [
        call("FIELD", name, member, holds)
        for name, member, holds in rows(inventory, "config_fields", "name", "member", "holds")
    ]
    keys = [
        (namespace, call("KEY", name, quoted(namespace), quoted(key), holds))
        for name, namespace, key, holds in rows(
            inventory, "config_keys", "name", "namespace", "key", "holds"
        )
    ]
    return table(CONFIG_HEAD, [fields, *grouped(keys)])


TABLES = {
    "lexer/reml_tokens.def": tokens,
    "lexer/reml_xid.def": ranges,
    "grammar/reml_nodes.def": nodes,
    "driver/diagnostics.def": diagnostics,
    "driver/config_keys.def": config_keys,
    "streaming/problems.def": problems,
}


def tables_of(tree_json: bytes) -> dict[str, bytes]:
    """The content of every table, by its path in the source tree."""
    try:
        inventory = inventory_of(json.loads(tree_json))
        return {path: write(inventory).encode() for path, write in TABLES.items()}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as problem:
        raise Unusable(f"not the tree of an inventory: {problem!r}") from problem


# --- the command ---


def write_changed(path: Path, content: bytes) -> None:
    """A file that stays as it is keeps its time, so that nothing is built for it."""
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def main(arguments: list[str]) -> int:
    if len(arguments) > 1 or arguments[:1] == ["--help"]:
        print(__doc__)
        return int(arguments != ["--help"])
    root = Path(arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__)) + "/..")
    try:
        for path, content in tables_of(sys.stdin.buffer.read()).items():
            write_changed(root / path, content)
    except (Unusable, OSError) as problem:
        print(f"tables.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
