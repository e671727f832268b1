"""A claims file of somebody else: YAML or JSON, hostile until proven otherwise.

    article: An article on tea          # optional
    claims:
    - {id: T1, kind: dose, text: "...", safety: low, checks: [{kind: limit, claimed_mg: 500, limits: [...]}]}
    records:                            # optional: what the file's own sources say
    - {id: my-source, says: "...", sources: [{label: "...", read_in: abstract}]}

A text may be one string (then it is the same in every language) or a mapping of the languages there are. ``topic``
and ``safety`` may be left out.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from anmin.audit.model import Article, Placed
from anmin.audit.schema import allowed
from anmin.errors import ClaimError, KnowledgeError
from anmin.knowledge.claims import Claim, Record
from anmin.knowledge.model import Text
from anmin.knowledge.plain import Bounds, Node, read_text, read_yaml
from anmin.knowledge.rows import Row, S, plain, typed

MAX_TEXT = 2000
MAX_CLAIMS = 2000
MAX_NUMBER = 1e12
BOUNDS = Bounds(size=1024 * 1024, depth=10, values=60_000, text=MAX_TEXT, error=ClaimError)
"""A file that a person could have written."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,59}")
_LANGS = ("en", "zh_hant", "ja")
_TEXTS = {"claims": ("text", "right", "caveat"), "records": ("says",)}
_TOP = ("article", "claims", "records")
_NOTHING = Text(en="", zh_hant="", ja="")
_SEE = "`anmin audit --schema` prints what may stand where."


def read_article(path: str | os.PathLike[str]) -> Article:
    """The claims file at ``path``; :class:`ClaimError` names field and line of what is wrong in it."""
    return parse_article(read_text(path, BOUNDS), os.fspath(path))


def parse_article(text: str, name: str = "claims.yaml") -> Article:
    """The claims of a text; see the module."""
    root = read_yaml(text, name, BOUNDS)
    try:
        return _article(root, name)
    except KnowledgeError as error:
        raise _claim_error(error) from None


def _claim_error(error: KnowledgeError) -> ClaimError:
    """The same complaint as an error of input: the field where one is named, and what it may hold."""
    reason, _, at = error.reason.partition(" (at ")
    field = at.rstrip(")") or "claims"
    words = allowed(field)
    made = ClaimError(field, reason, ", ".join(words) or "see the format", _SEE, file=error.file, line=error.line)
    where = f"{error.file}:{error.line}" if error.line is not None else error.file
    made.args = (f"{where}: {field}: {reason}. {f'Allowed: {made.allowed}. ' if words else ''}{_SEE}",)
    return made


def _article(root: Node, name: str) -> Article:
    tables = root.value
    if not isinstance(tables, dict):
        raise ClaimError("claims", "a file without them", "a file that begins with `claims:`", _SEE, file=name, line=1)
    for key, node in tables.items():
        if key not in _TOP:
            raise ClaimError(key, "at the top", f"each of {', '.join(_TOP)} once", _SEE, file=name, line=node.line)
    title = ""
    if "article" in tables:
        title = _clean(plain(tables["article"], name), Row(file=name, node=root, fact=_NOTHING), "article")
    if not isinstance(title, str):
        raise ClaimError("article", title, "a title in quotes", file=name, line=tables["article"].line)
    claims = _rows("claims", tables.get("claims"), Claim, name)
    if not claims:
        raise ClaimError("claims", "none", "a list of at least one claim", _SEE, file=name, line=1)
    records = {record.id: record for record, _ in _rows("records", tables.get("records"), Record, name)}
    return Article(
        title=title or Path(name).stem,
        claims=tuple(Placed(claim=claim, row=row) for claim, row in claims),
        records=records,
    )


def _rows(kind: str, table: Node | None, type_: type[S], name: str) -> list[tuple[S, Row]]:
    if table is None or table.value is None:
        return []
    if not isinstance(table.value, list):
        raise ClaimError(kind, "something else", "a list", file=name, line=table.line)
    if len(table.value) > MAX_CLAIMS:
        raise ClaimError(kind, f"{len(table.value)} rows", f"at most {MAX_CLAIMS}", file=name)
    made: list[tuple[S, Row]] = []
    seen: dict[str, int | None] = {}
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
    """Numbers within bounds, words with single blanks."""
    if isinstance(value, dict):
        return {key: _clean(each, row, *path, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each, row, *path, place) for place, each in enumerate(value)]
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, float | int) and not abs(value) <= MAX_NUMBER:
        field = ".".join(map(str, path))
        raise ClaimError(field, value, f"a number of at most {MAX_NUMBER:g}", file=row.file, line=row.line(*path))
    return value
