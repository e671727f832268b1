"""The evidence as a person reads it: one component or one study, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from anmin.evidence.derive import derive
from anmin.evidence.doubt import Verdict, recompute
from anmin.evidence.forest import Forest, forest, mixed_rows, studies_of
from anmin.evidence.model import CERTAINTIES, Effect, Missing
from anmin.evidence.reading import Reading, reading
from anmin.evidence.words import component_name, rounded, unit_name
from anmin.knowledge.texts import show_number
from anmin.report.forest import as_text
from anmin.report.funnel import funnel, points
from anmin.report.funnel import verdict as funnel_verdict
from anmin.report.plot import plot
from anmin.report.uses import uses
from anmin.report.wrap import cells, listed, wrap

if TYPE_CHECKING:
    from anmin.evidence.proposal import Proposal
    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.model import Lang
    from anmin.knowledge.studies import Study, StudyOutcome

_WIDTH = 88


def component_page(component: str, effects: Sequence[Effect], knowledge: Knowledge, lang: Lang) -> str:
    """Every effect of one component: sentence, people and dose, certainty with reasons, doubts, forest and funnel."""
    name = _name(component, knowledge, lang)
    lead = best(effects)
    first = knowledge.say("evidence.page.no_effect", lang, name=name) if lead is None else lead.text.get(lang)
    out = [*_wrap(knowledge.say("evidence.page.first", lang, name=name, answer=first), "", ""), ""]
    for effect in effects:
        out += _effect(effect, knowledge, lang)
    mixtures = mixed_rows(component, knowledge)
    if mixtures:
        out += [knowledge.say("evidence.page.mixtures", lang)]
        for row, made in mixtures:
            name = knowledge.outcomes[row.outcome.outcome].name.get(lang)
            out += _item(
                f"{row.study.label}: {name} {show_number(rounded(made.effect))} {row.outcome.unit or ''}".rstrip()
            )
        out += [""]
    out += [*_item(used_line(component, knowledge, lang)), "", knowledge.say("evidence.page.studies", lang)]
    for study in studies_of(component, knowledge):
        out += _item(f"{study.id}  {study.label}: {study.population.get(lang)} – {_sources(study)}")
    return "\n".join(out) + "\n"


def best(effects: Sequence[Effect]) -> Effect | None:
    """The effect to lead with: with a size before without, surer before less sure, then in the order of the data."""
    return max(
        effects, key=lambda effect: (effect.gain is not None, CERTAINTIES.index(effect.certainty)), default=None
    )  # fmt: skip


def used_line(component: str, knowledge: Knowledge, lang: Lang) -> str:
    """In which example plans the component is, in a sentence."""
    shown = []
    for use in uses(component, knowledge):
        amount = f" ({show_number(use.mg)} mg)" if use.mg is not None else ""
        name = f"{use.example}{amount}"
        beside = use.place == "beside"
        shown.append(knowledge.say("evidence.page.used_beside", lang, name=name) if beside else name)
    if not shown:
        return knowledge.say("evidence.page.used_none", lang)
    return knowledge.say("evidence.page.used", lang, plans=listed(shown, lang))


def study_page(study: Study, knowledge: Knowledge, lang: Lang) -> str:
    """One study: who, what, every printed row with what could be derived from it, and what contradicts itself."""
    out = [f"{study.label} ({study.id})", study.title, ""] if study.title else [f"{study.label} ({study.id})", ""]
    out += _item(pico([study], None, knowledge, lang))
    if study.funding or study.interests:
        out += _item("; ".join(part for part in (study.funding, study.interests) if part))
    out += ["", knowledge.say("evidence.page.rows", lang)]
    for outcome in study.outcomes:
        out += _item(_row(outcome, study, knowledge, lang))
    found = [verdict.text for verdict in recompute(study, knowledge) if verdict.text is not None]
    if found or study.doubts:
        out += ["", knowledge.say("evidence.page.doubts", lang)]
        for text in (*found, *study.doubts):
            out += _item(text.get(lang))
    out += ["", _sources(study)]
    return "\n".join(out) + "\n"


def doubt_page(verdicts: Sequence[Verdict], recorded: bool, knowledge: Knowledge, lang: Lang) -> str:
    """Contradictions by study, then which studies could be recomputed and agree with themselves."""
    wrong = [verdict for verdict in verdicts if not verdict.ok]
    named = list(dict.fromkeys(verdict.study for verdict in wrong))
    clean = list(dict.fromkeys(verdict.study for verdict in verdicts if verdict.study not in named))
    out = [
        knowledge.say("evidence.page.doubt_head", lang, wrong=len(wrong), studies=len(named), figures=len(verdicts)),
        "",
    ]
    for study_id in named:
        out.append(f"{knowledge.studies[study_id].label} ({study_id})")
        for verdict in wrong:
            if verdict.study == study_id and verdict.text is not None:
                out += _item(verdict.text.get(lang))
    if recorded:
        out += ["", knowledge.say("evidence.page.recorded", lang)]
        for study in knowledge.studies.values():
            for text in study.doubts:
                out += _item(f"{study.label}: {text.get(lang)}")
    out += ["", knowledge.say("evidence.page.clean", lang)]
    out += _item(listed((knowledge.studies[study_id].label for study_id in clean), lang))
    return "\n".join(out) + "\n"


def proposal_page(found: Proposal, knowledge: Knowledge, lang: Lang) -> str:
    """What new studies would change, and where they contradict themselves."""
    labels = listed((study.label for study in found.studies), lang)
    out = [knowledge.say("evidence.page.proposal", lang, studies=labels, changes=len(found.changes)), ""]
    for change in found.changes:
        out += _wrap(_name(change.after.component, knowledge, lang), "■ ", "  ")
        before = change.before.text.get(lang) if change.before is not None else "–"
        out += _wrap(before, "    − ", "      ")
        out += _wrap(change.after.text.get(lang), "    + ", "      ")
    for verdict in found.doubts:
        if verdict.text is not None:
            out += _wrap(verdict.text.get(lang), "  ! ", "    ")
    return "\n".join(out) + "\n"


def _effect(effect: Effect, knowledge: Knowledge, lang: Lang) -> Iterable[str]:
    yield from _wrap(effect.text.get(lang), "■ ", "  ")
    studies = [knowledge.studies[study] for study in effect.studies]
    yield from _item(pico(studies, effect, knowledge, lang))
    for reason in effect.reasons:
        lead = f"−{reason.down}" if reason.down else "·"
        yield from _wrap(reason.why.get(lang), f"    {lead} ", "      ")
    for note in effect.notes:
        yield from _wrap(note.get(lang), "    ! ", "      ")
    for line in bayes_lines(effect, knowledge, lang):
        yield from _item(line)
    drawn = forest(effect, knowledge)
    if any(line.value is not None for line in drawn.lines):
        yield ""
        yield from (f"  {line}" for line in as_text(drawn, knowledge, lang, _WIDTH - 2))
        yield from _funnel(drawn, knowledge, lang)
    yield ""


def bayes_lines(effect: Effect, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The Bayesian reading in two sentences: as the studies alone have it, and as a sceptic does; none without it."""
    found = reading(effect, knowledge)
    if found is None:
        return []
    first = "evidence.bayes.pool" if found.settled else "evidence.bayes.flat"
    return [_bayes(message, found, i, effect, knowledge, lang) for i, message in
            enumerate((first, "evidence.bayes.sceptical"))]  # fmt: skip


def _bayes(message: str, found: Reading, which: int, effect: Effect, knowledge: Knowledge, lang: Lang) -> str:
    after, chance = (found.flat, found.sceptical)[which], found.chances()[which]
    return knowledge.say(
        message, lang, unit=unit_name(knowledge.outcomes[effect.outcome], effect.unit).get(lang),
        mean=rounded(after.mean), low=rounded(after.low), high=rounded(after.high), chance=rounded(100.0 * chance),
    )  # fmt: skip


def _funnel(drawn: Forest, knowledge: Knowledge, lang: Lang) -> Iterable[str]:
    chart = funnel(drawn, knowledge, lang)
    if chart is not None:
        yield ""
        yield from (f"  {line}" for line in plot(chart, _WIDTH - 16, 10))
    yield from _item(funnel_verdict(points(drawn), knowledge, lang))


def pico(studies: Sequence[Study], effect: Effect | None, knowledge: Knowledge, lang: Lang) -> str:
    """Who was studied, what they were given, and what it was compared with, in one line."""
    first = studies[0]
    people = " / ".join(dict.fromkeys(study.population.get(lang) for study in studies))
    against = " / ".join(dict.fromkeys(study.comparator.get(lang) for study in studies))
    if effect is not None:
        given = _dose(
            _name(effect.component, knowledge, lang), effect.dose_low_mg, effect.dose_high_mg, knowledge, lang
        )
    else:
        doses = [
            _dose(_name(dose.substance, knowledge, lang), dose.mg, dose.mg_high or dose.mg, knowledge, lang)
            for dose in first.doses
        ]
        given = listed(doses or [_name(component, knowledge, lang) for component in first.components], lang)
    line = knowledge.say("evidence.page.pico", lang, people=people, given=given, against=against)
    weeks = first.weeks if len(studies) == 1 else None
    return line + (knowledge.say("evidence.page.weeks", lang, weeks=weeks) if weeks else "")


def _dose(name: str, low: float | None, high: float | None, knowledge: Knowledge, lang: Lang) -> str:
    if low is None or high is None:
        return name
    amount = show_number(low) if low == high else f"{show_number(low)}–{show_number(high)}"
    return knowledge.say("evidence.page.dose", lang, name=name, amount=amount)


def _row(outcome: StudyOutcome, study: Study, knowledge: Knowledge, lang: Lang) -> str:
    made = derive(outcome, study)
    p = "" if outcome.p is None else f", p {'' if outcome.p_bound == '=' else outcome.p_bound}{outcome.p:g}"
    if isinstance(made, Missing):
        return f"{outcome.measure}{p}: {knowledge.say(made.reason, lang)}"
    unit = outcome.unit or ("SD" if made.metric == "SMD" else "")
    return f"{outcome.measure}: {made.effect:.3g} {unit} (SE {made.se:.3g}; {made.route}, {made.source}){p}"


def _name(component: str, knowledge: Knowledge, lang: Lang) -> str:
    return component_name(component, knowledge).get(lang)


def _sources(study: Study) -> str:
    shown = []
    for source in study.sources:
        parts = (f"doi {source.doi}" if source.doi else "", source.url or "", f"[{source.read_in}]")
        shown.append(" ".join(part for part in parts if part))
    return "; ".join(shown)


def _item(text: str) -> Iterable[str]:
    return _wrap(text, "  · ", "    ")


def _wrap(text: str, lead: str, hang: str) -> list[str]:
    first, *rest = wrap(text, _WIDTH - cells(lead))
    return [lead + first, *(hang + line for line in rest)]
