"""Many people's trials of one thing as a forest: each as measured and as pulled, the mean, and one more person."""

from __future__ import annotations

from html import escape

from anmin.evidence.distributions import normal_quantile
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.chart import Axis, Chart, Mark, Points, Rule, Table
from anmin.report.html import figure, page
from anmin.report.trial import pool_lines
from anmin.trial.pool import Together
from anmin.trial.result import unit_of

MOST_ROWS = 60
"""People drawn; the table has all."""

_Z = normal_quantile(0.975)


def pool_chart(together: Together, knowledge: Knowledge, lang: Lang) -> Chart:
    """One row a person, numbered in the order given, then all together and one more person."""
    say, unit = knowledge.say, unit_of(together.outcome, knowledge).get(lang)
    drawn = together.each[:MOST_ROWS]
    names = [say("trial_report.pool.person", lang, number=str(number)) for number in range(1, len(together.each) + 1)]
    rows, shown = names[: len(drawn)], [_shown(each.gain, _Z * each.sd) for each in drawn]
    marks: list[Mark] = [Rule(at=0.0), Rule(at=together.gain, tone="main", dashed=True)]
    ends = [0.0, together.low, together.high]
    for row, each in enumerate(drawn):
        labelled = row == 0
        marks.append(
            Points(x=(each.gain,), y=(row - 0.17,), x_low=(each.gain - _Z * each.sd,),
                   x_high=(each.gain + _Z * each.sd,), shape="square", tone="third", sizes=(4.0,),
                   label=say("trial_report.pool.measured", lang) if labelled else "")
        )  # fmt: skip
        marks.append(
            Points(x=(each.pulled,), y=(row + 0.2,), x_low=(each.pulled - _Z * each.pulled_sd,),
                   x_high=(each.pulled + _Z * each.pulled_sd,), shape="circle", tone="second", sizes=(3.5,),
                   label=say("trial_report.pool.pulled", lang) if labelled else "")
        )  # fmt: skip
        ends += [each.gain - _Z * each.sd, each.gain + _Z * each.sd]
    marks.append(Points(x=(together.gain,), y=(float(len(rows)),), x_low=(together.low,), x_high=(together.high,),
                        shape="diamond", sizes=(7.0,)))  # fmt: skip
    rows.append(say("trial_report.pool.all", lang))
    shown.append(f"{together.gain:.1f} ({together.low:.1f}, {together.high:.1f})")
    if together.expect_low is not None and together.expect_high is not None:
        marks.append(Points(x=(together.gain,), y=(float(len(rows)),), x_low=(together.expect_low,),
                            x_high=(together.expect_high,), shape="ring", sizes=(5.0,)))  # fmt: skip
        rows.append(say("trial_report.pool.next", lang))
        shown.append(f"({together.expect_low:.1f}, {together.expect_high:.1f})")
        ends += [together.expect_low, together.expect_high]
    air = 0.05 * (max(ends) - min(ends)) or 1.0
    known = knowledge.substances.get(together.substance)
    what = known.name.get(lang) if known else together.substance
    numbers = {"people": str(together.people), "what": what, "unit": unit, "gain": f"{together.gain:.1f}",
               "low": f"{together.low:.1f}", "high": f"{together.high:.1f}"}  # fmt: skip
    sure = "helps" if together.low > 0 else "harms" if together.high < 0 else "open"
    return Chart(
        title=say(f"trial_report.pool.title_{sure}", lang, **numbers),
        says=say("trial_report.pool.says", lang, people=str(together.people), drawn=str(len(drawn))),
        x=Axis(label=say("trial_report.pool.x", lang, unit=unit), low=min(ends) - air, high=max(ends) + air),
        y=Axis(label="", rows=tuple(rows), figures=tuple(shown)),
        marks=tuple(marks),
        table=Table(
            heads=tuple(say(f"trial_report.pool.{head}", lang) for head in ("who", "measured", "pulled")),
            rows=(
                *(
                    (name, _shown(each.gain, _Z * each.sd), _shown(each.pulled, _Z * each.pulled_sd))
                    for name, each in zip(names, together.each, strict=True)
                ),
                *((name, figures, "") for name, figures in zip(rows[len(drawn) :], shown[len(drawn) :], strict=True)),
            ),
        ),
        lang=lang,
    )  # fmt: skip


def pool_page(together: Together, knowledge: Knowledge, lang: Lang) -> str:
    """The forest and what it says, as one HTML document. People are numbers; nothing else is known of them."""
    numbered = [knowledge.say("trial_report.pool.person", lang, number=str(n + 1)) for n in range(together.people)]
    first, *rest = pool_lines(together, numbered, knowledge, lang)
    said = rest[: len(rest) - together.people]
    title = knowledge.say("trial_report.pool.page", lang)
    body = [
        f'<p class="answer">{escape(first)}</p>',
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(x)}</p>" for x in said),
    ]
    return page(title, [*body, *figure(pool_chart(together, knowledge, lang), knowledge)], lang)


def _shown(value: float, reach: float) -> str:
    return f"{value:.1f} ({value - reach:.1f}, {value + reach:.1f})"
