"""The bath of tonight as a page of the terminal: the answer, what it does, the hour, other ways, limits."""

from __future__ import annotations

import re

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source
from anmin.knowledge.texts import Filling
from anmin.person.model import Person
from anmin.plan.bath_choice import bath_fact, bath_timing
from anmin.plan.bath_search import BathAnswer, Other, Proposed, Span
from anmin.plan.components import is_elderly
from anmin.report.bath_chart import bath_chart, is_nothing, shown
from anmin.report.page import Page
from anmin.report.plot import plot
from anmin.units.clock import show_clock

_MODEL, _LATENCY = "bath-parameters", "bath-latency"
_WINDOWS = ("tai-2021-61-120", "tai-2021-121-180")


def bath_page(answer: BathAnswer, person: Person, knowledge: Knowledge, lang: Lang, *, explain: bool = False) -> None:
    """Print the answer; the first line is what to do. ``explain``: also other ways, the curve and what is assumed."""
    page = Page(knowledge, lang, room="bath")
    if answer.proposed is None:
        _without(page, answer, person)
    else:
        _headline(page, answer, answer.proposed, person)
        _does(page, answer, answer.proposed)
        _hours(page, answer.proposed, person, explain=explain)
        if explain:
            _other_ways(page, answer.proposed)
        _limits(page, answer, answer.proposed)
        if explain:
            page.line()
            for line in plot(bath_chart(answer, person, knowledge, lang), width=min(page.width, 72), height=12):
                page.line(line)
        _assumed(page, answer, explain=explain)
    page.sources()
    if answer.proposed is not None:
        page.footer(page.say("informs"))
        if not explain:
            page.line(page.say("more"), dim=True)


def _spanned(span: Span, places: int = 1) -> dict[str, Filling]:
    return {"low": shown(span.low, places), "high": shown(span.high, places)}


def _headline(page: Page, answer: BathAnswer, proposed: Proposed, person: Person) -> None:
    bath = proposed.bath
    level = page.say(f"level.{proposed.level}")
    if is_nothing(proposed, page.knowledge):
        page.answer(page.say("answer_nothing", room=answer.room_c))
    if person.bed_known:
        page.answer(page.say("answer", water=bath.water_c, minutes=bath.minutes, level=level, end=show_clock(bath.end)))
    else:
        page.answer(
            page.say("answer_before", water=bath.water_c, minutes=bath.minutes, level=level, before=proposed.end_min)
        )
    if is_elderly(person, page.knowledge) and person.bathes_alone is None:
        page.line(page.say("company"))


def _does(page: Page, answer: BathAnswer, proposed: Proposed) -> None:
    knowledge, fact, timing = page.knowledge, bath_fact(page.knowledge), bath_timing(page.knowledge)
    model, latency = knowledge.body_models[_MODEL], knowledge.body_models[_LATENCY]
    page.heading("head_does")
    if answer.beyond:
        page.item(page.say("beyond", what=_between(page, [_state(page, key) for key in answer.beyond])))
    page.item(
        page.say("gain", gain=shown(proposed.gain.mean, 2), **_spanned(proposed.gain, 2)), sources=model.sources[:1]
    )
    core = "core" if proposed.core_back else "core_not_back"
    rise, left = shown(proposed.rise.mean, 2), shown(proposed.core_left.mean, 2)
    page.item(page.say(core, rise=rise, left=left, **_spanned(proposed.rise, 2)))
    minutes = shown(-latency.number("trunk_minutes"))
    page.item(page.say("marker", minutes=minutes), sources=latency.sources)
    trials = page.say(
        "trials" if proposed.studied else "not_trials", water=fact.water_c or 0, minutes=fact.minutes or 0,
        near=timing.nearest_min, far=timing.farthest_min,
    )  # fmt: skip
    page.item(trials, sources=fact.sources)


def _hours(page: Page, proposed: Proposed, person: Person, *, explain: bool) -> None:
    page.heading("head_hour")
    for each in proposed.by_end if explain else ():
        page.item(
            page.say(
                "at_end", end=each.end_min, gain=shown(each.gain.mean, 2), left=shown(each.core_left.mean, 2),
                **_spanned(each.gain, 2),
            )
        )  # fmt: skip
    nearest, farthest = proposed.by_end[0], proposed.by_end[-1]
    points = [page.knowledge.bath_points[name] for name in _WINDOWS]
    diff = proposed.sooner_by.mean
    sources: tuple[Source, ...] = ()
    if diff <= page.knowledge.value("bath.least-difference"):
        verdict = "flat"
    elif farthest.gain.high >= nearest.gain.low:
        verdict, sources = "slope", tuple(source for point in points for source in point.sources)
    else:
        verdict = "steep"
    page.item(
        page.say(
            verdict, near=nearest.end_min, far=farthest.end_min, diff=shown(diff, 2),
            middle=bath_timing(page.knowledge).preferred_min, first=shown(points[0].value or 0, 2),
            second=shown(points[1].value or 0, 2), **_spanned(proposed.sooner_by, 2),
        ),
        sources=sources,
    )  # fmt: skip
    if person.bed_known and len(proposed.ends) > 1:
        early, late = (show_clock(round(person.bed - end)) for end in (proposed.ends[-1], proposed.ends[0]))
        page.item(page.say("hours_as_good", early=early, late=late))


def _other_ways(page: Page, proposed: Proposed) -> None:
    page.heading("head_other")
    found = {each.kind: each for each in (proposed.top, *proposed.others)}
    if found["top"].gain.mean > proposed.gain.mean and not _same(found["top"], proposed):
        _other(page, found["top"], "top" if proposed.gain.mean >= found["top"].gain.low else "top_more")
    _other(page, found["shower"])
    _other(page, found["footbath"])
    film = found["coating"]
    coating = "other.coating" if film.gain.mean > proposed.gain.mean else "other.coating_less"
    page.item(
        page.say(
            coating, minutes=page.knowledge.value("bath.coating"), gain=shown(film.gain.mean, 2),
            left=shown(film.core_left.mean, 2), plain=shown(proposed.core_left.mean, 2),
        )
    )  # fmt: skip


def _other(page: Page, other: Other, message: str = "") -> None:
    more: dict[str, Filling] = {"level": page.say(f"level.{other.level}")} if other.kind == "top" else {}
    page.item(
        page.say(
            f"other.{message or other.kind}", water=other.water_c, minutes=other.minutes,
            gain=shown(other.gain.mean, 2), rise=shown(other.rise.mean, 2), **_spanned(other.gain, 2), **more,
        )
    )  # fmt: skip


def _same(other: Other, proposed: Proposed) -> bool:
    """Only another hour of the same bath, which the lines on the hour show."""
    bath = proposed.bath
    return (other.water_c, other.minutes, other.level) == (bath.water_c, bath.minutes, proposed.level)


def _limits(page: Page, answer: BathAnswer, proposed: Proposed) -> None:
    page.heading("head_limits")
    if answer.caps is not None:
        rules = [rule for rule in page.knowledge.bath_rules.values() if rule.action == "cap"]
        held = (answer.caps.max_c, answer.caps.max_minutes)
        binding = [rule for rule in rules if rule.max_c == held[0] or rule.max_minutes == held[1]]
        sources = tuple(source for rule in binding for source in rule.sources[:1])
        page.item(page.say("caps", water=answer.caps.max_c, minutes=answer.caps.max_minutes), sources=sources)
    judged = page.knowledge.judgments["bath.warning-water-h"]
    peak, ceiling = shown(proposed.warning_peak_c), shown(proposed.never_above_c)
    page.item(page.say("warning", peak=peak, ceiling=ceiling), sources=judged.sources[:1])
    page.item(page.knowledge.say("plan.why.bath_first", page.lang))
    for finding in answer.findings:
        if finding.rule != "bath-salts-internal":
            page.item(finding.reason.get(page.lang), sources=finding.sources[:1])


def _between(page: Page, names: list[str]) -> str:
    return (", " if page.lang == "en" else "、").join(names)


def _state(page: Page, key: str) -> str:
    known = page.knowledge.condition_keys.get(key)
    return known.name.get(page.lang) if known is not None else page.say(f"state.{key}")


def _assumed(page: Page, answer: BathAnswer, *, explain: bool) -> None:
    page.heading("head_assumed")
    page.item(page.say("room", room=answer.room_c, season=page.say(f"season.{answer.season}")))
    if answer.kernel == "numpy":
        page.item(page.say("slow_way", draws=answer.draws))
    if not explain:
        return
    if answer.assumed:
        page.item(page.say("average", what=_between(page, [page.say(f"average.{name}") for name in answer.assumed])))
    page.item(page.say("band", draws=answer.draws))
    page.item(page.knowledge.body_models[_MODEL].validity.get(page.lang))


def _without(page: Page, answer: BathAnswer, person: Person) -> None:
    """A refusal or a question, with its reasons first and then what is possible."""
    page.answer(page.say("answer_ask" if answer.status == "ask" else "answer_refused"))
    asked = {question.id: question for question in person.questions}
    for name in answer.questions:
        if name in asked:
            page.item(asked[name].text.get(page.lang), lead="?")
            field = re.split(r"[.\[]", asked[name].field)[0]
            page.item(page.knowledge.say("report.answer_in", page.lang, field=field), lead=" ", indent=2)
    for finding in answer.findings:
        page.item(finding.reason.get(page.lang), sources=finding.sources)
    if answer.status == "ask":
        return
    if answer.no_hour:
        page.item(page.say("no_hour"))
        rule = page.knowledge.bath_rules["after-medicine"]
        page.item(rule.reason.get(page.lang), sources=rule.sources)
    elif answer.alone:
        page.item(page.knowledge.say("plan.drop.alone", page.lang))
    elif not answer.findings:
        page.item(page.say("too_hot"))
    if any(finding.action == "stop" for finding in answer.findings):
        return  # beside where to go for help stands nothing else
    page.heading("head_instead")
    if not answer.alone:
        page.item(page.say("instead_named"))
    page.item(page.say("instead_plan"))
