"""The blinding kit: sheets for the helper and the person, labels with a square code, and packing alone.

Nothing here but the helper's sheet, and the slips of a person who packs alone, says what is in a bag. The square code
of a label holds the name of the trial and the number of the bag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from html import escape
from typing import Literal

import segno

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.html import STYLE, page
from anmin.report.several import shown_arm
from anmin.report.trial import Say
from anmin.trial.blinding import nights_of_block
from anmin.trial.finished import Started
from anmin.trial.protocol import Part, Protocol
from anmin.trial.schedule import Schedule

Paper = Literal["a4", "letter"]

_SHEETS: dict[Paper, str] = {"a4": "A4", "letter": "letter"}

_STYLE = """
@page { size: %s; margin: 12mm; }
.labels { display: grid; grid-template-columns: repeat(2, 1fr); gap: 4mm; }
.slips { display: grid; grid-template-columns: repeat(4, 1fr); gap: 3mm; }
.label, .slip { border: 1px dashed #888; padding: 3mm; break-inside: avoid; }
.label { display: flex; gap: 4mm; align-items: center; }
.label svg { width: 22mm; height: 22mm; flex: none; background: #fff; }
.code { font: 700 1.4rem/1.2 ui-monospace, monospace; letter-spacing: .1em; }
.new-page { break-before: page; }
""".strip()


def packing_sheet(started: Started, schedule: Schedule, pieces: int, knowledge: Knowledge, lang: Lang) -> str:
    """For the helper: which bag holds what. Bags are in the order of their codes, so that the order says nothing."""
    protocol = started.protocol
    say = Say(knowledge, lang)
    nights = str(protocol.design.block_nights)
    if protocol.parts:
        head = [say("packing_several", nights=nights), "", *kinds(protocol, say)]
    else:
        head = [say("packing_head", what=protocol.what, pieces=str(pieces), nights=nights)]
    bags = sorted(zip(started.codes, schedule, strict=True))
    rows = [f"  {code}   {protocol.design.arms[arm]}" for code, arm in bags]
    return "\n".join([protocol.trial, started.digest, "", *head, "", *rows, ""])


def code_sheet(started: Started, knowledge: Knowledge, lang: Lang) -> str:
    """For the person: which bag on which evenings, and nothing of what is inside."""
    protocol, say = started.protocol, Say(knowledge, lang)
    rows = []
    for block, code in enumerate(started.codes):
        first, last = nights_of_block(block, protocol.design)
        days = _evenings(protocol, block)
        rows.append(
            say("block_line", block=str(block + 1), first=str(first), last=str(last), from_day=days[0],
                to_day=days[1], code=code)
        )  # fmt: skip
    head = [protocol.trial, started.digest, "", say("codes_head"), "", say("skip_evenings"), ""]
    alone = [] if protocol.solo else ["", say("codes_alone")]
    return "\n".join([*head, *rows, *alone, ""])


def label_content(trial: str, bag: int) -> str:
    """What the square code of a bag holds: the name of the trial and the number of the bag, from 1.

    >>> label_content("glycine-2026-12-01", 3)
    'anmin trial glycine-2026-12-01 bag 3'
    """
    return f"anmin trial {trial} bag {bag}"


def labels_page(started: Started, knowledge: Knowledge, lang: Lang, paper: Paper) -> str:
    """The labels of all bags, to print and cut out."""
    say = Say(knowledge, lang)
    title = say("labels_title", trial=started.protocol.trial)
    body = [f"<h1>{escape(title)}</h1>", f"<p>{escape(say('labels_head'))}</p>", *_labels(started, say)]
    return page(title, body, lang, style=f"{STYLE}\n{_STYLE % _SHEETS[paper]}")


def solo_page(
    started: Started, slips_in_order: Schedule, pieces: int, knowledge: Knowledge, lang: Lang, paper: Paper
) -> str:
    """How to pack alone and stay blind, with labels and slips to cut out.

    ``slips_in_order``: the arm that each slip of ``started.slips`` names.
    """
    protocol, say = started.protocol, Say(knowledge, lang)
    design, arms = protocol.design, len(protocol.design.arms)
    title = say("solo_title", trial=protocol.trial)
    rounds = range(design.blocks // arms) if design.restriction == "cycles" else range(1)
    size = arms if design.restriction == "cycles" else design.blocks
    numbers = [f"{at * size + 1}-{(at + 1) * size}" for at in rounds]
    named = [shown_arm(arm, knowledge, lang) for arm in design.arms]
    total = sum(part.pieces for part in protocol.parts if part.open_because is None) or pieces
    steps = [
        say(
            "solo_step_fill",
            kinds=(", " if lang == "en" else "、").join(named),
            nights=str(design.block_nights),
            pieces=str(total),
        ),
        say("solo_step_slip"),
        say("solo_step_shuffle", rounds=", ".join(numbers)),
        say("solo_step_end"),
    ]
    body = [f"<h1>{escape(title)}</h1>", f"<p>{escape(say('solo_weaker'))}</p>"]
    if protocol.parts:
        body += ["<ul>", *(f"<li>{escape(line.strip())}</li>" for line in kinds(protocol, say)[1:]), "</ul>"]
    else:
        body.append(f"<p>{escape(protocol.what)}</p>")
    body += ["<ol>", *(f"<li>{escape(step)}</li>" for step in steps), "</ol>"]
    body += [f"<p>{escape(say(advice))}</p>" for advice in ("solo_emergency", "skip_evenings")]
    body += ['<h2 class="new-page">'
             f"{escape(say('labels_title', trial=protocol.trial))}</h2>", *_labels(started, say)]  # fmt: skip
    for at in rounds:
        heading = say("solo_slips", round=str(at + 1)) if len(rounds) > 1 else say("solo_slips_all")
        slips = sorted(zip(slips_in_order[at * size : (at + 1) * size], started.slips[at * size : (at + 1) * size],
                           strict=True))  # fmt: skip
        body += [f"<h2{' class=new-page' if at == 0 else ''}>{escape(heading)}</h2>", '<div class="slips">']
        body += [f'<div class="slip">{escape(named[arm])}<div class="code">{code}</div></div>' for arm, code in slips]
        body.append("</div>")
    return page(title, body, lang, style=f"{STYLE}\n{_STYLE % _SHEETS[paper]}")


def kinds(protocol: Protocol, say: Say) -> list[str]:
    """What is in a bag of each arm for a night, hour by hour: every arm has the same number of capsules."""
    hidden = [part for part in protocol.parts if part.open_because is None]
    lines = [say("packing_arms")]
    for arm in protocol.design.arms:
        names = {part.name for part in protocol.things_in(arm)}
        content = ("; " if say.lang == "en" else "；").join(_capsules(hidden, names, say))
        lines.append(say("packing_kind", arm=shown_arm(arm, say.knowledge, say.lang), content=content))
    return lines


def _capsules(hidden: Sequence[Part], names: Iterable[str], say: Say) -> Iterable[str]:
    for part in hidden:
        kind = "packing_real" if part.name in names else "packing_filler"
        yield say(kind, pieces=str(part.pieces), what=part.what)


def _labels(started: Started, say: Say) -> list[str]:
    protocol = started.protocol
    made = ['<div class="labels">']
    for block, code in enumerate(started.codes):
        days = _evenings(protocol, block)
        bag = say("label_bag", number=str(block + 1))
        when = say("label_evenings", from_day=days[0], to_day=days[1])
        square = segno.make(label_content(protocol.trial, block + 1), error="m", micro=False)
        drawn = square.svg_inline(scale=4, border=4, svgclass=None, lineclass=None, title=bag, omitsize=True)
        made.append(
            f'<div class="label">{drawn}<div><strong>{escape(bag)}</strong><div class="code">{code}</div>'
            f'<div>{escape(when)}</div><div class="quiet">{escape(protocol.trial)}</div></div></div>'
        )
    return [*made, "</div>"]


def _evenings(protocol: Protocol, block: int) -> tuple[str, str]:
    first, last = nights_of_block(block, protocol.design)
    days = [(protocol.first_evening + timedelta(days=night - 1)).isoformat() for night in (first, last)]
    return days[0], days[1]
