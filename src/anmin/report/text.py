"""The plan and the check as a tired person reads them: the answer first, then the clock, then why, then sources."""

from __future__ import annotations

import re

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.person.model import Question
from anmin.plan.model import Line, Plan, Regimen
from anmin.report.page import Page
from anmin.safety.model import Assessment, Finding, LedgerLine
from anmin.units.clock import DAY, show_clock

_EXAMPLES = ("clock", "basis", "bath_water", "bath_minutes", "bath_hour")
"""Questions about a take whose answer can be shown in the words of the take itself."""
_MARK = {"stop": "■", "block": "■", "avoid": "■", "separate": "▲", "cap": "▲", "consult": "▲", "ask": "?"}


def plan_text(plan: Plan, knowledge: Knowledge, lang: Lang, *, explain: bool = False) -> None:
    """Print the plan. ``explain`` adds every rule that was checked and the alternatives."""
    page = Page(knowledge, lang)
    if plan.status == "stop" and not plan.safe_anyway:
        page.answer(plan.headline.get(lang))  # an emergency: the help, and nothing to read past it
        return
    _headline(page, plan)
    _already(page, plan)
    _questions(page, plan.questions)
    _clock(page, plan.lines)
    _reasons(page, plan.lines)
    _texts(page, "changes", [text.get(lang) for text in plan.changes])
    _texts(page, "not_tonight", [text.get(lang) for text in plan.dropped])
    _texts(page, "still_safe", [text.get(lang) for text in plan.safe_anyway])
    _ledger(page, plan.ledger)
    _texts(page, "expect", [text.get(lang) for text in plan.expectations])
    if explain:
        _front(page, plan.front, plan.regimen)
        _findings(page, "checked", plan.findings)
    page.sources()
    page.footer(page.say("informs") if explain else page.say("informs") + " " + page.say("explain_hint"))


def check_text(assessment: Assessment, knowledge: Knowledge, lang: Lang) -> None:
    """Print the check: the verdict, what applies, what is kept, questions, the sums of the day."""
    page = Page(knowledge, lang)
    page.answer(page.say(f"verdict_{assessment.verdict}"))
    groups: dict[str, list[Finding]] = {"because": [], "already": [], "good_to_know": [], "kept": []}
    for finding in assessment.findings:
        groups[_group(finding)].append(finding)
    _questions(page, assessment.questions)
    for heading, findings in groups.items():
        _findings(page, heading, tuple(findings))
    _ledger(page, assessment.ledger)
    page.sources()
    page.footer(page.say("informs"))


def _group(finding: Finding) -> str:
    if not finding.applies:
        return "kept"
    if finding.action in ("monitor", "none", "refer"):
        return "good_to_know"
    return "already" if finding.beside else "because"


def _headline(page: Page, plan: Plan) -> None:
    """The answer; a stop that the headline does not already tell in full follows as a line of its own."""
    headline = plan.headline.get(page.lang)
    stops = [finding for finding in plan.findings if finding.action == "stop"]
    told = [finding for finding in stops if finding.reason.get(page.lang) in headline]
    page.answer(f"{headline} {''.join(page.cite(finding.sources) for finding in told)}".rstrip())
    for finding in stops:
        if finding not in told:
            page.item(finding.reason.get(page.lang), lead=_MARK["stop"], sources=finding.sources)


def _already(page: Page, plan: Plan) -> None:
    """What somebody takes already comes before anything new: it is there tonight, whatever the plan says."""
    taken = {line.substance for line in plan.ledger if line.from_products_mg + line.from_medicines_mg > 0}
    spoken = [finding for finding in plan.findings if _speaks_of_intake(finding, taken)]
    if not spoken:
        return
    page.heading("already")
    for finding in spoken:
        page.item(finding.reason.get(page.lang), lead=_MARK.get(finding.action, "·"), sources=finding.sources)
    page.item(page.say("do_not_stop"), lead=" ")


def _speaks_of_intake(finding: Finding, taken: set[str]) -> bool:
    if not finding.applies or finding.action == "refer" or finding.severity == "minor":
        return False
    return finding.beside or (finding.substance in taken and finding.action in ("avoid", "consult", "separate", "cap"))


def _questions(page: Page, questions: tuple[Question, ...]) -> None:
    if not questions:
        return
    page.heading("questions")
    for number, question in enumerate(questions, 1):
        page.item(question.text.get(page.lang), lead=f"{number}.")
        if question.options:
            page.item(" / ".join(question.options), lead="→", indent=5)
        page.item(f"{page.say('why')} {question.why.get(page.lang)}", lead=" ", indent=4)
        page.item(_where(page, question), lead=" ", indent=4)


def _where(page: Page, question: Question) -> str:
    """Where the answer goes, in words: a field of the profile with the line in question, or the take once more."""
    if question.field == "take":
        kind = question.id.removeprefix("take.").split("-")[0]
        example = page.say(f"take_example_{kind if kind in _EXAMPLES else 'other'}", line=question.line)
        return page.say("answer_take", example=example)
    field = re.split(r"[.\[]", question.field)[0]
    if question.line and field == "taking":
        return page.say("answer_line", field=field, line=question.line)
    return page.say("answer_in", field=field)


def _clock(page: Page, lines: tuple[Line, ...]) -> None:
    if not lines:
        return
    page.heading("evening")
    noon = DAY // 2
    for line in sorted(lines, key=lambda each: (each.clock - noon) % DAY):
        page.item(line.what.get(page.lang), lead=show_clock(line.clock))


def _reasons(page: Page, lines: tuple[Line, ...]) -> None:
    reasoned = [line for line in lines if line.why]
    if not reasoned:
        return
    page.heading("why")
    for line in reasoned:
        first, *rest = line.why
        page.item(first.get(page.lang), lead=show_clock(line.clock), sources=() if rest else line.sources)
        for number, text in enumerate(rest, 1):
            page.item(text.get(page.lang), indent=6, sources=line.sources if number == len(rest) else ())


def _texts(page: Page, heading: str, texts: list[str]) -> None:
    if texts:
        page.heading(heading)
        for text in texts:
            page.item(text)


def _ledger(page: Page, ledger: tuple[LedgerLine, ...]) -> None:
    if not ledger:
        return
    page.heading("ledger")
    for line in ledger:
        name = page.knowledge.substances[line.substance].name.get(page.lang)
        total = _mg(line.total_mg)
        if line.limit_mg is None:
            page.item(page.say("ledger_free", name=name, total=total))
        else:
            key = "ledger_over" if line.over else "ledger_within"
            page.item(page.say(key, name=name, total=total, limit=_mg(line.limit_mg)))


def _findings(page: Page, heading: str, findings: tuple[Finding, ...]) -> None:
    if not findings:
        return
    page.heading(heading)
    for finding in findings:
        words = finding.reason.get(page.lang)
        named = "" if finding.with_ == finding.rule else f"{finding.with_}: "
        window = _window(page, finding)
        readings = page.say("readings", readings="; ".join(finding.readings)) if finding.readings else ""
        text = " ".join(part for part in (f"{named}{words}", window, readings, f"({finding.rule})") if part)
        page.item(text, lead=_MARK.get(finding.action, "·") if finding.applies else "✓", sources=finding.sources)


def _window(page: Page, finding: Finding) -> str:
    if finding.cap_mg is not None:
        return page.say("cap", mg=_mg(finding.cap_mg))
    after, before = finding.hours_after_drug, finding.hours_before_drug
    if after is None and before is None:
        return ""
    return page.say("window", after=_h(after), before=_h(before))


def _front(page: Page, front: tuple[Regimen, ...], chosen: Regimen | None) -> None:
    if not front:
        return
    page.heading("front")
    for regimen in front:
        names = regimen.label.get(page.lang) if regimen.label else " + ".join(each.id for each in regimen.components)
        cost = (
            page.say("cost_unknown") if regimen.cost is None else f"{regimen.currency or ''} {regimen.cost:.2f}".strip()
        )
        text = page.say(
            "front_line",
            names=names,
            gain=f"{regimen.gain:.2g}",
            chance=f"{100 * regimen.chance:.0f}",
            certainty=page.say(f"certainty_{regimen.certainty}"),
            unit=regimen.unit,
            cost=cost,
            burden=regimen.burden,
        )
        page.item(text, lead="→" if chosen is not None and regimen == chosen else "·")


def _mg(value: float) -> str:
    return f"{value:,.0f} mg" if value >= 10 or value == int(value) else f"{value:.1f} mg"


def _h(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:g} h"
