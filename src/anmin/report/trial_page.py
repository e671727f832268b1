"""A finished trial as one self-contained page: verdict, what to do next, figures, estimates, checklist, the seal."""

from __future__ import annotations

import re
from html import escape

from anmin import __version__
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.cent import cent_items, sequence_words
from anmin.report.chart import Chart, Table
from anmin.report.html import figure, items, page, table
from anmin.report.trial import Say, blind_line, percent, show_p
from anmin.report.trial_findings import Comparison, Findings, arm_name
from anmin.trial.protocol import Protocol
from anmin.trial.result import Estimate, unit_of
from anmin.trial.schedule import sealed_text
from anmin.trial.verdict import whole_percent

_STYLE = """
.next { border-left: .3rem solid var(--line); padding-left: 1rem; margin: 2rem 0; }
code { display: inline-block; font-size: .95em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8881; padding: .6rem; font-size: .85rem; }
""".strip()


def trial_page(found: Findings, charts: dict[str, Chart], knowledge: Knowledge, lang: Lang) -> str:
    """The document. Nothing in it that the person did not declare: no name, no place, no comments, no file."""
    title = knowledge.say("trial_report.title", lang, what=found.protocol.what)
    body = [
        *(f'<p class="answer">{escape(line)}</p>' for line in verdicts(found, knowledge, lang)),
        *_next(found, knowledge, lang),
        f"<h1>{escape(title)}</h1>",
        *_short(found, knowledge, lang),
        *_heading("figures", knowledge, lang),
        *(line for chart in charts.values() for line in figure(chart, knowledge)),
        *_estimates(found, knowledge, lang),
        *_arms(found, knowledge, lang),
        *_blind(found, knowledge, lang),
        *_checklist(found, knowledge, lang),
        *_seal(found, knowledge, lang),
        *_sources(found, knowledge, lang),
    ]
    return page(title, body, lang, head=f"<style>\n{_STYLE}\n</style>")


def verdicts(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The word on every comparison, or why there is none."""
    lines = []
    for one in found.comparisons:
        text = one.verdict.text if one.withheld is None else knowledge.text("trial.report_withheld", why=one.withheld)
        said = text.get(lang)
        lines.append(knowledge.say("trial_report.of", lang, name=one.name, title=said) if one.name else said)
    return lines


def next_steps(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    """What follows from each verdict, and how the next plan learns of it."""
    lines = []
    for one in found.comparisons:
        word = one.verdict.word
        if one.withheld is not None:
            word = "early" if found.result.early else "withheld"  # type: ignore[assignment]
        said = knowledge.say(f"trial_report.next.{word}", lang)
        lines.append(knowledge.say("trial_report.of", lang, name=one.name, title=said) if one.name else said)
    return [*dict.fromkeys(lines), knowledge.say("trial_report.next.plan", lang)]


def _next(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    lines = next_steps(found, knowledge, lang)
    heading = f"<h2>{escape(knowledge.say('trial_report.part.next', lang))}</h2>"
    marked = [re.sub("`([^`]+)`", r"<code>\1</code>", escape(line)) for line in lines]
    return ['<div class="next">', heading, "<ul>", *(f"<li>{line}</li>" for line in marked), "</ul></div>"]


def _short(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The structured summary."""
    protocol, design = found.protocol, found.protocol.design
    written, planned = sum(arm.written for arm in found.arms), sum(arm.planned for arm in found.arms)
    lines = [
        knowledge.say("trial_report.short.design", lang, blocks=str(design.blocks), length=str(design.block_nights),
                      arms=_arm_list(protocol, knowledge, lang), count=f"{protocol.schedules:,}"),
        knowledge.say("trial_report.short.blind" if protocol.blinded else "trial_report.short.open", lang),
        knowledge.say("trial_report.short.nights", lang, written=str(written), planned=str(planned),
                      first=protocol.first_evening.isoformat(), last=protocol.last_morning.isoformat()),
        protocol.estimand,
    ]  # fmt: skip
    if len(found.comparisons) > 1:
        alpha = f"{100 * getattr(found.result, 'alpha', protocol.alpha):g}"
        lines.append(knowledge.say("trial.report_family", lang, alpha=alpha))
    if found.result.stopped_at is not None:
        lines.append(knowledge.say("trial.report_stopped", lang, night=str(found.result.stopped_at)))
    return [*_heading("short", knowledge, lang), *items(lines)]


def _estimates(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    heads = tuple(knowledge.say(f"trial_report.head.{head}", lang) for head in ("how", "gain", "chance_gain", "nights"))
    out = _heading("estimates", knowledge, lang)
    unit = unit_of(found.protocol.outcome, knowledge).get(lang)
    out.append(f"<p>{escape(knowledge.say('trial_report.estimates', lang, unit=unit))}</p>")
    for one in found.comparisons:
        rows = _estimate_rows(one, found.protocol, knowledge, lang)
        out += table(Table(heads=heads, rows=rows), one.name or found.protocol.what)
        if one.adjusted_p is None:
            line = knowledge.say("trial_report.p", lang, p=show_p(one.p))
        else:
            line = knowledge.say("trial_report.p_adjusted", lang, p=show_p(one.p), adjusted=show_p(one.adjusted_p))
        out.append(f"<p>{escape(line)}</p>")
    for each in getattr(found.result, "interactions", ()):
        both = knowledge.say(
            "trial.report_interaction", lang, gain=f"{each.estimate.gain:.1f}", low=f"{each.estimate.low:.1f}",
            high=f"{each.estimate.high:.1f}", unit=unit,
        )  # fmt: skip
        out.append(f"<p>{escape(both)}</p>")
    return out


def _estimate_rows(
    one: Comparison, protocol: Protocol, knowledge: Knowledge, lang: Lang
) -> tuple[tuple[str, ...], ...]:
    """As randomised first, as taken second, then what would change it; what could not be had says why."""
    tau = f"{protocol.planned_with['carry_over_nights']:g}"

    def row(name: str, each: Estimate | None, digits: int = 1, **more: str) -> tuple[str, ...]:
        label = knowledge.say(f"trial_report.row.{name}", lang, **more)
        if each is None:
            return label, knowledge.say(f"trial_report.missing.{name}", lang), "", ""
        shown = f"{each.gain:.{digits}f} ({each.low:.{digits}f}, {each.high:.{digits}f})"
        return label, shown, f"{whole_percent(each.chance)} %", str(each.nights)

    rows = [
        row("as_randomised", one.as_randomised),
        row("as_taken", one.as_taken),
        row("ratio", one.ratio, 2),
        row("block_shift", one.block_shift),
        row("built_up", one.built_up, tau=tau),
    ]
    measured = protocol.measured or "tracker"
    return (*rows, row(measured, one.measured) if protocol.measured else row("tracker", None))


def _arms(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    names = ("arm", "planned", "written", "missing", "late", "not_taken", "mean")
    heads = tuple(knowledge.say(f"trial_report.head.{name}", lang) for name in names)
    rows = tuple(
        (
            arm_name(arm.arm, found.protocol, knowledge, lang), str(arm.planned), str(arm.written),
            f"{percent(1 - arm.written / arm.planned)} %" if arm.planned else "–", str(arm.late), str(arm.not_taken),
            "–" if arm.mean is None else f"{arm.mean:.1f}",
        )
        for arm in found.arms
    )  # fmt: skip
    outcome, unit = knowledge.outcomes[found.protocol.outcome].name, unit_of(found.protocol.outcome, knowledge)
    name = knowledge.say("trial_report.caption.mean", lang, outcome=outcome, unit=unit)
    return [*_heading("arms", knowledge, lang), *table(Table(heads=heads, rows=rows), name)]


def _blind(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    say, lines = Say(knowledge, lang), list[str]()
    for one in found.comparisons:
        said = blind_line(one.blind, say) if one.blinded else knowledge.say("trial_report.not_blinded", lang)
        lines.append(knowledge.say("trial_report.of", lang, name=one.name, title=said) if one.name else said)
    if found.result.opened_blocks:
        lines.append(say("report_opened", blocks=", ".join(str(block + 1) for block in found.result.opened_blocks)))
    return [*_heading("blind", knowledge, lang), *items(lines)]


def _checklist(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    answers = cent_items(found, knowledge, lang)
    heads = tuple(knowledge.say(f"trial_report.head.{name}", lang) for name in ("item", "asks", "answer"))
    applying = sum(item.applies for item in answers)
    lead = knowledge.say("trial_report.cent.lead", lang, items=str(len(answers)), applying=str(applying))
    name = knowledge.say("trial_report.part.checklist", lang)
    rows = tuple((item.number, item.asks, item.says) for item in answers)
    shown = table(Table(heads=heads, rows=rows), name)
    folded = knowledge.say("trial_report.cent.unfold", lang)
    return [*_heading("checklist", knowledge, lang), f"<p>{escape(lead)}</p>",
            f"<details><summary>{escape(folded)}</summary>", *shown, "</details>"]  # fmt: skip


def _seal(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    commitment, protocol = found.finished.end.commitment, found.protocol
    digest = found.finished.started.digest
    sealed = sealed_text(commitment.schedule, commitment.nonce, commitment.protocol).decode()
    lines = [
        knowledge.say("trial.report_seal", lang, digest=digest),
        knowledge.say("trial_report.seal.nonce", lang, nonce=commitment.nonce),
        knowledge.say("trial_report.seal.order", lang,
                      order=sequence_words(commitment.schedule, protocol, knowledge, lang)),
    ]  # fmt: skip
    if protocol.solo:
        slept = sequence_words(found.schedule, protocol, knowledge, lang)
        lines.append(knowledge.say("trial_report.seal.solo", lang, order=slept))
    how = knowledge.say("trial_report.seal.check", lang)
    unfold = [
        ("trial_report.seal.text", sealed, "sealed"),
        ("trial_report.seal.protocol", commitment.protocol, "protocol"),
    ]
    out = [*_heading("seal", knowledge, lang), *items(lines), f"<p>{escape(how)}</p>"]
    for name, text, ident in unfold:
        summary = escape(knowledge.say(name, lang))
        out.append(f'<details><summary>{summary}</summary><pre id="{ident}">{escape(text)}</pre></details>')
    return out


def _sources(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    named = {f"{source.label} doi:{source.doi}" for item in knowledge.trial_items.values() for source in item.sources}
    methods = knowledge.say("trial_report.sources", lang)
    made = knowledge.say(
        "trial_report.made", lang, version=__version__, facts=knowledge.version[:12],
        declared=found.protocol.knowledge[:12],
    )  # fmt: skip
    heading = f"<h2>{escape(knowledge.say('report.sources', lang))}</h2>"
    return [heading, *items([*sorted(named), methods]), f'<p class="quiet">{escape(made)}</p>']


def _arm_list(protocol: Protocol, knowledge: Knowledge, lang: Lang) -> str:
    return " / ".join(arm_name(arm, protocol, knowledge, lang) for arm in protocol.design.arms)


def _heading(part: str, knowledge: Knowledge, lang: Lang) -> list[str]:
    return [f"<h2>{escape(knowledge.say(f'trial_report.part.{part}', lang))}</h2>"]
