"""The diary as a table and as a contract; what follows from an answer is computed each time, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.columns import columns
from anmin.report.page import Page
from anmin.store.diary import CLOCKS, Total, missing
from anmin.trial.diary import Entry, derive
from anmin.units.clock import show_clock

_COLUMNS = ("night", "asleep", "sol", "waso", "tst", "se", "quality", "late")


def duration(minutes: float) -> str:
    """``"6:10"`` for 370 minutes."""
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02d}"


def night_out(entry: Entry) -> dict[str, Any]:
    """The answers as given (clocks as times of day) and what follows from them."""
    answers = msgspec.to_builtins(entry)
    answers.update({name: show_clock(getattr(entry, name)) for name in CLOCKS})
    return {"answers": answers, "derived": msgspec.to_builtins(derive(entry))}


def diary_out(found: Sequence[Entry], totals: Sequence[Total]) -> dict[str, Any]:
    """The contract of ``anmin diary list --json``."""
    return {
        "nights": [night_out(entry) for entry in found],
        "missing": [day.isoformat() for day in missing(found)],
        "totals": [msgspec.to_builtins(total) for total in totals],
    }


def diary_text(found: Sequence[Entry], totals: Sequence[Total], knowledge: Knowledge, lang: Lang) -> None:
    """A table on standard output: one night a line, missed nights as such."""
    page = Page(knowledge, lang, "diary")
    if not found:
        page.line(page.say("empty"))
    else:
        gaps = missing(found)
        heads = [page.say(f"column_{name}") for name in _COLUMNS]
        table = columns([_row(entry) for entry in found], heads=heads)
        for line in table[: -len(found)]:
            page.line(line, bold=True)
        lines = {entry.night: line for entry, line in zip(found, table[-len(found) :], strict=True)}
        lines |= {day: f"{day.isoformat()}  {page.say('missed')}" for day in gaps}
        for day in sorted(lines):
            page.line(lines[day])
        page.line()
        late = sum(derive(entry).late for entry in found)
        page.line(page.say("nights", count=len(found), missing=len(gaps), late=late))
        page.line(page.say("efficiency"), dim=True)
    for total in totals:
        page.line(f"{total.questionnaire.upper()} {total.score:g} ({total.day.isoformat()})")


def _row(entry: Entry) -> list[str]:
    """A night in the order of the columns."""
    night = derive(entry)
    return [
        entry.night.isoformat(), night.onset.strftime("%H:%M"), f"{night.sol:g}", f"{night.waso:g}",
        duration(night.tst), f"{night.se_tib:.0f} / {night.se_episode:.0f} / {night.se_maintenance:.0f}",
        str(entry.quality or ""), "*" if night.late else "",
    ]  # fmt: skip
