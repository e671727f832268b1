"""What a person may try, said when nothing was named."""

from __future__ import annotations

from collections.abc import Sequence

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.columns import columns
from anmin.trial.arms import Choice


def choice_lines(found: Sequence[Choice], command: str, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The names to type, each with what it is and its amounts, and ``command`` completed as an example."""
    if not found:
        return [knowledge.say("trial.choose_none", lang)]
    rows = [(each.id, each.name.get(lang), _amounts(each)) for each in found]
    first = found[0]
    lines = [
        knowledge.say("trial.choose", lang),
        *(f"  {line}" for line in columns(rows, left=(0, 1, 2))),
        knowledge.say("trial.choose_next", lang, command=f"{command} --component {first.id}"),
    ]
    other = next((each for each in found if each.kind != first.kind), None)
    if other is not None:
        both = f"{command} --factorial {first.id},{other.id}"
        lines.append(knowledge.say("trial.choose_two", lang, command=both))
    return lines


def _amounts(choice: Choice) -> str:
    return f"{' / '.join(f'{each:g}' for each in choice.mg)} mg" if choice.mg else ""
