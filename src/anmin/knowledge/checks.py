"""What must hold between facts, looked at when they are compiled. The first breach ends the compiling."""

from __future__ import annotations

import math
import re

from anmin.knowledge.coverage import MIDDLE, OFFICIAL, SOURCED
from anmin.knowledge.drugs import Drug
from anmin.knowledge.fold import fold
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Condition, Form, Interaction, Limit, Source, Struct, Text
from anmin.knowledge.references import REFERENCES, Path, named, parts
from anmin.knowledge.rows import Row, Rows
from anmin.knowledge.texts import places

ATC = re.compile(r"[A-DGHJL-NPRSV](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
"""An ATC code or a prefix of one, levels 1 to 5: A, A02, A02A, A02AA, A02AA02."""

_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")

_CLAIM_ID = re.compile(r"[A-Z]\d{3,}")
"""Claims are counted through: C001."""

_ATC_FIELDS = (
    ("interactions", "atc"), ("interactions", "atc_aliases"), ("combinations", "atc"), ("red_flags", "ask_if_atc"),
    ("drugs", "atc"),
)  # fmt: skip

_ORDERED = (
    ("low", "high"), ("low", "value"), ("value", "high"), ("before_h", "strict_before_h"),
    ("after_h", "strict_after_h"), ("age_from", "age_below"), ("egfr_from", "egfr_below"), ("age_low", "age_high"),
    ("age_low", "age_mean"), ("age_mean", "age_high"), ("before_bed_min", "before_bed_max"),
    ("nearest_min", "preferred_min"), ("preferred_min", "farthest_min"), ("mg", "mg_high"),
    ("studied_from_mg", "studied_to_mg"), ("change_low", "change_high"), ("comparator_low", "comparator_high"),
    ("max_single_mg", "value_mg"),
)  # fmt: skip
"""Pairs of fields of which the first may not be larger than the second."""

_AMOUNT = re.compile(
    r"(.*_)?(h|mg|min|c|g|kg|minutes|weeks|n|k|from|below|nights|steps|pieces|price|sd)|age_.*|n_.*|max_.*|portion_g"
)
"""Names of fields that hold an amount, and cannot be negative."""

_LANGS = ("en", "zh_hant", "ja")


def check(knowledge: Knowledge, rows: Rows) -> None:
    """Raise :class:`~anmin.errors.KnowledgeError` (file, line, reason) for the first fact that does not hold."""
    for kind, table in rows.items():
        facts: dict[str, Struct] = getattr(knowledge, kind)
        for fact_id, row in table.items():
            _check_id(kind, fact_id, row)
            for path, part in parts(facts[fact_id]):
                _check_part(part, path, row)
            _check_sources(kind, facts[fact_id], row)
            _check_kind(facts[fact_id], row)
    _check_references(knowledge, rows)
    _check_atc(rows)
    _check_code_sets(knowledge, rows)
    _check_names(knowledge, rows)


def _check_id(kind: str, fact_id: str, row: Row) -> None:
    if not (_CLAIM_ID if kind == "claims" else _ID).fullmatch(fact_id):
        raise row.error(f"id {fact_id!r}: small letters, digits and . _ - between them", "id")
    if kind == "messages" and row.file.startswith("messages/"):
        room = row.file.removeprefix("messages/").removesuffix(".yaml")
        if not fact_id.startswith(f"{room}."):
            raise row.error(
                f"message {fact_id!r} stands in {row.file}; its id has to start with {room!r} and a dot", "id"
            )


def _check_part(part: Struct, path: Path, row: Row) -> None:
    if isinstance(part, Text):
        _check_text(part, path, row)
    if isinstance(part, Source) and not part.label.strip():
        raise row.error("a source needs a label", *path, "label")
    if getattr(part, "unit", None) == "":
        raise row.error("a number needs its unit", *path, "unit")
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, float | int) and not isinstance(value, bool):
            if not math.isfinite(value):
                raise row.error(f"{name}: {value} is no number to reckon with", *path, name)
            if value < 0 and _AMOUNT.fullmatch(name):
                raise row.error(f"{name}: {value} is less than zero", *path, name)
    for first, second in _ORDERED:
        low, high = getattr(part, first, None), getattr(part, second, None)
        if isinstance(low, float | int) and isinstance(high, float | int) and low > high:
            raise row.error(f"{first} {low} is larger than {second} {high}", *path, second)


def _check_text(text: Text, path: Path, row: Row) -> None:
    if not text.en.strip():
        raise row.error("the English sentence is empty", *path, "en")
    wanted = places(text.en)
    for lang in _LANGS[1:]:
        sentence = getattr(text, lang)
        if sentence and places(sentence) != wanted:
            shown = ", ".join(sorted(wanted)) or "none"
            raise row.error(f"{lang} has other places in braces than English ({shown})", *path, lang)


def _check_sources(kind: str, fact: Struct, row: Row) -> None:
    sources: tuple[Source, ...] = getattr(fact, "sources", ())
    if kind in SOURCED and not sources and not (isinstance(fact, Limit) and _says_nothing(fact)):
        raise row.error("a source is missing", "sources")
    if hasattr(fact, "read_in") and fact.read_in not in ("design", None) and not sources:
        raise row.error(f"read_in {fact.read_in}: the source is missing", "read_in")


def _says_nothing(limit: Limit) -> bool:
    """A row that records only that no level was found."""
    return limit.value_mg is None and limit.value_mg_per_kg is None and not limit.binding


def _check_kind(fact: Struct, row: Row) -> None:
    if isinstance(fact, Interaction):
        _check_interaction(fact, row)
    elif isinstance(fact, Condition) and not (fact.keys or fact.threshold):
        raise row.error("neither a key nor a threshold: the row can never apply", "keys")
    elif isinstance(fact, Limit):
        _check_limit(fact, row)
    elif isinstance(fact, Form) and fact.formula is None and not fact.note:
        raise row.error("a form without a formula needs a note that says why", "formula")


def _check_limit(fact: Limit, row: Row) -> None:
    values = (fact.value_mg, fact.value_mg_per_kg, fact.max_single_mg, fact.status)
    if fact.binding and all(value is None for value in values):
        raise row.error("binding, but neither a value nor a status", "binding")


def _check_interaction(fact: Interaction, row: Row) -> None:
    if fact.action == "separate" and fact.strict_before_h is None and fact.strict_after_h is None:
        raise row.error("action separate, but no hour is given", "action")
    for name in ("before_h", "after_h"):
        hours = [getattr(fact, name), *(getattr(reading, name) for reading in fact.readings)]
        strictest = max((hour for hour in hours if hour is not None), default=None)
        strict = getattr(fact, f"strict_{name}")
        if strictest is not None and strict is not None and strict < strictest:
            raise row.error(f"strict_{name} {strict} is less than the strictest reading {strictest}", f"strict_{name}")
    if fact.substance == "magnesium" and fact.action == "separate" and fact.salts is None:
        raise row.error("a magnesium window has to say which salts it speaks of", "salts")
    ways = {source.read_in for source in fact.sources}
    if (fact.grade == "A" and not ways & OFFICIAL) or (fact.grade == "B" and not ways & MIDDLE):
        raise row.error(f"grade {fact.grade} does not follow from sources read as {', '.join(sorted(ways))}", "grade")


def _check_references(knowledge: Knowledge, rows: Rows) -> None:
    for kind, field, what, known in REFERENCES:
        ids = known(knowledge)
        for row in rows[kind].values():
            for path, name in named(row.fact, field):
                if name not in ids:
                    raise row.error(f"there is no {what} {name!r}", *path)


def _check_atc(rows: Rows) -> None:
    for kind, field in _ATC_FIELDS:
        for row in rows[kind].values():
            for path, code in named(row.fact, field):
                if not ATC.fullmatch(code):
                    raise row.error(f"{code!r} is no ATC code", *path)
            if isinstance(row.fact, Drug) and not row.fact.names.all() and row.fact.brands is None:
                raise row.error("a medicine without a name", "names")


def _check_code_sets(knowledge: Knowledge, rows: Rows) -> None:
    """A set holds ATC prefixes (capitals), or ids of facts."""
    known = {fact_id for kind in rows for fact_id in getattr(knowledge, kind)}
    for row in rows["code_sets"].values():
        for path, code in named(row.fact, "codes"):
            if not (ATC.fullmatch(code) or code in known):
                raise row.error(f"{code!r} is neither an ATC code nor the id of a fact", *path)


def _check_names(knowledge: Knowledge, rows: Rows) -> None:
    """One name, one fact: within forms, within substances, within condition keys, within foods."""
    for kind in ("forms", "substances", "condition_keys", "foods"):
        taken: dict[str, str] = {}
        for fact_id, fact in getattr(knowledge, kind).items():
            for name in {fact.name.en, fact.name.zh_hant, fact.name.ja, *fact.aliases} - {""}:
                other = taken.setdefault(fold(name), fact_id)
                if other != fact_id:
                    raise rows[kind][fact_id].error(f"{name!r} is already a name of {other!r}", "aliases")
