"""A claims file for a person to complete, out of an article that nobody has looked at yet.

    prepare(text, title, knowledge) -> the file as YAML
        sentences  = the text, piece by piece
        candidates = those with a dose, hours, a comparison, a warning ... about something we know
        each one   = id, line, kind and weight as a first guess, and the checks that its numbers suggest

Nothing is judged here: no verdict is written, and every suggested check is a comment.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from anmin.audit.sentences import Sentence, printable, sentences
from anmin.audit.signals import Quantity, Signals, Vocabulary
from anmin.errors import ClaimError
from anmin.knowledge.claims import ClaimKind, Weight
from anmin.knowledge.load import Knowledge
from anmin.knowledge.lookup import touches
from anmin.knowledge.stoichiometry import MAGNESIUM
from anmin.knowledge.texts import show_number

MAX_TEXT = 256 * 1024
MAX_CLAIMS = 500
"""Bounds of an article: characters, and sentences that are taken over."""

_MASSES = ("mg", "g", "ug", "iu")
_LIKE = 0.6
"""Share of a known claim's numbers and names that a sentence has to hold to be called like it."""


_GROUP = 4
"""Letters of an ATC code that name a pharmacological group (J01M: the quinolones)."""

Key: TypeAlias = "tuple[float | str, str]"
Prepared: TypeAlias = "tuple[Vocabulary, tuple[tuple[str, frozenset[Key]], ...]]"

_CACHE: dict[str, Prepared] = {}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence worth checking, with first guesses."""

    sentence: Sentence
    signals: Signals
    kind: ClaimKind
    safety: Weight
    like: tuple[str, ...] = ()


def candidates(text: str, knowledge: Knowledge) -> tuple[Candidate, ...]:
    """Every sentence that holds something to check, at most :data:`MAX_CLAIMS`; :class:`ClaimError` if too long."""
    if len(text) > MAX_TEXT:
        raise ClaimError("article", f"{len(text)} characters", f"at most {MAX_TEXT}")
    vocabulary, known = _prepared(knowledge)
    made: list[Candidate] = []
    for sentence in sentences(text):
        signals = vocabulary.read(sentence.text)
        if worth_checking(signals):
            made.append(
                Candidate(
                    sentence=sentence,
                    signals=signals,
                    kind=kind_of(signals),
                    safety="moderate" if "safety" in signals.marks or signals.of("medicine") else "none",
                    like=tuple(_like(_keys(signals, knowledge), known)),
                )
            )
        if len(made) == MAX_CLAIMS:
            break
    return tuple(made)


def worth_checking(signals: Signals) -> bool:
    """A dose, a temperature, a p; or a number, a comparison, a warning or an effect about something known."""
    if signals.in_unit(*_MASSES, "c", "p"):
        return True
    if signals.quantities and signals.marks:
        return True
    if len(signals.things) > 1 and signals.of("medicine"):
        return True
    return bool(signals.things and (signals.quantities or signals.marks))


def kind_of(signals: Signals) -> ClaimKind:
    """The first guess of a kind: what may harm comes first."""
    if "safety" in signals.marks:
        return "safety"
    if signals.in_unit("h", "min") and (signals.marks & {"hour", "bath"} or signals.of("medicine")):
        return "timing"
    if signals.in_unit(*_MASSES):
        return "dose"
    if "comparison" in signals.marks:
        return "comparative"
    return "quantitative" if signals.quantities else "mechanism"


def _prepared(knowledge: Knowledge) -> Prepared:
    """The vocabulary and the known claims, read once for each version of the facts."""
    prepared = _CACHE.get(knowledge.version)
    if prepared is None:
        vocabulary = Vocabulary(knowledge)
        prepared = _CACHE[knowledge.version] = (vocabulary, tuple(_known(vocabulary, knowledge)))
    return prepared


def _known(vocabulary: Vocabulary, knowledge: Knowledge) -> Iterator[tuple[str, frozenset[Key]]]:
    for claim in knowledge.claims.values():
        for text in (claim.text.en, claim.text.zh_hant, claim.text.ja):
            keys = _keys(vocabulary.read(text), knowledge)
            if len(keys) > 1:
                yield claim.id, keys


def _keys(signals: Signals, knowledge: Knowledge) -> frozenset[Key]:
    """Numbers with their units, things by id, and medicines by the group of their code, so that kin are alike."""
    keys: set[Key] = {
        (value, quantity.unit) for quantity in signals.quantities for value in (quantity.low, quantity.high)
    }
    keys.update(thing for thing in signals.things if thing[0] != "medicine")
    for medicine in signals.of("medicine"):
        keys.update(("atc", code[:_GROUP]) for code in knowledge.drugs[medicine].atc if len(code) >= _GROUP)
    return frozenset(keys)


def _like(keys: frozenset[Key], known: Iterable[tuple[str, frozenset[Key]]]) -> list[str]:
    """Known claims that hold the same numbers about the same things, the most alike first."""
    scores: dict[str, float] = {}
    for claim_id, others in known:
        shared = keys & others
        score = len(shared) / len(others)
        if len(shared) > 1 and score >= _LIKE and any(isinstance(what, float) for what, _ in shared):
            scores[claim_id] = max(score, scores.get(claim_id, 0.0))
    return sorted(scores, key=lambda claim_id: (-scores[claim_id], claim_id))[:3]


def prepare(text: str, title: str, knowledge: Knowledge) -> str:
    """The claims file of an article, ready to be completed by a person."""
    found = candidates(text, knowledge)
    if not found:
        raise ClaimError("article", title, "a text with at least one number, dose, hour or comparison about something",
                         "Nothing to check was found.")  # fmt: skip
    head = [
        f"# {len(found)} sentences to look at, prepared by `anmin audit --new`. Nothing is judged yet.",
        "# For each: say it in your own words, take out what is no claim, put in checks, then a verdict.",
        "# `anmin audit FILE` computes the checks; `anmin audit --schema` lists every kind of check.",
        f"article: {_quoted(printable(title))}",
        "claims:",
    ]
    rows = (line for place, each in enumerate(found, 1) for line in _row(place, each, knowledge))
    return "\n".join([*head, *rows]) + "\n"


def _row(place: int, candidate: Candidate, knowledge: Knowledge) -> Iterator[str]:
    sentence, signals = candidate.sentence, candidate.signals
    yield f"- id: S{place:03}"
    yield f"  article_line: {sentence.line}"
    yield f"  kind: {candidate.kind}"
    yield f"  text: {_quoted(sentence.text)}"
    yield f"  safety: {candidate.safety}"
    things = ", ".join(thing_id for kind in ("substance", "form", "medicine") for thing_id in signals.of(kind))
    numbers = ", ".join(map(_said, signals.quantities))
    if numbers or things:
        yield f"  # found: {'; '.join(part for part in (numbers, things) if part)}"
    for claim_id in candidate.like:
        claim = knowledge.claims[claim_id]
        yield f"  # like {claim_id} ({claim.verdict}): `anmin audit --claim {claim_id}` shows how that was checked"
    suggested = tuple(_suggested(signals, knowledge))
    if suggested:
        yield "  # checks:  # compare with the sentence before you take them"
        yield from (f"  # - {check}" for check in suggested)


def _suggested(signals: Signals, knowledge: Knowledge) -> Iterator[str]:
    """Checks that the numbers ask for. A dose of magnesium: its limits; hours beside a medicine: its windows."""
    masses = signals.in_unit("mg", "g")
    magnesium = MAGNESIUM in signals.of("substance") or bool(signals.of("form"))
    if masses and magnesium:
        by_value = {
            limit.value_mg: limit.id
            for limit in reversed(knowledge.limits.values())
            if limit.substance == MAGNESIUM and limit.binding and limit.value_mg and limit.age_below is None
        }
        low, high = (f"{end * (1000 if masses[0].unit == 'g' else 1):.12g}" for end in (masses[0].low, masses[0].high))
        yield f"{{kind: limit, claimed_mg: [{low}, {high}], limits: [{', '.join(by_value.values())}]}}"
    hours = signals.in_unit("h", "min")
    rules = list(_windows(signals.of("medicine"), knowledge)) if hours else []
    if rules:
        claimed = hours[0].low / (60 if hours[0].unit == "min" else 1)
        yield f"{{kind: window, claimed_h: {claimed:.12g}, rules: [{', '.join(rules)}]}}"
    warm = signals.in_unit("c")
    if warm and "bath" in signals.marks:
        yield f"{{kind: bath, rules: [max-temp], celsius: [{warm[0].low:.12g}, {warm[0].high:.12g}]}}"


def _windows(medicines: Iterable[str], knowledge: Knowledge) -> Iterator[str]:
    codes = {code for medicine in medicines for code in knowledge.drugs[medicine].atc}
    for rule in knowledge.interactions.values():
        if rule.substance == MAGNESIUM and (rule.strict_before_h or rule.strict_after_h) and touches(rule, codes):
            yield rule.id


def _said(quantity: Quantity) -> str:
    ends = dict.fromkeys((show_number(quantity.low), show_number(quantity.high)))
    return f"{'-'.join(ends)} {quantity.unit}"


def _quoted(text: str) -> str:
    """A double-quoted YAML string: JSON is one, with every character readable."""
    return json.dumps(text, ensure_ascii=False)
