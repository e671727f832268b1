"""A claims file of somebody else: YAML or JSON, hostile until proven otherwise.

    article: An article on tea          # optional
    claims:
    - {id: T1, kind: dose, text: "...", safety: low, checks: [{kind: limit, claimed_mg: 500, limits: [...]}]}
    records:                            # optional: what the file's own sources say
    - {id: my-source, says: "...", sources: [{label: "...", read_in: abstract}]}

A text may be one string (then it is the same in every language) or a mapping of the languages there are. ``topic``
and ``safety`` may be left out. Size, depth and number of values are bounded before anything is built; anchors, aliases
and tags are refused.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from anmin.audit.model import Article, Placed
from anmin.audit.schema import allowed
from anmin.errors import ClaimError, KnowledgeError
from anmin.knowledge.claims import Claim, Record
from anmin.knowledge.model import Text
from anmin.knowledge.rows import Row, S, compose, plain, typed

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 10
MAX_VALUES = 60_000
MAX_TEXT = 2000
MAX_CLAIMS = 2000
MAX_NUMBER = 1e12
"""Bounds of a file that a person could have written."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,59}")
_LANGS = ("en", "zh_hant", "ja")
_TEXTS = {"claims": ("text", "right", "caveat"), "records": ("says",)}
_TOP = ("article", "claims", "records")
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOTHING = Text(en="", zh_hant="", ja="")
_SEE = "`anmin audit --schema` prints what may stand where."


def read_text(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> str:
    """The text of a file in UTF-8 of at most ``limit`` bytes; :class:`ClaimError` otherwise."""
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ClaimError("file", name, "a file that can be read", f"({reason})") from None
    if len(data) > limit:
        raise ClaimError("file", name, f"a file of at most {limit // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ClaimError("encoding", data[error.start : error.start + 8], "text in UTF-8",
                         "Save the file as UTF-8.", file=name, line=line) from None  # fmt: skip


def read_article(path: str | os.PathLike[str]) -> Article:
    """The claims file at ``path``; :class:`ClaimError` names field and line of what is wrong in it."""
    return parse_article(read_text(path), os.fspath(path))


def parse_article(text: str, name: str = "claims.yaml") -> Article:
    """The claims of a text; see the module."""
    try:
        _bounded(text, name)
        return _article(compose(text, name), name)
    except KnowledgeError as error:
        raise _claim_error(error) from None
    except RecursionError:
        raise ClaimError("file", name, f"at most {MAX_DEPTH} levels of nesting", file=name) from None


def _claim_error(error: KnowledgeError) -> ClaimError:
    """The same complaint as an error of input: the field where one is named, and what it may hold."""
    reason, _, at = error.reason.partition(" (at ")
    field = at.rstrip(")") or "claims"
    words = allowed(field)
    made = ClaimError(field, reason, ", ".join(words) or "see the format", _SEE, file=error.file, line=error.line)
    where = f"{error.file}:{error.line}" if error.line is not None else error.file
    made.args = (f"{where}: {field}: {reason}. {f'Allowed: {made.allowed}. ' if words else ''}{_SEE}",)
    return made


def _bounded(text: str, name: str) -> None:
    """Count before building: the parser of events keeps nothing, so nothing can grow."""
    import yaml

    if len(text) > MAX_BYTES:
        raise ClaimError("file", f"{len(text)} characters", f"at most {MAX_BYTES}", file=name)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = values = 0
    event: Any
    try:
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
            elif isinstance(event, yaml.ScalarEvent):
                values += 1
                if len(event.value) > MAX_TEXT:
                    raise ClaimError("text", event.value, f"at most {MAX_TEXT} characters in one value",
                                     file=name, line=line)  # fmt: skip
            if depth > MAX_DEPTH:
                raise ClaimError("file", "deeper", f"at most {MAX_DEPTH} levels of nesting", file=name, line=line)
            if values > MAX_VALUES:
                raise ClaimError("file", f"more than {MAX_VALUES} values", f"at most {MAX_VALUES}", file=name)
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable")
        at = None if mark is None else mark.line + 1
        raise ClaimError("file", name, "readable YAML or JSON", f"({reason})", file=name, line=at) from None


def _article(root: Any, name: str) -> Article:
    import yaml

    if root is None or not isinstance(root, yaml.MappingNode):
        raise ClaimError("claims", "a file without them", "a file that begins with `claims:`", _SEE, file=name, line=1)
    tables: dict[str, Any] = {}
    for key, value in root.value:
        known = isinstance(key, yaml.ScalarNode) and key.value in _TOP and key.value not in tables
        if not known:
            shown = key.value if isinstance(key, yaml.ScalarNode) else "a list"
            once = f"each of {', '.join(_TOP)} once"
            raise ClaimError(shown, "at the top", once, _SEE, file=name, line=key.start_mark.line + 1)
        tables[key.value] = value
    title = ""
    if "article" in tables:
        title = _clean(plain(tables["article"], name), Row(file=name, node=root, fact=_NOTHING), "article")
    if not isinstance(title, str):
        raise ClaimError("article", title, "a title in quotes", file=name, line=tables["article"].start_mark.line + 1)
    claims = _rows("claims", tables.get("claims"), Claim, name)
    if not claims:
        raise ClaimError("claims", "none", "a list of at least one claim", _SEE, file=name, line=1)
    records = {record.id: record for record, _ in _rows("records", tables.get("records"), Record, name)}
    return Article(
        title=title or Path(name).stem,
        claims=tuple(Placed(claim=claim, row=row) for claim, row in claims),
        records=records,
    )


def _rows(kind: str, table: Any, type_: type[S], name: str) -> list[tuple[S, Row]]:
    import yaml

    if table is None or (isinstance(table, yaml.ScalarNode) and table.tag.endswith(":null")):
        return []
    if not isinstance(table, yaml.SequenceNode):
        raise ClaimError(kind, "something else", "a list", file=name, line=table.start_mark.line + 1)
    if len(table.value) > MAX_CLAIMS:
        raise ClaimError(kind, f"{len(table.value)} rows", f"at most {MAX_CLAIMS}", file=name)
    made: list[tuple[S, Row]] = []
    seen: dict[str, int] = {}
    for node in table.value:
        value = _filled(kind, _clean(plain(node, name), Row(file=name, node=node, fact=_NOTHING)))
        fact = typed(node, value, type_, name)
        row = Row(file=name, node=node, fact=fact)
        row_id = str(getattr(fact, "id"))  # noqa: B009 - both kinds have one
        if not _ID.fullmatch(row_id):
            raise ClaimError("id", row_id, "letters, digits and . _ -", file=name, line=row.line("id"))
        if row_id in seen:
            raise ClaimError("id", row_id, f"an id of its own (line {seen[row_id]} has it)", file=name, line=row.line())
        seen[row_id] = row.line()
        made.append((fact, row))
    return made


def _filled(kind: str, value: Any) -> Any:
    """One string is a text in every language; of several languages the first there is fills the gaps."""
    if not isinstance(value, dict):
        return value
    for field in _TEXTS[kind]:
        text = value.get(field)
        if isinstance(text, str):
            value[field] = dict.fromkeys(_LANGS, text)
        elif isinstance(text, dict):
            known = [text[lang] for lang in _LANGS if isinstance(text.get(lang), str) and text[lang]]
            if known:
                value[field] = {**dict.fromkeys(_LANGS, known[0]), **{k: v for k, v in text.items() if v is not None}}
    if kind == "claims":
        value.setdefault("safety", "none")
        value.setdefault("topic", "")
    return value


def _clean(value: Any, row: Row, *path: str | int) -> Any:
    """Numbers within bounds, words without marks that could steer a terminal or a page, single blanks."""
    if isinstance(value, dict):
        return {key: _clean(each, row, *path, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each, row, *path, place) for place, each in enumerate(value)]
    field = ".".join(map(str, path))
    if isinstance(value, str):
        words = " ".join(value.split())
        if any(mark in _STEERING or unicodedata.category(mark) in ("Cc", "Cs", "Co", "Cn") for mark in words):
            raise ClaimError(field, value, "printable characters", file=row.file, line=row.line(*path))
        return words
    if isinstance(value, float | int) and not abs(value) <= MAX_NUMBER:
        raise ClaimError(field, value, f"a number of at most {MAX_NUMBER:g}", file=row.file, line=row.line(*path))
    return value
