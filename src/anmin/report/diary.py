"""The diary as a table and as a contract; what follows from an answer is computed each time, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.store.diary import CLOCKS, Total, missing
from anmin.trial.diary import Entry, derive
from anmin.units.clock import show_clock


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
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 110
    if not found:
        console.print(knowledge.say("diary.empty", lang))
    else:
        table = Table(box=None, pad_edge=False)
        for name in ("night", "asleep", "sol", "waso", "tst", "se", "quality", "late"):
            table.add_column(
                knowledge.say(f"diary.column_{name}", lang), justify="left" if name == "night" else "right"
            )
        gaps = [(day, None) for day in missing(found)]
        for day, entry in sorted([*gaps, *((entry.night, entry) for entry in found)], key=lambda row: row[0]):
            if entry is None:
                table.add_row(day.isoformat(), knowledge.say("diary.missed", lang))
                continue
            night = derive(entry)
            table.add_row(
                day.isoformat(), night.onset.strftime("%H:%M"), f"{night.sol:g}", f"{night.waso:g}",
                duration(night.tst), f"{night.se_tib:.0f} / {night.se_episode:.0f} / {night.se_maintenance:.0f}",
                str(entry.quality or ""), "*" if night.late else "",
            )  # fmt: skip
        console.print(table)
        late = sum(derive(entry).late for entry in found)
        console.print()
        console.print(knowledge.say("diary.nights", lang, count=len(found), missing=len(gaps), late=late))
        console.print(knowledge.say("diary.efficiency", lang), style="dim")
    for total in totals:
        console.print(f"{total.questionnaire.upper()} {total.score:g} ({total.day.isoformat()})")
