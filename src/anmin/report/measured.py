"""Measured nights of the log as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.nights import SHOWN, columns, hours, plain
from anmin.report.wrap import listed

if TYPE_CHECKING:
    from anmin.imports.files import Fingerprint
    from anmin.store.measured import Held


def held_lines(found: Sequence[Held], knowledge: Knowledge, lang: Lang, *, everything: bool) -> list[str]:
    """How many nights of how many trackers, then the latest, then why there is no time to fall asleep."""
    if not found:
        return [knowledge.say("diary.nights_none", lang)]
    sources = sorted({plain(one.source) for one in found})
    lines = [knowledge.say("diary.nights_measured", lang, nights=len(found), sources=listed(sources, lang)), ""]
    shown = found if everything else found[-SHOWN:]
    rows = [knowledge.say("diary.nights_heads", lang).split("|")]
    for one in shown:
        recorded = one.recorded
        known = knowledge.say(f"imports.known.{recorded.known}", lang) if recorded is not None else "-"
        how = knowledge.say("diary.by_left_out" if one.left_out else f"diary.by_{one.by}", lang)
        rows.append([one.night.isoformat(), hours(one.tst), hours(one.waso), known, how, plain(one.source)])
    lines += columns(rows)
    if len(found) > len(shown):
        lines.append(knowledge.say("diary.nights_earlier", lang, count=len(found) - len(shown)))
    return [*lines, "", knowledge.say("imports.no_latency", lang)]


def held_out(held: Held, files: Sequence[Fingerprint]) -> dict[str, Any]:
    """The JSON twin: the numbers that hold, who says so, the night as recorded, and the files it came from."""
    return {
        "night": held.night, "source": held.source, "tst": held.tst, "waso": held.waso, "by": held.by,
        "left_out": held.left_out, "recorded": held.recorded, "files": files,
    }  # fmt: skip
