"""The second door: is this regimen safe for this person, at these hours and in these amounts?

It does not trust the first door. It measures the gap between every two things that are really on the clock
(:mod:`anmin.safety.gaps`), sums what is really taken, and returns every finding, gravest first, with the open
questions that matter for it and the ledger of the day.

The verdict is the gravest finding that applies, or ``ask`` where an open question holds back one of the substances and
nothing graver applies. Decisions where the rules are silent, all on the safe side:

- Everything is measured on the day as a whole: what is taken already and what is asked about together. What is wrong
  with the former alone is told beside the verdict (``Finding.beside``), which is about the latter.
- A medicine without a known hour, or taken as needed, may come at any hour, and so may a supplement without one: the
  spacing cannot be kept, so the rule applies; and where an hour could be told, it is asked for.
- A supplement that is itself part of a medicine is not told to keep away from that prescription by the fallback row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.model import Bath, Dose, Person, Question
from anmin.safety.bath import assess_bath
from anmin.safety.bindings import Bound, bound
from anmin.safety.book import HOT_BATH, MAGNESIUM, Rulebook, rulebook
from anmin.safety.combine import from_pair, rules_for
from anmin.safety.conditions import of_medicines, of_person
from anmin.safety.drowsy import while_awake
from anmin.safety.findings import ALL, from_interaction, gravest, in_order, verdict_of
from anmin.safety.gaps import is_kept
from anmin.safety.ledger import binding_limit, check_doses, ledger, single_limit
from anmin.safety.model import Assessment, Finding, LedgerLine
from anmin.safety.questions import hour_of_medicine, hour_of_substance
from anmin.safety.state import Counted, State, read_state
from anmin.safety.triage import referrals, triage
from anmin.safety.unknown import about_everything


def assess(person: Person, doses: Sequence[Dose], bath: Bath | None, knowledge: Knowledge) -> Assessment:
    """The verdict on ``doses`` and ``bath`` for this person, on top of all they already take.

    :class:`~anmin.errors.AmountError` or :class:`~anmin.errors.InputError` for an amount, time or bath that is none.
    """
    book = rulebook(knowledge)
    check_doses((*person.taking, *doses))
    state = read_state(person, doses, book)
    findings = [*triage(person, knowledge), *referrals(person, knowledge), *about_everything(state)]
    questions: list[Question] = []
    for dose in doses:
        findings.extend(_of_dose(state, dose, questions))
    findings.extend(_of_pairs(state, doses))
    findings.extend(replace(finding, beside=True) for finding in _of_taking(state) if finding.applies)
    lines = ledger(state, doses)
    findings.extend(_of_ledger(state, lines, doses))
    if bath is not None:
        findings.extend(assess_bath(state, bath, (*person.taking, *doses)))
    touched = {dose.substance for dose in doses} | ({HOT_BATH} if bath is not None else set())
    questions = [*_blocking(person.questions, touched), *questions]
    verdicts = [verdict_of(finding) for finding in findings]
    return Assessment(
        verdict=gravest([*verdicts, "ask"] if questions else verdicts),
        findings=in_order(findings),
        questions=_once(questions),
        ledger=lines,
    )


def alkaline(dose: Dose, book: Rulebook) -> bool | None:
    """Whether a dose is an alkaline salt; None when its form is not known, and for everything but magnesium."""
    if dose.alkaline is not None or dose.substance != MAGNESIUM or dose.form is None:
        return dose.alkaline
    form = book.knowledge.forms.get(dose.form)
    return form.alkaline if form is not None else None


def _of_dose(state: State, dose: Dose, questions: list[Question]) -> Iterator[Finding]:
    yield from of_person(state, dose.substance)
    yield from while_awake(state, dose)
    yield from of_medicines(state, dose.substance, alkaline(dose, state.book))
    for medicine, row in _timed(state, dose):
        kept = _is_kept(dose, medicine.clocks, row.before_h, row.after_h)
        yield from_interaction(row, dose.substance, medicine.typed, applies=not kept)
        if not kept and medicine.clocks is None and not medicine.as_needed:
            questions.append(hour_of_medicine(medicine.typed, dose.substance, state.book.knowledge))
        if not kept and dose.clock is None:
            questions.append(hour_of_substance(dose.substance, state.book.knowledge))


def _timed(state: State, dose: Dose) -> Iterator[tuple[Counted, Bound]]:
    salt = alkaline(dose, state.book)
    for medicine in state.medicines:
        for row in bound(state.book, medicine.reach, dose.substance):
            if row.timed and row.holds_for(salt):
                yield medicine, row


def _is_kept(dose: Dose, clocks: tuple[int, ...] | None, after_drug: float | None, before_drug: float | None) -> bool:
    if not after_drug and not before_drug:
        return True
    return dose.clock is not None and clocks is not None and is_kept(dose.clock, clocks, after_drug, before_drug)


def _of_pairs(state: State, doses: Sequence[Dose]) -> Iterator[Finding]:
    day = (*doses, *state.person.taking)
    for number, dose in enumerate(doses):
        for other in day[number + 1 :]:
            yield from _of_pair(state, dose, other, day)


def _of_pair(state: State, dose: Dose, other: Dose, day: Sequence[Dose]) -> Iterator[Finding]:
    for row in rules_for(state.book, dose.substance, other.substance):
        if row.from_mg is not None and sum(each.mg for each in day if each.substance == row.second) < row.from_mg:
            continue
        clocks = None if other.clock is None else (other.clock,)
        applies = row.action != "separate" or not _is_kept(dose, clocks, row.apart_h, row.apart_h)
        yield from_pair(row, dose.substance, other.substance, applies=applies)


def _of_taking(state: State) -> Iterator[Finding]:
    """What is wrong with what the person takes already, whatever they ask about."""
    taking = state.person.taking
    for number, dose in enumerate(taking):
        yield from of_person(state, dose.substance)
        yield from of_medicines(state, dose.substance, alkaline(dose, state.book))
        for medicine, row in _timed(state, dose):
            prescribed = dose.origin == "medicine" and row.rule is state.book.fallback
            if not prescribed and not _is_kept(dose, medicine.clocks, row.before_h, row.after_h):
                yield from_interaction(row, dose.substance, medicine.typed, applies=True)
        for other in taking[number + 1 :]:
            yield from _of_pair(state, dose, other, taking)


def _of_ledger(state: State, lines: Iterable[LedgerLine], doses: Sequence[Dose]) -> Iterator[Finding]:
    for line in lines:
        asked = [dose for dose in doses if dose.substance == line.substance]
        if line.over:
            yield _over(state, line, sum(dose.mg for dose in asked), beside=not asked)
        single = single_limit(state, line.substance)
        if single is not None and any(dose.mg > single[0] for dose in asked):
            text = state.book.knowledge.text("safety.limit-single", substance=_name(state, line), limit=single[0])
            yield Finding(
                rule=single[1].id, substance=line.substance, with_="single dose", severity="major", action="cap",
                applies=True, reason=text, sources=single[1].sources, cap_mg=single[0],
            )  # fmt: skip


def _over(state: State, line: LedgerLine, asked_mg: float, *, beside: bool) -> Finding:
    limit = binding_limit(state, line.substance)
    assert limit is not None
    remains = max(0.0, limit.mg - (line.total_mg - asked_mg))
    message = "safety.limit-over-with-food" if limit.counts_food else "safety.limit-over"
    return Finding(
        rule=limit.rule,
        substance=line.substance,
        with_=limit.where or limit.rule,
        severity=limit.severity,
        action="cap",
        applies=True,
        reason=state.book.knowledge.text(
            message, substance=_name(state, line), total=line.total_mg, limit=limit.mg, remains=remains
        ),
        sources=limit.sources,
        cap_mg=remains,
        beside=beside,
    )


def _name(state: State, line: LedgerLine) -> Text | str:
    known = state.book.knowledge.substances.get(line.substance)
    return known.name if known is not None else line.substance


def _blocking(questions: Iterable[Question], touched: set[str]) -> list[Question]:
    """The open questions that hold back something on the regimen, and those about everything, whatever was read of it.

    One about the whole plan holds back no check.
    """
    return [question for question in questions if not {ALL, *touched}.isdisjoint(question.blocks)]


def _once(questions: Iterable[Question]) -> tuple[Question, ...]:
    return tuple({question.id: question for question in questions}.values())
