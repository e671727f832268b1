"""What ``anmin dose`` says: the answer first, then what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Limit, Text
from anmin.knowledge.texts import Filling
from anmin.person.dosing import STAND_IN, DoseAnswer, strictest, without_figure
from anmin.report.columns import columns
from anmin.units.numbers import show_number


class DoseOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """What ``anmin dose --json`` prints. Masses in mg, shares from 0 to 1, countries as profile codes."""

    answer: str = ""
    notes: list[str] = []
    magnesium_mg: float | None = None
    form: str | None = None
    compound_mg: float | None = None
    times: int | None = None
    glycine_mg: float | None = None
    glycine_target_mg: float | None = None
    glycine_missing_mg: float | None = None
    buffer: dict[str, Any] | None = None
    stack: dict[str, float] | None = None
    compounds: dict[str, float] | None = None
    limit: dict[str, Any] | None = None
    over_limit_in: list[str] | None = None
    within_limit_in: list[str] | None = None
    sources: list[dict[str, Any]] = []


def sentences(answer: DoseAnswer, country: str | None, knowledge: Knowledge) -> list[Text]:
    """The answer in sentences, each in three languages; the first one answers what was asked."""
    return [
        knowledge.text(f"dose.{name}", **params) for name, params in _said(answer, country, knowledge)
    ]  # fmt: skip


_Said = tuple[str, dict[str, Filling]]


def _said(answer: DoseAnswer, country: str | None, knowledge: Knowledge) -> Iterator[_Said]:
    values = _values(answer, knowledge)
    yield from _headline(answer, values, knowledge)
    if answer.stated == "glycine":
        yield from _stacked(answer, values)
    elif answer.glycine_mg is not None:
        yield "glycine", values
        yield ("missing", values) if answer.missing_mg else ("reached", {})
    if answer.buffer is not None and answer.magnesium_mg is not None:
        yield from _buffer(answer, values)
    if answer.magnesium_mg is not None:
        if answer.stated != "glycine":
            yield from _limits(answer, country, values)
        if answer.stated == "compound" and answer.buffer is None:
            yield "if_elemental", {}
        yield "limits_for_supplements", {}


def _headline(answer: DoseAnswer, values: dict[str, Filling], knowledge: Knowledge) -> Iterator[_Said]:
    if answer.stated == "glycine":
        yield "alone", values
    elif answer.magnesium_mg is None:
        yield from _buffer(answer, values)
    elif answer.form is None:
        yield "each", values
        for form, mass in answer.compounds:
            yield "each_line", {"compound": show_number(round(mass)), "name": _short(knowledge.forms[form].name)}
    else:
        yield f"{answer.stated}{'_times' if answer.times > 1 else ''}", values


def _stacked(answer: DoseAnswer, values: dict[str, Filling]) -> Iterator[_Said]:
    if not answer.within:
        yield "over_everywhere", values
    elif answer.over:
        yield "over", values
    assert answer.stack is not None
    yield ("stack", values | _stack_values(answer)) if answer.stack.to_add.value else ("stack_enough", values)


def _buffer(answer: DoseAnswer, values: dict[str, Filling]) -> Iterator[_Said]:
    assert answer.buffer is not None
    if not answer.buffer.buffered:
        yield "pure", values
        return
    yield "buffered", values
    yield "buffer_share", values
    yield ("buffer_means" if answer.chelate else "buffer_means_salt"), {}


def _limits(answer: DoseAnswer, country: str | None, values: dict[str, Filling]) -> Iterator[_Said]:
    if country is not None and answer.limit is not None:
        kind = "default" if answer.limit.kind == STAND_IN else "own"
        yield f"{'over' if answer.is_over else 'within'}_{kind}", values | {"country": country}
    elif not answer.over:
        yield "within_all", values
    else:
        yield ("over" if answer.within else "over_everywhere"), values


def _values(answer: DoseAnswer, knowledge: Knowledge) -> dict[str, Filling]:
    """Everything a sentence may name, as it is shown."""
    form = knowledge.forms[answer.form] if answer.form else None
    buffer = answer.buffer
    return {
        "name": _short(form.name) if form else "",
        "mg": _mg(answer.magnesium_mg),
        "compound": _mg(answer.compound_mg),
        "each": _mg(answer.each_mg),
        "times": answer.times,
        "glycine": _mg(answer.glycine_mg),
        "target": _mg(answer.target_mg),
        "missing": _mg(answer.missing_mg),
        "percent": show_number(100 * (buffer.labelled if buffer else answer.share), 1 if buffer else 0),
        "pure": show_number(100 * buffer.pure, 1) if buffer else "",
        "mass": show_number(round(100 * (1 - buffer.chelate_of_mass))) if buffer else "",
        "share": show_number(round(100 * buffer.element_from_filler)) if buffer else "",
        "limit": _mg(answer.limit.value_mg) if answer.limit else "",
        "body": answer.limit.body if answer.limit else "",
        "over": ", ".join(answer.over),
        "within": ", ".join(answer.within),
    }


def _stack_values(answer: DoseAnswer) -> dict[str, Filling]:
    assert answer.stack is not None
    return {
        "mg": _mg(answer.stack.element.value),
        "compound": _mg(answer.stack_compound_mg),
        "glycine": _mg(answer.stack.from_chelate.value),
        "add": _mg(answer.stack.to_add.value),
    }


def _short(name: Text) -> Text:
    """A name without what stands in brackets behind it."""
    return Text(**{lang: getattr(name, lang).partition("(")[0].strip() for lang in ("en", "zh_hant", "ja")})


def _mg(value: float | None) -> str:
    """Whole milligrams; small amounts keep their decimals."""
    if value is None:
        return ""
    return show_number(round(value)) if value >= 10 else show_number(value)


def table_text(answers: tuple[DoseAnswer, ...], country: str | None, knowledge: Knowledge, lang: Lang) -> str:
    """The table as text, its columns aligned also in Chinese and Japanese."""

    def say(name: str, **params: Filling) -> str:
        return knowledge.say(f"dose.{name}", lang, **params)

    head = ["magnesium", "compound", "glycine", "share", "missing", "over"]
    target = _mg(answers[0].target_mg)
    rows = [[say(f"table_{name}", target=target) if name == "share" else say(f"table_{name}") for name in head]]
    for each in answers:
        magnesium = show_number(each.magnesium_mg or 0, 1)
        masses = [f"{_mg(value)} mg" for value in (each.compound_mg, each.glycine_mg)]
        rows.append(
            [
                f"{magnesium} mg",
                *masses,
                f"{100 * each.share:.0f} %",
                f"{_mg(each.missing_mg)} mg" if each.missing_mg else "–",
                ", ".join(each.over) or say("table_nowhere"),
            ]
        )
    lines = columns(rows, left=(len(head) - 1,))
    limit, open_in = answers[0].limit, without_figure(knowledge)
    assert limit is not None
    own = [say("own_limit", country=country, limit=_mg(limit.value_mg), body=limit.body)] if country else []
    if open_in and (country is None or country in open_in):
        floor = strictest(knowledge, open_in[0])
        own = [say("no_figure", countries=", ".join(open_in), limit=_mg(floor.value_mg))]
    pure = show_number(100 * (answers[0].magnesium_mg or 0) / (answers[0].compound_mg or 1), 1)
    return "\n".join(
        [say("table"), "", *lines, "", say("table_pure", pure=pure), *own, say("limits_for_supplements")]
    )  # fmt: skip


def dose_out(answer: DoseAnswer, lines: list[str] | None = None) -> DoseOut:
    """The answer as the machine contract."""
    said = lines or [""]
    return DoseOut(
        answer=said[0],
        notes=said[1:],
        magnesium_mg=_rounded(answer.magnesium_mg),
        form=answer.form,
        compound_mg=_rounded(answer.compound_mg),
        times=answer.times,
        glycine_mg=_rounded(answer.glycine_mg),
        glycine_target_mg=answer.target_mg,
        glycine_missing_mg=_rounded(answer.missing_mg),
        buffer=_buffer_out(answer),
        stack=_stack_out(answer),
        compounds={form: round(mass, 1) for form, mass in answer.compounds} or None,
        limit=_limit_out(answer.limit) if answer.limit else None,
        over_limit_in=list(answer.over) if answer.limit else None,
        within_limit_in=list(answer.within) if answer.limit else None,
        sources=[msgspec.to_builtins(source) for source in dict.fromkeys(answer.sources)],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _buffer_out(answer: DoseAnswer) -> dict[str, Any] | None:
    if answer.buffer is None:
        return None
    return {
        "buffered": answer.buffer.buffered,
        "labelled_share": round(answer.buffer.labelled, 4),
        "pure_share": round(answer.buffer.pure, 4),
        "oxide_of_mass": round(1 - answer.buffer.chelate_of_mass, 4),
        "magnesium_from_oxide": round(answer.buffer.element_from_filler, 4),
    }


def _stack_out(answer: DoseAnswer) -> dict[str, float] | None:
    if answer.stack is None or answer.stack_compound_mg is None:
        return None
    return {
        "magnesium_mg": round(answer.stack.element.value, 3),
        "compound_mg": round(answer.stack_compound_mg, 3),
        "glycine_from_compound_mg": round(answer.stack.from_chelate.value, 3),
        "free_glycine_mg": round(answer.stack.to_add.value, 3),
    }


def _limit_out(limit: Limit) -> dict[str, Any]:
    return {"rule": limit.id, "mg": limit.value_mg, "body": limit.body, "countries": list(limit.countries)}
