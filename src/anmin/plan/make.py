"""From a person to an evening, in the order in which a careful pharmacist would go.

Red flags stop everything. Open questions come before any line that depends on them: while a medicine is not known,
or a question holds back everything, magnesium, or something that was asked for, the answer is the question. Then:
what is permitted, what it may do, the front, the person's pick, the clock; and the second door looks at every regimen
that is shown before anybody sees it.

A refusal of magnesium alone does not end the plan: what is still safe is planned, and when nothing is left the plan is
sleep habits and where to go. Only red flags, which mean that somebody should be seen first, end it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from anmin.errors import GateError
from anmin.evidence.belief import Mode
from anmin.evidence.own import OwnResult
from anmin.knowledge.load import Knowledge
from anmin.person.model import WHOLE_PLAN, Dose, Person, Question
from anmin.person.status import magnesium_status
from anmin.plan import explain, tell
from anmin.plan.asking import with_findings
from anmin.plan.believe import believe, together
from anmin.plan.choose import front as choose
from anmin.plan.components import Left, Offers, habits, offers
from anmin.plan.model import Component, Line, Plan, Regimen
from anmin.plan.own import told, with_results
from anmin.plan.show import Choice, changes, choose_shown
from anmin.plan.timetable import Evening, timetable
from anmin.plan.words import each_once
from anmin.safety.assess import assess
from anmin.safety.findings import ALL, in_order
from anmin.safety.model import Assessment, Finding, Permitted
from anmin.safety.permit import permit
from anmin.safety.triage import referrals, triage


def make_plan(person: Person, knowledge: Knowledge, results: Sequence[OwnResult] = (), mode: Mode = "pooled") -> Plan:
    """The plan, the questions, or the stop. :class:`~anmin.errors.GateError` if the second door refuses a choice.

    ``results``: what the person's own finished trials found; ``mode``: how far small trials are trusted. Both move
    what is believed, never what is permitted.
    """
    stops = triage(person, knowledge)
    if stops:
        return _stopped(stops, person, knowledge)
    permitted = permit(person, knowledge)
    questions = open_questions(person, permitted, knowledge)
    if questions:
        return _asking(questions, permitted, person, knowledge)
    status = magnesium_status(person, knowledge)
    believed = with_results(believe(person, knowledge, status.probability_inadequate, mode), results, knowledge)
    offered = offers(person, permitted, believed, knowledge)
    front = choose(offered.components, together(offered.beliefs, knowledge), offered.clashes)
    choice = choose_shown(front, person, believed, knowledge)
    checked = [checked_evening(regimen, offered, person, knowledge) for regimen in choice.shown]
    evening, assessment = checked[0]
    ground = explain.Ground(person, permitted, believed, status, assessment, knowledge)
    lines = explain.lines(evening, choice.chosen.components, ground)
    plan = _explained(choice, lines, evening, offered, ground)
    own = tuple(told(result, knowledge) for result in believed.results.values())
    return msgspec.structs.replace(plan, expectations=(*own, *plan.expectations)) if own else plan


def checked_evening(
    regimen: Regimen, offered: Offers, person: Person, knowledge: Knowledge
) -> tuple[Evening, Assessment]:
    """A regimen on the clock, past the second door; :class:`~anmin.errors.GateError` if that does not open."""
    evening = timetable(regimen.components, offered.where, sedating(knowledge), person)
    if evening is None:
        raise GateError(f"{_ids(regimen.components)}: no timetable")
    assessment = assess(person, evening.doses, evening.bath, knowledge)
    if assessment.verdict != "allow":
        rules = ", ".join(finding.rule for finding in assessment.findings if finding.applies)
        raise GateError(f"{_ids(regimen.components)}: {assessment.verdict} by {rules}")
    return evening, assessment


def sedating(knowledge: Knowledge) -> frozenset[str]:
    """The substances that must follow the bath."""
    return frozenset(each.id for each in knowledge.substances.values() if each.sedating)


def open_questions(person: Person, permitted: Permitted, knowledge: Knowledge) -> tuple[Question, ...]:
    """The questions that come before any plan; empty when the plan can go on.

    A question holds the plan up when it is about everything, about magnesium, or about something the person wants,
    unless that is refused whatever the answer; or when all that could be planned waits for answers.
    """
    planned = dict.fromkeys(fact.substance for fact in knowledge.components.values() if fact.what == "dose")
    waiting = [name for name in planned if _waits(name, permitted)]
    free = [name for name in planned if _free(name, permitted)]
    central = {"magnesium", *person.wants}
    held_up = any({ALL, WHOLE_PLAN} & set(question.blocks) for question in person.questions)
    unclear = [finding for finding in assess(person, (), None, knowledge).findings if _asks(finding)]
    unread = [medicine for medicine in person.medicines if medicine.status != "recognised"]
    if not (held_up or unclear or unread or central & set(waiting) or (waiting and not free)):
        return ()
    missing = {name for each in waiting for given in permitted.substances[each] for name in given.open_questions}
    missing -= {question.id for question in person.questions}
    if not held_up and (missing or unclear):
        nothing = tuple(Dose(substance=name, mg=0.0) for name in waiting)  # so that the second door says what it asks
        unclear += [each for each in assess(person, nothing, None, knowledge).findings if each.rule in missing]
    asked = with_findings(person.questions, unclear if not held_up else (), person)
    for medicine in unread if not asked else ():  # stopped so long ago that the gate no longer counts it
        text = knowledge.text("safety.unknown-medicine", name=medicine.typed)
        asked[medicine.typed] = Question(id=medicine.typed, field="medicines", text=text, why=text, blocks=(ALL,))
    return tuple(asked.values())


def _asks(finding: Finding) -> bool:
    return finding.action == "ask" and finding.applies and not finding.beside


def _waits(substance: str, permitted: Permitted) -> bool:
    given = permitted.substances.get(substance, ())
    return any(each.open_questions and not each.refused_by for each in given)


def _free(substance: str, permitted: Permitted) -> bool:
    given = permitted.substances.get(substance, ())
    return any(not each.open_questions and not each.refused_by for each in given)


def _ids(components: Iterable[Component]) -> str:
    return " + ".join(component.id for component in components) or "habits"


def _stopped(stops: tuple[Finding, ...], person: Person, knowledge: Knowledge) -> Plan:
    # In an emergency nothing may stand beside the help: neither habits nor sums.
    emergency = any(
        finding.rule in knowledge.red_flags and knowledge.red_flags[finding.rule].urgency == "emergency"
        for finding in stops
    )
    return Plan(
        status="stop",
        headline=tell.stopping_headline(stops, knowledge),
        questions=(),
        findings=stops,
        lines=(),
        regimen=None,
        bath=None,
        ledger=() if emergency else assess(person, (), None, knowledge).ledger,
        front=(),
        dropped=(),
        expectations=(),
        safe_anyway=() if emergency else tell.safe_habits(person, knowledge),
        sources=each_once(source for finding in stops for source in finding.sources),
    )


def _asking(questions: tuple[Question, ...], permitted: Permitted, person: Person, knowledge: Knowledge) -> Plan:
    beside = referrals(person, knowledge)
    refused = tell.without_country(_refusals(permitted), person, knowledge)
    line = explain.bed_line(person, knowledge)
    return Plan(
        status="ask",
        headline=tell.asking_headline(questions, knowledge),
        questions=questions,
        findings=in_order([*beside, *refused]),
        lines=(line,),
        regimen=None,
        bath=None,
        ledger=assess(person, (), None, knowledge).ledger,
        front=(),
        dropped=tell.dropped(_left_refused(permitted, knowledge), None, permitted, person, knowledge),
        expectations=tuple(finding.reason for finding in beside),
        safe_anyway=tell.safe_habits(person, knowledge),
        sources=each_once([*line.sources, *(source for finding in (*beside, *refused) for source in finding.sources)]),
    )


def _explained(
    choice: Choice, lines: tuple[Line, ...], evening: Evening, offered: Offers, ground: explain.Ground
) -> Plan:
    person, knowledge, believed = ground.person, ground.knowledge, ground.believed
    base = habits(believed, knowledge)
    beside = referrals(person, knowledge)
    refused = tell.without_country(_refusals(ground.permitted), person, knowledge)
    findings = in_order([*ground.assessment.findings, *beside, *refused])
    return Plan(
        status="plan",
        headline=tell.headline(choice.chosen, base, knowledge),
        questions=person.questions,
        findings=findings,
        lines=lines,
        regimen=_on(base, choice.chosen),
        bath=evening.bath,
        ledger=ground.assessment.ledger,
        front=tuple(_on(base, regimen) for regimen in choice.shown),
        dropped=tell.dropped(
            offered.left, choice.chosen.components, ground.permitted, person, knowledge, ground.assessment.ledger
        ),
        expectations=tell.expectations(choice.chosen, beside, believed, knowledge),
        safe_anyway=tell.safe_habits(person, knowledge),
        sources=each_once(
            [
                *(source for line in lines for source in line.sources),
                *(source for finding in findings for source in finding.sources),
                *tell.expectation_sources(choice.chosen, believed, knowledge),
            ]
        ),
        changes=changes(choice, person, knowledge, _with_capsules(ground)),
        front_size=len(choice.front),
    )


def _with_capsules(ground: explain.Ground) -> Regimen | None:
    """The pick if capsules were fine, for somebody who does not want any."""
    if not ground.person.no_capsules:
        return None
    other = msgspec.structs.replace(ground.person, no_capsules=False)
    offered = offers(other, ground.permitted, ground.believed, ground.knowledge)
    front = choose(offered.components, together(offered.beliefs, ground.knowledge), offered.clashes)
    return choose_shown(front, other, ground.believed, ground.knowledge).chosen


def _on(base: Component, regimen: Regimen) -> Regimen:
    """The regimen with the habits it starts from."""
    return msgspec.structs.replace(regimen, components=(base, *regimen.components))


def _refusals(permitted: Permitted) -> list[Finding]:
    found = [finding for given in permitted.substances.values() for each in given for finding in each.refused_by]
    return [*found, *permitted.bath.refused_by]


def _left_refused(permitted: Permitted, knowledge: Knowledge) -> list[Left]:
    """What stays out whatever is answered."""
    planned = dict.fromkeys(fact.substance for fact in knowledge.components.values() if fact.what == "dose")
    return [
        Left(substance=name, why="refused", findings=each.refused_by)
        for name in planned
        for each in permitted.substances.get(name, ())
        if each.refused_by
    ]
