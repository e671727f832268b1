"""The plan and the check as a tired person reads them: the answer first, then the clock, then why, then sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source
from anmin.person.model import Question
from anmin.plan.model import Line, Plan, Regimen
from anmin.safety.model import Assessment, Finding, LedgerLine
from anmin.units.clock import DAY, show_clock

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 88
_MARK = {"stop": "■", "block": "■", "avoid": "■", "separate": "▲", "cap": "▲", "consult": "▲", "ask": "?"}


class _Page:
    """A page that is written downwards: headings, indented paragraphs, a clock."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        from rich.console import Console

        self.console: Console = Console(highlight=False, soft_wrap=False)
        if self.console.width > _WIDTH or not self.console.is_terminal:
            self.console.width = _WIDTH
        self.knowledge = knowledge
        self.lang = lang
        self.cited: list[Source] = []

    def say(self, message: str, **params: object) -> str:
        return self.knowledge.say(f"report.{message}", self.lang, **params)

    def answer(self, text: str) -> None:
        self._print(text, style="bold")

    def heading(self, message: str) -> None:
        self.console.print()
        self._print(self.say(message), style="bold")

    def item(self, text: str, lead: str = "·", indent: int = 2, sources: tuple[Source, ...] = ()) -> None:
        """A paragraph hanging behind its lead, with the numbers of its sources."""
        from rich.cells import cell_len
        from rich.padding import Padding
        from rich.table import Table

        numbers = self._cite(sources)
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=cell_len(lead), no_wrap=True)
        grid.add_column()
        from rich.text import Text as Words

        grid.add_row(Words(lead), Words(f"{text} {numbers}".rstrip()))
        self.console.print(Padding(grid, (0, 0, 0, indent)))

    def footer(self, text: str) -> None:
        self.console.print()
        self._print(text, style="dim")

    def sources(self) -> None:
        if not self.cited:
            return
        self.heading("sources")
        for number, source in enumerate(self.cited, 1):
            where = f"doi:{source.doi}" if source.doi else source.url or (f"PMID {source.pmid}" if source.pmid else "")
            self.item(f"{source.label} ({self.say('read_' + source.read_in)}) {where}".rstrip(), lead=f"[{number}]")

    def _cite(self, sources: tuple[Source, ...]) -> str:
        for source in sources:
            if source not in self.cited:
                self.cited.append(source)
        numbers = sorted(self.cited.index(source) + 1 for source in sources)
        return "".join(f"[{number}]" for number in numbers)

    def _print(self, text: str, style: str = "") -> None:
        from rich.text import Text as Words

        self.console.print(Words(text, style=style))


def plan_text(plan: Plan, knowledge: Knowledge, lang: Lang, *, explain: bool = False) -> None:
    """Print the plan. ``explain`` adds every rule that was checked and the alternatives."""
    page = _Page(knowledge, lang)
    page.answer(plan.headline.get(lang))
    _stops(page, plan.findings)
    _questions(page, plan.questions)
    _clock(page, plan.lines)
    _reasons(page, plan.lines)
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
    page = _Page(knowledge, lang)
    page.answer(page.say(f"verdict_{assessment.verdict}"))
    applying = tuple(finding for finding in assessment.findings if finding.applies)
    kept = tuple(finding for finding in assessment.findings if not finding.applies)
    _questions(page, assessment.questions)
    _findings(page, "because", applying)
    _findings(page, "kept", kept)
    _ledger(page, assessment.ledger)
    page.sources()
    page.footer(page.say("informs"))


def _stops(page: _Page, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        if finding.action == "stop":
            page.item(finding.reason.get(page.lang), lead=_MARK["stop"], sources=finding.sources)


def _questions(page: _Page, questions: tuple[Question, ...]) -> None:
    if not questions:
        return
    page.heading("questions")
    for number, question in enumerate(questions, 1):
        page.item(question.text.get(page.lang), lead=f"{number}.")
        if question.options:
            page.item(" / ".join(question.options), lead="→", indent=5)
        page.item(f"{page.say('why')} {question.why.get(page.lang)}", lead=" ", indent=4)
        page.item(page.say("answer_in", field=question.field), lead=" ", indent=4)


def _clock(page: _Page, lines: tuple[Line, ...]) -> None:
    if not lines:
        return
    page.heading("evening")
    noon = DAY // 2
    for line in sorted(lines, key=lambda each: (each.clock - noon) % DAY):
        page.item(line.what.get(page.lang), lead=show_clock(line.clock))


def _reasons(page: _Page, lines: tuple[Line, ...]) -> None:
    reasoned = [line for line in lines if line.why]
    if not reasoned:
        return
    page.heading("why")
    for line in reasoned:
        words = " ".join(text.get(page.lang) for text in line.why)
        page.item(words, lead=show_clock(line.clock), sources=line.sources)


def _texts(page: _Page, heading: str, texts: list[str]) -> None:
    if texts:
        page.heading(heading)
        for text in texts:
            page.item(text)


def _ledger(page: _Page, ledger: tuple[LedgerLine, ...]) -> None:
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


def _findings(page: _Page, heading: str, findings: tuple[Finding, ...]) -> None:
    if not findings:
        return
    page.heading(heading)
    for finding in findings:
        words = finding.reason.get(page.lang)
        window = _window(page, finding)
        readings = page.say("readings", readings="; ".join(finding.readings)) if finding.readings else ""
        text = " ".join(part for part in (f"{finding.with_}: {words}", window, readings, f"({finding.rule})") if part)
        page.item(text, lead=_MARK.get(finding.action, "·") if finding.applies else "✓", sources=finding.sources)


def _window(page: _Page, finding: Finding) -> str:
    if finding.cap_mg is not None:
        return page.say("cap", mg=_mg(finding.cap_mg))
    after, before = finding.hours_after_drug, finding.hours_before_drug
    if after is None and before is None:
        return ""
    return page.say("window", after=_h(after), before=_h(before))


def _front(page: _Page, front: tuple[Regimen, ...], chosen: Regimen | None) -> None:
    if not front:
        return
    page.heading("front")
    for regimen in front:
        names = regimen.label.get(page.lang) if regimen.label else " + ".join(each.id for each in regimen.components)
        cost = page.say("cost_unknown") if regimen.cost is None else f"{regimen.cost:.2f}"
        text = page.say(
            "front_line",
            names=names,
            gain=f"{regimen.gain:.0f}",
            chance=f"{100 * regimen.chance:.0f}",
            certainty=page.say(f"certainty_{regimen.certainty}"),
            cost=cost,
            burden=regimen.burden,
        )
        page.item(text, lead="→" if chosen is not None and regimen == chosen else "·")


def _mg(value: float) -> str:
    return f"{value:,.0f} mg" if value >= 10 or value == int(value) else f"{value:.1f} mg"


def _h(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:g} h"
