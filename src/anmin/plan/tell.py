"""What is said beside the clock: the answer in one sentence, what was left out, what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from anmin.evidence.shipped import index
from anmin.evidence.words import rounded
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Source, Text
from anmin.person.model import Person, Question
from anmin.plan.believe import Believed
from anmin.plan.components import Left
from anmin.plan.model import Component, Regimen
from anmin.plan.words import amount, gain_text, in_a_row, listed, names_of, plain, substance_name
from anmin.safety.bath import sedatives
from anmin.safety.book import rulebook
from anmin.safety.model import Finding, LedgerLine, Permitted
from anmin.safety.state import read_state
from anmin.units.clock import show_clock

_DUMMY = "placebo"
_COMPARED = ("habits", "z_drugs", "melatonin")
"""What a plan is measured against, the strongest treatment first."""

_ALWAYS_TOLD = frozenset({"hour", "too_young", "alone"})
"""Reasons that are told of everything, asked for or not."""

_ASKING = frozenset({"consult", "refer"})


def headline(chosen: Regimen, habits: Component, knowledge: Knowledge) -> Text:
    """The answer of a plan in one sentence. That habits do more is only said where a number says so."""
    if not chosen.components:
        return knowledge.text("plan.headline.habits")
    more = habits.expected is not None and habits.expected.gain > chosen.gain
    message = "plan.headline.things" if more else "plan.headline.things_plain"
    return knowledge.text(message, things=names_of(chosen.components, knowledge))


def asking_headline(questions: Sequence[Question], knowledge: Knowledge) -> Text:
    """The answer while questions are open."""
    if len(questions) == 1:
        return knowledge.text("plan.headline.ask_one")
    return knowledge.text("plan.headline.ask_many", count=len(questions))


def stopping_headline(stops: Sequence[Finding], knowledge: Knowledge) -> Text:
    """The answer when a red flag is up: the gravest one, with where to go."""
    return knowledge.text("plan.headline.stop", reason=stops[0].reason)


def safe_habits(person: Person, knowledge: Knowledge) -> tuple[Text, ...]:
    """What is safe whatever was found, the best first."""
    return (
        knowledge.text("plan.habits.cbti"),
        knowledge.text("plan.habits.rise", rise=show_clock(person.rise)),
        knowledge.text("plan.habits.bed_medicated" if _is_sedated(person, knowledge) else "plan.habits.bed"),
    )


def _is_sedated(person: Person, knowledge: Knowledge) -> bool:
    """Whether a medicine sedates, so that walking about at night means falling."""
    state = read_state(person, (), rulebook(knowledge))
    return any(True for _ in sedatives(state, ()))


def dropped(
    left: Iterable[Left], chosen: Sequence[Component] | None, permitted: Permitted, person: Person,
    knowledge: Knowledge, ledger: Sequence[LedgerLine] = (),
) -> tuple[Text, ...]:  # fmt: skip
    """What is not on the plan, and why: magnesium and what was asked for always, other refusals by their reason.

    ``chosen`` None: nothing was chosen yet, so nothing was passed over either.
    """
    asking, chosen = chosen is None, chosen or ()
    planned = {dose.substance for component in chosen for dose in component.doses}
    planned |= {component.kind for component in chosen}
    planned |= {knowledge.components[component.fact].substance for component in chosen if component.bath}
    told: list[Text] = []
    by_reason: dict[tuple[str, ...], tuple[tuple[Finding, ...], list[str]]] = {}
    for item in _gravest_first(left):
        if item.substance in planned or (item.substance in person.refuses and item.why == "wish"):
            continue
        if item.why == "refused":
            reasons = reasons_of(item.findings, person, knowledge)
            if reasons:
                key = tuple(name for each in reasons for name in (each.rule, each.with_))
                by_reason.setdefault(key, (reasons, []))[1].append(item.substance)
        elif item.substance == "magnesium" or item.substance in person.wants or item.why in _ALWAYS_TOLD:
            told.append(_because(item, ledger, person, knowledge))
    told += _wishes_unmet(left, planned, permitted, person, knowledge, asking=asking)
    refused = [_refusal(reasons, names, person, knowledge) for reasons, names in by_reason.values()]
    return tuple(dict.fromkeys([*refused, *told]))


def _gravest_first(left: Iterable[Left]) -> list[Left]:
    """One entry for each substance. Refused only if every form of it is; else what keeps the last form out."""
    order = ("ceiling", "question", "hour", "too_young", "alone", "form", "no_benefit", "wish", "refused")
    found: dict[str, Left] = {}
    for item in left:
        known = found.get(item.substance)
        if known is None or order.index(item.why) < order.index(known.why):
            found[item.substance] = item
    return list(found.values())


def reasons_of(findings: Sequence[Finding], person: Person, knowledge: Knowledge) -> tuple[Finding, ...]:
    """What a refusal is told with: of the gravest findings the one about a medicine first, and a rule on sale too.

    The medicine is what somebody can show to a pharmacist; a substance that is on prescription only stays so.
    """
    firm = [each for each in findings if each.action not in _ASKING]
    among = firm or list(findings)
    first = next((each for each in among if _medicine(each, person)), among[0] if among else None)
    if first is None:
        return ()
    sale = [each for each in among if each is not first and _is_sale(each, knowledge) and _medicine(first, person)]
    return (first, *sale[:1])


def _medicine(finding: Finding, person: Person) -> str | None:
    """The medicine that a finding is about, as it was typed."""
    return next((each.typed for each in person.medicines if each.typed == finding.with_), None)


def _is_sale(finding: Finding, knowledge: Knowledge) -> bool:
    limit = knowledge.limits.get(finding.rule)
    return limit is not None and limit.status is not None


def _refusal(reasons: Sequence[Finding], substances: Sequence[str], person: Person, knowledge: Knowledge) -> Text:
    names = in_a_row([substance_name(each, knowledge) for each in substances], knowledge) or plain("")
    first = reasons[0]
    if person.country is None and _is_sale(first, knowledge):
        return knowledge.text("plan.drop.country", names=names)
    message = "plan.drop.avoid"
    if first.action in _ASKING:
        message = "plan.drop.consult_pregnant" if person.pregnant == "yes" else "plan.drop.consult"
    told = first.reason
    medicine = _medicine(first, person)
    if medicine is not None:
        told = knowledge.text("plan.drop.because", drug=medicine, reason=told)
    for other in reasons[1:]:
        if person.country is not None:
            told = knowledge.text("plan.join.sentences", one=told, two=other.reason)
    return knowledge.text(message, names=names, reason=told)


def without_country(findings: Iterable[Finding], person: Person, knowledge: Knowledge) -> list[Finding]:
    """Without rules on sale while no country is known: none may speak of where somebody lives."""
    return [each for each in findings if person.country is not None or not _is_sale(each, knowledge)]


def _because(item: Left, ledger: Sequence[LedgerLine], person: Person, knowledge: Knowledge) -> Text:
    names = substance_name(item.substance, knowledge)
    if item.why == "question":
        return knowledge.text("plan.drop.question", names=names)
    if item.why == "too_young":
        return knowledge.text("plan.drop.too_young", names=names)
    if item.why == "alone":
        return knowledge.text("plan.drop.alone")
    if item.why == "form":
        return knowledge.text("plan.drop.capsules", names=names)
    if item.why == "no_benefit":
        complaint = knowledge.text(f"plan.complaint.{person.complaint}")
        return knowledge.text("plan.drop.no_benefit", names=names, complaint=complaint)
    if item.why == "hour":
        drugs = listed([plain(finding.with_) for finding in item.findings], knowledge)
        if drugs is not None:
            return knowledge.text("plan.drop.hour", names=names, drugs=drugs)
        return knowledge.text("plan.drop.no_hour", names=names)
    if item.why == "ceiling":
        line = next((line for line in ledger if line.substance == item.substance), None)
        if line is not None and line.limit_mg is not None and line.total_mg > line.from_plan_mg:
            taken, limit = amount(line.total_mg - line.from_plan_mg, knowledge), amount(line.limit_mg, knowledge)
            return knowledge.text("plan.drop.ceiling", names=names, taken=taken, limit=limit)
        return knowledge.text("plan.drop.limit", names=names)
    return knowledge.text("plan.drop.not_chosen", names=names)


def _wishes_unmet(
    left: Iterable[Left], planned: set[str], permitted: Permitted, person: Person, knowledge: Knowledge, *,
    asking: bool,
) -> list[Text]:  # fmt: skip
    """Wanted things that nothing above explains."""
    explained = {item.substance for item in left}
    offered = {fact.substance for fact in knowledge.components.values()}
    told: list[Text] = []
    for wanted in person.wants:
        name = wanted if wanted not in knowledge.forms else "magnesium"
        if name in planned:
            continue
        if name not in offered:
            refused = [finding for p in permitted.substances.get(name, ()) for finding in p.refused_by]
            if refused:
                told.append(_refusal(reasons_of(refused, person, knowledge), [name], person, knowledge))
            else:
                told.append(knowledge.text("plan.drop.not_planned", names=substance_name(name, knowledge)))
        elif name not in explained and not asking:
            told.append(knowledge.text("plan.drop.not_chosen", names=substance_name(name, knowledge)))
    return told


def expectations(
    chosen: Regimen, referrals: Iterable[Finding], believed: Believed, knowledge: Knowledge
) -> tuple[Text, ...]:
    """What to expect, in plain words: how much, how soon, what to watch for, when to look back."""
    told = [finding.reason for finding in referrals]
    told.append(side_by_side(chosen, believed, knowledge))
    parts = [component for component in chosen.components if component.doses or component.bath]
    if not parts:
        return tuple(told)
    unnumbered = [component for component in parts if component.expected is None]
    if unnumbered:
        told.append(knowledge.text("plan.expect.no_number", names=names_of(unnumbered, knowledge)))
    if len(parts) > 2:
        told.append(knowledge.text("plan.expect.blend"))
    told.append(knowledge.text("plan.expect.gradual"))
    soonest = in_a_row([_soonest(component, knowledge) for component in parts], knowledge)
    told.append(knowledge.text("plan.expect.soonest", items=soonest or plain("–")))
    for component in parts:
        told += [watch.text for watch in knowledge.components[component.fact].watch]
    first, second = knowledge.value("plan.review-first"), knowledge.value("plan.review-second")
    told.append(knowledge.text("plan.expect.review", first=first, second=second))
    told.append(knowledge.text("plan.expect.trial"))
    return tuple(dict.fromkeys(told))


def _soonest(component: Component, knowledge: Knowledge) -> Text:
    fact = knowledge.components[component.fact]
    name = substance_name(fact.substance, knowledge)
    if fact.nights == 1:
        return knowledge.text("plan.expect.night", name=name)
    return knowledge.text("plan.expect.nights", name=name, nights=fact.nights or "?")


def expectation_sources(chosen: Regimen, believed: Believed, knowledge: Knowledge) -> tuple[Source, ...]:
    """Where the expectations were read."""
    table = index(knowledge)
    compared = [table.get((name, believed.outcome.id)) for name in (*_COMPARED, _DUMMY)]
    found = [
        source
        for effect in compared
        if effect is not None and effect.gain is not None
        for study in effect.studies
        for source in knowledge.studies[study].sources
    ]
    for component in chosen.components:
        if component.doses or component.bath:
            found += [source for watch in knowledge.components[component.fact].watch for source in watch.sources]
    return tuple(dict.fromkeys(found))


def side_by_side(chosen: Regimen, believed: Believed, knowledge: Knowledge) -> Text:
    """The plan's number beside those of the treatments people compare it with, each on the basis it was counted on.

    All but the dummy's are differences from a comparison group; the dummy's is a change over time, so it stands apart.
    """
    outcome = believed.outcome
    against = [_compared(name, believed, knowledge) for name in _COMPARED]
    items = [item for item in against if item is not None]
    if chosen.gain > 0:
        items.append(_yours(chosen, believed, knowledge))
    told = knowledge.text(
        "plan.expect.side", outcome=outcome.name, unit=outcome.unit, items=in_a_row(items, knowledge) or plain("–")
    )
    dummy = _compared(_DUMMY, believed, knowledge)
    if dummy is None:
        return told
    return knowledge.text("plan.join.sentences", one=told, two=knowledge.text("plan.expect.dummy", item=dummy))


def _compared(name: str, believed: Believed, knowledge: Knowledge) -> Text | None:
    effect = index(knowledge).get((name, believed.outcome.id))
    if effect is None or effect.gain is None or effect.low is None or effect.high is None:
        return None
    return knowledge.text(
        "plan.expect.item", name=knowledge.text(f"plan.compare.{name}"), gain=rounded(effect.gain),
        low=rounded(effect.low), high=rounded(effect.high),
    )  # fmt: skip


def _yours(chosen: Regimen, believed: Believed, knowledge: Knowledge) -> Text:
    """What the studies printed for the parts of the plan, and what is left of it for this person."""
    parts = [each for each in chosen.components if each.expected is not None]
    substances = dict.fromkeys(knowledge.components[each.fact].substance for each in parts)
    printed = [
        knowledge.text("plan.expect.part", name=substance_name(name, knowledge), gain=rounded(known.effect.gain))
        for name in substances
        if (known := believed.evidence.get(name)) is not None and known.effect.gain is not None
    ]
    studied = listed(printed, knowledge) or plain("–")
    gain = gain_text(chosen.gain, believed.outcome, knowledge)
    return knowledge.text("plan.expect.item_yours", studied=studied, gain=gain)
