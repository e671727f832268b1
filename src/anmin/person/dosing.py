"""The arithmetic of one question: how much magnesium, how much compound, how much glycine.

What is asked here is not checked against anybody: no medicines, no kidneys. It only says which daily limit an adult
of the country has.
"""

from __future__ import annotations

import msgspec

from anmin.errors import AmountError, InputError, UnknownId
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Form, Limit, Source
from anmin.knowledge.stoichiometry import GLYCINE, MAGNESIUM, buffer_of, compound_of, fraction_of, glycine_with
from anmin.knowledge.studies import Study
from anmin.person.amounts import Reading, read_plain
from anmin.person.items import Item, read_items
from anmin.person.magnesium import read_magnesium
from anmin.person.take import usable
from anmin.units.amount import Elemental, Free
from anmin.units.stoichiometry import Buffer, Stack, element_for, missing, stack

CHELATE = "bisglycinate"
"""The compound that is asked about when glycine is."""

STAND_IN = "project default"
"""The kind of a limit that stands in for one that could not be read."""


class DoseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One conversion. Masses in mg; None where the question is not about it.

    ``glycine_mg`` is what the compound delivers, ``missing_mg`` what lacks to ``target_mg``, the amount of the trials.
    ``limit`` is the strictest that binds an adult of the country (of any country if none was named); ``over`` and
    ``within`` name the countries whose limit the magnesium passes or keeps.
    """

    magnesium_mg: float | None = None
    form: str | None = None
    compound_mg: float | None = None
    stated: str = "elemental"
    times: int = 1
    glycine_mg: float | None = None
    target_mg: float | None = None
    missing_mg: float | None = None
    buffer: Buffer | None = None
    stack: Stack | None = None
    compounds: tuple[tuple[str, float], ...] = ()
    limit: Limit | None = None
    over: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    chelate: bool = False
    """Whether the compound is one that gives up glycine."""

    @property
    def each_mg(self) -> float | None:
        """The mass of one of the ``times``: of the compound, or of magnesium where that was stated."""
        whole = self.compound_mg if self.stated == "compound" else self.magnesium_mg
        return None if whole is None else whole / self.times

    @property
    def share(self) -> float:
        """The glycine that comes along, as a share of what the trials gave."""
        return self.glycine_mg / self.target_mg if self.glycine_mg and self.target_mg else 0.0

    @property
    def is_over(self) -> bool:
        """Whether the magnesium passes the limit."""
        return self.limit is not None and (self.magnesium_mg or 0.0) > _value(self.limit)

    @property
    def stack_compound_mg(self) -> float | None:
        """The mass of the compound in the stack."""
        if self.stack is None or not self.compound_mg or not self.magnesium_mg:
            return None
        return self.compound_mg * self.stack.element.value / self.magnesium_mg


def answer_dose(
    text: str, knowledge: Knowledge, *, as_form: str | None = None, times: int = 1, country: str | None = None
) -> DoseAnswer:
    """The answer to ``200 mg Mg``, ``414 mg MgO``, ``glycinate 18 %`` or ``3 g glycine``.

    An amount beside the name of a compound is the compound's mass, unless a word says elemental. ``as_form`` names the
    compound that the magnesium is wanted in. :class:`InputError` for anything that is not one such amount.
    """
    item = _one_item(text, knowledge)
    room = knowledge.ranges["doses_a_day"]
    if not room.low <= times <= room.high:
        raise InputError("times", times, f"{room.low:g} to {room.high:g}")
    if item.substance == GLYCINE:
        return answer_glycine(knowledge, target_mg=read_plain(item, knowledge).mg * times, country=country)
    reading = read_magnesium(item, knowledge, unsaid="compound")
    wanted = _form(as_form, knowledge) if as_form else None
    own = knowledge.forms[reading.form] if reading.form else None
    form = wanted or own
    buffered = buffer_of(own, reading.labelled, knowledge) if own and reading.labelled else None
    if not reading.mg:
        if buffered is None:
            raise AmountError("dose", text, "an amount, such as 200 mg Mg, or a share, such as glycinate 18 %")
        chelate = own is not None and own.glycine_per_magnesium is not None
        return DoseAnswer(form=reading.form, buffer=buffered, chelate=chelate, sources=own.sources if own else ())
    return _converted(reading, form, buffered, times, knowledge, country, moved=wanted is not None)


def read_glycine(text: str, knowledge: Knowledge, *, times: int = 1, country: str | None = None) -> DoseAnswer:
    """The same for an amount of glycine, ``3 g``, whether or not the word stands beside it."""
    return answer_dose(f"{text} {GLYCINE}", knowledge, times=times, country=country)


def answer_glycine(knowledge: Knowledge, *, target_mg: float | None = None, country: str | None = None) -> DoseAnswer:
    """What so much glycine (else the amount of the trials) would need as the chelate alone, and how to stack it."""
    target = Free(value=target_mg or trial_glycine_mg(knowledge), unit="mg", of=GLYCINE)
    form = knowledge.forms[CHELATE]
    assert form.glycine_per_magnesium is not None
    needed = element_for(target, MAGNESIUM, form.glycine_per_magnesium)
    limit = strictest(knowledge, country)
    trials = (source for _, study in _glycine_trials(knowledge) for source in study.sources)
    return DoseAnswer(
        magnesium_mg=needed.value,
        form=form.id,
        compound_mg=compound_of(needed, form).value,
        stated="glycine",
        glycine_mg=target.value,
        target_mg=target.value,
        stack=stack(target, _magnesium(_value(limit)), form.glycine_per_magnesium),
        limit=limit,
        sources=(*form.sources, *limit.sources, *trials),
        over=_countries(needed.value, knowledge, over=True),
        within=_countries(needed.value, knowledge, over=False),
    )


def table(knowledge: Knowledge, country: str | None = None) -> tuple[DoseAnswer, ...]:
    """One answer for each amount that matters: the usual ones, every limit, and what the trials' glycine would need."""
    form = knowledge.forms[CHELATE]
    assert form.glycine_per_magnesium is not None
    usual = {level for row in knowledge.components.values() if CHELATE in row.forms for level in row.levels_mg}
    limits = {_value(limit) for limit in adult_limits(knowledge)}
    whole = trial_glycine_mg(knowledge) / form.glycine_per_magnesium
    return tuple(
        _converted(Reading(mg=mg), form, None, 1, knowledge, country, moved=True)
        for mg in sorted({*usual, *limits, whole})
    )


def trial_glycine_mg(knowledge: Knowledge) -> float:
    """The amount of glycine that the sleep trials of glycine alone gave; the smallest, should they differ."""
    return min(mg for mg, _ in _glycine_trials(knowledge))


def adult_limits(knowledge: Knowledge, country: str | None = None) -> list[Limit]:
    """The daily limits of magnesium that bind a grown-up, of one country or of all, the strictest first."""
    rows = [
        limit
        for limit in knowledge.limits.values()
        if limit.substance == MAGNESIUM and limit.binding and limit.value_mg is not None and limit.age_below is None
    ]
    own = [limit for limit in rows if country is None or country in limit.countries]
    return sorted(own, key=_value)


def strictest(knowledge: Knowledge, country: str | None) -> Limit:
    """The limit to keep; :class:`UnknownId` for a country of which none is known."""
    limits = adult_limits(knowledge, country)
    if not limits:
        known = sorted({each for limit in adult_limits(knowledge) for each in limit.countries})
        raise UnknownId("country", country, ", ".join(known))
    return limits[0]


def _converted(
    reading: Reading,
    form: Form | None,
    buffered: Buffer | None,
    times: int,
    knowledge: Knowledge,
    country: str | None,
    *,
    moved: bool,
) -> DoseAnswer:
    magnesium = _magnesium(reading.mg * times)
    limit = strictest(knowledge, country)
    glycine = glycine_with(magnesium, form) if form else None
    if glycine is not None and buffered is not None:
        glycine = glycine * (1 - buffered.element_from_filler)
    target = Free(value=trial_glycine_mg(knowledge), unit="mg", of=GLYCINE)
    stated = "compound" if reading.compound_mg is not None else "elemental"
    compound = reading.compound_mg * times if reading.compound_mg is not None and not moved else None
    if compound is None and form is not None:
        compound = magnesium.value / buffered.labelled if buffered and not moved else compound_of(magnesium, form).value
    return DoseAnswer(
        magnesium_mg=magnesium.value,
        form=form.id if form else None,
        compound_mg=compound,
        stated="elemental" if moved else stated,
        times=times,
        glycine_mg=glycine.value if glycine else None,
        target_mg=target.value if glycine else None,
        missing_mg=missing(target, glycine).value if glycine else None,
        buffer=buffered,
        chelate=glycine is not None,
        compounds=() if form else _in_each(magnesium, knowledge),
        limit=limit,
        sources=(*(form.sources if form else ()), *limit.sources),
        over=_countries(magnesium.value, knowledge, over=True),
        within=_countries(magnesium.value, knowledge, over=False),
    )


def _glycine_trials(knowledge: Knowledge) -> list[tuple[float, Study]]:
    return [
        (dose.mg, study)
        for study in knowledge.studies.values()
        if study.kind == "trial" and study.components == (GLYCINE,)
        for dose in study.doses
        if dose.substance == GLYCINE and dose.mg is not None
    ]


def _in_each(magnesium: Elemental, knowledge: Knowledge) -> tuple[tuple[str, float], ...]:
    """The mass of every compound a plan may propose that holds so much magnesium, the lightest first."""
    masses = [
        (form.id, compound_of(magnesium, form).value)
        for form in knowledge.forms.values()
        if form.plannable and form.oral and form.magnesium_fraction is not None
    ]
    return tuple(sorted(masses, key=lambda pair: pair[1]))


def _one_item(text: str, knowledge: Knowledge) -> Item:
    items = read_items(usable(text, "dose"), knowledge)
    if len(items) != 1 or items[0].unread or items[0].substance not in (MAGNESIUM, GLYCINE):
        raise InputError("dose", text, "one amount of magnesium, of one of its compounds, or of glycine",
                         "For example: 200 mg Mg, 414 mg MgO, glycinate 18 %, 3 g glycine.")  # fmt: skip
    return items[0]


def _form(typed: str, knowledge: Knowledge) -> Form:
    """The compound by its id or by any of its names."""
    if typed in knowledge.forms:
        form = knowledge.forms[typed]
    else:
        text = usable(typed, "as")
        names = {
            name
            for words in (text, f"magnesium {text}")
            for item in read_items(words, knowledge)
            for name in item.forms
        }
        if len(names) != 1:
            raise UnknownId("as", typed, ", ".join(form.id for form in knowledge.forms.values() if form.plannable))
        form = knowledge.forms[names.pop()]
    fraction_of(form)
    return form


def _magnesium(mg: float) -> Elemental:
    return Elemental(value=mg, unit="mg", of=MAGNESIUM)


def _value(limit: Limit) -> float:
    assert limit.value_mg is not None
    return limit.value_mg


def without_figure(knowledge: Knowledge) -> tuple[str, ...]:
    """The countries of which no official limit could be read, so that another one stands in."""
    return tuple(
        sorted({each for limit in adult_limits(knowledge) if limit.kind == STAND_IN for each in limit.countries})
    )  # fmt: skip


def _countries(mg: float, knowledge: Knowledge, *, over: bool) -> tuple[str, ...]:
    """The countries whose own limit so much magnesium a day passes, or those whose limit it keeps."""
    own: dict[str, float] = {}
    for limit in reversed([limit for limit in adult_limits(knowledge) if limit.kind != STAND_IN]):
        own.update(dict.fromkeys(limit.countries, _value(limit)))
    slack = 1e-9 * mg
    return tuple(sorted(country for country, value in own.items() if (mg > value + slack) == over))
