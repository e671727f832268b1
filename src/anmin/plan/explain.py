"""Every line of the evening with its reasons, their sources, and the rules that shaped it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from anmin.evidence.shipped import index
from anmin.evidence.words import rounded
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import BathRule, Source, Text
from anmin.knowledge.studies import Outcome
from anmin.person.model import Bath, Dose, Person
from anmin.person.status import MagnesiumStatus
from anmin.plan.bath_choice import is_studied
from anmin.plan.bath_reasons import bath_reasons
from anmin.plan.believe import Believed
from anmin.plan.components import is_elderly, share_of
from anmin.plan.early import bed_too_early
from anmin.plan.model import Component, Expected, Line
from anmin.plan.prices import currency_of
from anmin.plan.timetable import Evening, Placed, timing_of
from anmin.plan.words import amount, each_once, gain_text, listed, plain
from anmin.safety.model import Assessment, Finding, LedgerLine, Permission, Permitted
from anmin.units.clock import DAY, show_clock

_BESIDE_THE_BATH = frozenset({"bath-salts-internal"})
"""Advice that is not about getting in and out: the plan puts nothing into the water."""


class Ground(NamedTuple):
    """What the lines are explained from."""

    person: Person
    permitted: Permitted
    believed: Believed
    status: MagnesiumStatus
    assessment: Assessment
    knowledge: Knowledge


class _Why(NamedTuple):
    """Reasons gathered for one line."""

    texts: list[Text]
    sources: list[Source]
    rules: list[str]

    def add(self, text: Text | None, sources: Iterable[Source] = (), rules: Iterable[str] = ()) -> None:
        if text is not None:
            self.texts.append(text)
        self.sources.extend(sources)
        self.rules.extend(rules)

    def line(self, clock: int, what: Text, **more: str | float | None) -> Line:
        return Line(
            clock=clock % DAY,
            what=what,
            substance=more.get("substance"),  # type: ignore[arg-type]
            form=more.get("form"),  # type: ignore[arg-type]
            amount_mg=more.get("amount_mg"),  # type: ignore[arg-type]
            basis=more.get("basis"),  # type: ignore[arg-type]
            why=tuple(dict.fromkeys(self.texts)),
            sources=each_once(self.sources),
            rules=tuple(dict.fromkeys(self.rules)),
        )


def lines(evening: Evening, components: Sequence[Component], ground: Ground) -> tuple[Line, ...]:
    """The evening in the order of the clock, the going to bed last."""
    made = [_dose_line(placed, evening, ground) for placed in evening.placed]
    for component in components:
        if component.bath is not None and evening.bath is not None:
            made.append(_bath_line(component, evening, evening.bath, ground))
    made.sort(key=lambda line: -((ground.person.bed - line.clock) % DAY))
    return (*made, bed_line(ground.person, ground.knowledge))


def bed_line(person: Person, knowledge: Knowledge) -> Line:
    """The habit that costs nothing and does most: bed when sleepy, the same rising time."""
    why = _Why([], [], [])
    fact = _habits(knowledge)
    why.add(knowledge.text("plan.why.habits"), _sources(fact, knowledge), (fact.id,))
    early = bed_too_early(person, knowledge)
    if early is not None:
        kind = "early_bed_sure" if early.sure else "early_bed"
        text = knowledge.text(
            f"plan.why.{kind}", bed=show_clock(person.bed), later=show_clock(early.easy_from),
            rise=show_clock(person.rise),
        )  # fmt: skip
        why.add(text, knowledge.body_models[early.rule].sources, (early.rule,))
    return why.line(person.bed, knowledge.text("plan.line.bed", rise=show_clock(person.rise)), substance=fact.substance)


def _dose_line(placed: Placed, evening: Evening, ground: Ground) -> Line:
    component, dose, knowledge = placed.component, placed.dose, ground.knowledge
    fact = knowledge.components[component.fact]
    permission = _permission(dose, ground.permitted)
    why = _Why([], [], [])
    _why_effect(why, component, fact, ground)
    _why_amount(why, component, fact, evening, permission, ground)
    _why_hour(why, placed, permission, ground)
    _why_cost(why, component, ground)
    if ground.person.vegan and fact.vegan is not True:
        why.add(knowledge.text("plan.why.vegan"))
    return why.line(
        dose.clock or 0, _what(placed, knowledge), substance=dose.substance, form=dose.form, amount_mg=dose.mg,
        basis="elemental" if dose.form is not None else "free",
    )  # fmt: skip


def _what(placed: Placed, knowledge: Knowledge) -> Text:
    dose = placed.dose
    form = knowledge.forms.get(dose.form) if dose.form is not None else None
    if form is not None and form.magnesium_fraction:
        what = knowledge.text(
            "plan.line.magnesium", form=form.name, amount=amount(dose.mg, knowledge),
            weighed=amount(dose.mg / form.magnesium_fraction, knowledge),
        )  # fmt: skip
    else:
        what = knowledge.text(
            "plan.line.dose",
            name=knowledge.substances[dose.substance].name,
            amount=amount(dose.mg, knowledge, grams=True),
        )
    return what if placed.where == "window" else knowledge.text(f"plan.line.{placed.where}", what=what)


def _why_effect(why: _Why, component: Component, fact: ComponentFact, ground: Ground) -> None:
    known = ground.believed.evidence.get(fact.substance)
    knowledge = ground.knowledge
    if component.expected is not None and known is not None:
        expected = component.expected
        why.add(known.effect.text, _of_studies(expected.studies, knowledge), expected.studies)
        if known.effect.population is not None:
            why.add(knowledge.text("plan.why.people", people=known.effect.population))
        _why_own_trial(why, fact, expected, knowledge)
        why.add(_counted(expected, ground.believed.outcome, knowledge))
        if fact.kind == "magnesium":
            _why_status(why, ground)
        return
    for substance in component.leads:
        lead = ground.believed.evidence.get(substance)
        if lead is None:
            continue
        why.add(knowledge.text("plan.why.lead"), _of_studies(lead.effect.studies, knowledge), lead.effect.studies)
        if lead.lead < 1:
            complaint = knowledge.text(f"plan.complaint.{ground.person.complaint}")
            why.add(knowledge.text("plan.why.related", complaint=complaint))


def _counted(expected: Expected, outcome: Outcome, knowledge: Knowledge) -> Text:
    """What is left after doubt, said in the direction of the outcome."""
    message = f"plan.counted.{outcome.id}"
    sentence = knowledge.text(
        message if message in knowledge.messages else "plan.counted.other",
        gain=gain_text(expected.gain, outcome, knowledge),
    )
    return knowledge.text("plan.why.counted", sentence=sentence, chance=round(100 * expected.chance))


def _why_own_trial(why: _Why, fact: ComponentFact, expected: Expected, knowledge: Knowledge) -> None:
    """What the trial of this very form found on a score, where that is less than anybody notices."""
    if not fact.forms:
        return
    for outcome in knowledge.outcomes.values():
        effect = index(knowledge).get((fact.substance, outcome.id))
        if effect is None or effect.gain is None or effect.low is None or outcome.threshold is None:
            continue
        own = set(effect.studies) <= set(fact.studies) and not set(effect.studies) & set(expected.studies)
        matters = knowledge.value(outcome.threshold)
        if not own or effect.gain >= matters or effect.population is None:
            continue
        text = knowledge.text(
            "plan.why.own_trial_open" if effect.low <= 0 else "plan.why.own_trial", people=effect.population,
            gain=rounded(effect.gain), unit=outcome.unit, outcome=outcome.name, matters=matters,
        )  # fmt: skip
        why.add(text, _of_studies(effect.studies, knowledge), effect.studies)


def _why_status(why: _Why, ground: Ground) -> None:
    knowledge, chance = ground.knowledge, ground.status.probability_inadequate
    low = knowledge.judgments["evidence.belief.magnesium_low"]
    enough = knowledge.judgments["evidence.belief.magnesium_enough"]
    even = (1 - enough.value) / (low.value - enough.value)  # the chance at which the factor is 1, as in the trials
    margin = knowledge.value("plan.status-margin")
    message = "middle" if abs(chance - even) < margin else "low" if chance > even else "enough"
    text = knowledge.text(f"plan.why.status_{message}", percent=round(100 * chance))
    why.add(text, (*low.sources, *ground.status.sources), (low.id, enough.id))
    why.add(ground.status.basis)
    for note in ground.status.notes:
        why.add(note)


def _why_amount(
    why: _Why, component: Component, fact: ComponentFact, evening: Evening, permission: Permission | None,
    ground: Ground,
) -> None:  # fmt: skip
    knowledge, dose = ground.knowledge, component.doses[0]
    whole = sum(each.mg for each in component.doses)
    why.add(fact.reason, _sources(fact, knowledge), (fact.id,))
    share = share_of(fact, whole)
    if share < 1:
        why.add(knowledge.text("plan.why.share", percent=round(100 * share)))
    form = knowledge.forms.get(dose.form) if dose.form is not None else None
    if form is not None and form.glycine_per_magnesium:
        brought = amount(whole * form.glycine_per_magnesium, knowledge, grams=True)
        why.add(knowledge.text("plan.why.glycine", amount=brought), form.sources)
    elif fact.id == "glycine" and (total := _glycine(evening.doses, knowledge)) > whole:
        why.add(knowledge.text("plan.why.glycine_total", total=amount(total, knowledge, grams=True)))
    ledger = _ledger(fact.substance, ground.assessment.ledger)
    if ledger is not None and ledger.limit_mg is not None:
        limit = knowledge.limits.get(ledger.limit_rule or "")
        why.add(
            knowledge.text(
                "plan.why.room", limit=amount(ledger.limit_mg, knowledge), total=amount(ledger.total_mg, knowledge)
            ),
            limit.sources if limit is not None else (),
            (ledger.limit_rule,) if ledger.limit_rule else (),
        )
    if permission is not None and permission.max_single_mg is not None and len(component.doses) > 1:
        why.add(knowledge.text("plan.why.split", limit=amount(permission.max_single_mg, knowledge)))
    start = knowledge.judgments["plan.start-low-age"]
    if fact.kind == "magnesium" and ground.person.age is not None and ground.person.age >= start.value:
        why.add(knowledge.text("plan.why.start_low"), start.sources, (start.id, "plan.start-low-mg"))


def _why_hour(why: _Why, placed: Placed, permission: Permission | None, ground: Ground) -> None:
    knowledge, dose = ground.knowledge, placed.dose
    timing = timing_of(dose.substance, knowledge)
    if placed.where == "window" and timing is not None:
        why.add(timing.reason, timing.sources, (timing.id,))
    elif permission is not None and permission.forbidden_by:
        drugs = listed([plain(finding.with_) for finding in permission.forbidden_by], knowledge)
        if drugs is not None:
            rules = [finding.rule for finding in permission.forbidden_by]
            sources = [source for finding in permission.forbidden_by for source in finding.sources]
            why.add(knowledge.text(f"plan.why.{placed.where}", drugs=drugs), sources, rules)
    for finding in _kept(dose.substance, ground.assessment.findings):
        why.add(_distance(finding, knowledge), finding.sources, (finding.rule,))


def _kept(substance: str, findings: Iterable[Finding]) -> list[Finding]:
    """The windows of medicines that the line keeps."""
    return [
        finding
        for finding in findings
        if finding.substance == substance and finding.action == "separate" and not finding.applies
        and (finding.hours_after_drug or finding.hours_before_drug)
    ]  # fmt: skip


def _distance(finding: Finding, knowledge: Knowledge) -> Text:
    return knowledge.text(
        "plan.why.kept",
        drugs=finding.with_,
        after=knowledge.text("plan.hours", value=finding.hours_after_drug or 0),
        before=knowledge.text("plan.hours", value=finding.hours_before_drug or 0),
    )


def _why_cost(why: _Why, component: Component, ground: Ground) -> None:
    knowledge = ground.knowledge
    currency = currency_of(ground.person, knowledge)
    if component.cost is None or currency is None:
        why.add(knowledge.text("plan.why.cost_unknown"))
        return
    shown = f"{component.cost:.2f}" if component.cost < 10 else f"{component.cost:.0f}"
    dose = component.doses[0]
    own = any((price.substance, price.form) == (dose.substance, dose.form) for price in ground.person.own_prices)
    why.add(knowledge.text("plan.why.cost_own" if own else "plan.why.cost", cost=shown, currency=currency))


def _bath_line(component: Component, evening: Evening, bath: Bath, ground: Ground) -> Line:
    knowledge, fact = ground.knowledge, ground.knowledge.components[component.fact]
    why = _Why([], [], [])
    if is_studied(bath.water_c, bath.minutes, fact):
        _why_effect(why, component, fact, ground)
        why.add(fact.reason, _sources(fact, knowledge), (fact.id,))
    else:  # a trial's warmer bath would only tempt
        for rule in _caps_below(fact, ground):
            why.add(rule.reason, rule.sources, (rule.id,))
        why.add(
            knowledge.text("bath.not_trials", water=fact.water_c or 0, minutes=fact.minutes or 0),
            _sources(fact, knowledge), (fact.id,),
        )  # fmt: skip
    timing = timing_of(fact.substance, knowledge)
    if timing is not None:
        why.add(timing.reason, timing.sources, (timing.id,))
    for reason in bath_reasons(bath, evening.doses, ground.permitted.bath, ground.person, knowledge):
        why.add(reason.text, reason.sources, reason.rules)
    why.add(knowledge.text("plan.why.bath_first"))
    for finding in ground.assessment.findings:
        if finding.substance == fact.substance and finding.action == "none" and finding.rule not in _BESIDE_THE_BATH:
            why.add(finding.reason, finding.sources, (finding.rule,))
    company = ground.person.bathes_alone is None and is_elderly(ground.person, knowledge)
    what = knowledge.text(
        "plan.line.bath_company" if company else "plan.line.bath", water=bath.water_c, minutes=bath.minutes,
        end=show_clock(bath.end),
    )  # fmt: skip
    return why.line(round(bath.end - bath.minutes), what, substance=fact.substance)


def _caps_below(fact: ComponentFact, ground: Ground) -> Iterator[BathRule]:
    """The rules that keep this person's bath below what trials used."""
    for finding in ground.assessment.findings:
        rule = ground.knowledge.bath_rules.get(finding.rule)
        if finding.action != "cap" or rule is None:
            continue
        hottest = math.inf if rule.max_c is None else rule.max_c
        longest = math.inf if rule.max_minutes is None else rule.max_minutes
        if not is_studied(hottest, longest, fact):
            yield rule


def _permission(dose: Dose, permitted: Permitted) -> Permission | None:
    for permission in permitted.substances.get(dose.substance, ()):
        if permission.alkaline is None or permission.alkaline == dose.alkaline:
            return permission
    return None


def _glycine(doses: Iterable[Dose], knowledge: Knowledge) -> float:
    whole = 0.0
    for dose in doses:
        if dose.substance == "glycine":
            whole += dose.mg
        elif dose.form is not None:
            whole += dose.mg * (knowledge.forms[dose.form].glycine_per_magnesium or 0.0)
    return whole


def _ledger(substance: str, ledger: Iterable[LedgerLine]) -> LedgerLine | None:
    return next((line for line in ledger if line.substance == substance), None)


def _habits(knowledge: Knowledge) -> ComponentFact:
    return next(fact for fact in knowledge.components.values() if fact.what == "habits")


def _sources(fact: ComponentFact, knowledge: Knowledge) -> tuple[Source, ...]:
    return (*fact.sources, *_of_studies(fact.studies, knowledge))


def _of_studies(studies: Iterable[str], knowledge: Knowledge) -> tuple[Source, ...]:
    return tuple(source for name in studies for source in knowledge.studies[name].sources)
