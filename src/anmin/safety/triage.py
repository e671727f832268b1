"""Red flags: signs that are for a doctor, not for a supplement.

A flag is up when the person said so, when one of its condition keys is in the profile, or when the sleepiness score
(Epworth, 0 to 24) reaches the row's number; magnesium in blood that is severely low is one as well. One that ends the
plan stops everything; the others are told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import RedFlag, Severity, Text
from anmin.person.model import Person
from anmin.safety.findings import ALL, in_order
from anmin.safety.model import Finding

SEVERE_LACK = "safety.severe_low_magnesium_mmol_l"
"""The judgment below which magnesium in blood is severely low."""
_SEVERITY: dict[str, Severity] = {
    "emergency": "contraindicated", "urgent": "major", "soon": "major", "routine": "moderate",
}  # fmt: skip


def triage(person: Person, knowledge: Knowledge) -> tuple[Finding, ...]:
    """The red flags that end the plan, gravest first: what, why, and where to go instead."""
    flags = (flag for flag in knowledge.red_flags.values() if flag.ends_plan and _is_up(flag, person))
    return in_order([*(_finding(flag, "stop", person, knowledge) for flag in flags), *_severe_lack(person, knowledge)])


def referrals(person: Person, knowledge: Knowledge) -> tuple[Finding, ...]:
    """The red flags that send to a doctor beside the plan."""
    return in_order(
        _finding(flag, "refer", person, knowledge)
        for flag in knowledge.red_flags.values()
        if not flag.ends_plan and _is_up(flag, person)
    )


def _severe_lack(person: Person, knowledge: Knowledge) -> Iterator[Finding]:
    """A blood value so low that it is a doctor's matter the same day, and no supplement's."""
    if person.serum_mg_mmol_l is None:
        return
    bound = knowledge.judgments[SEVERE_LACK]
    if person.serum_mg_mmol_l < bound.value:
        text = knowledge.text("safety.severe-low-magnesium", value=round(person.serum_mg_mmol_l, 2), bound=bound.value)
        yield Finding(
            rule="severe-low-magnesium", substance=ALL, with_="serum_magnesium", severity="major", action="stop",
            applies=True, reason=text, sources=bound.sources,
        )  # fmt: skip


def _is_up(flag: RedFlag, person: Person) -> bool:
    epworth = person.scores.get("epworth")
    return (
        flag.id in person.flags
        or any(key in person.conditions for key in flag.keys)
        or (flag.epworth_from is not None and epworth is not None and epworth >= flag.epworth_from)
    )


def _finding(flag: RedFlag, action: str, person: Person, knowledge: Knowledge) -> Finding:
    line = next((line for line in flag.lines if line.country == person.country), None)
    go_to = flag.go_to
    if line is not None:
        go_to = _join(go_to, knowledge.text("safety.crisis-line", phone=line.phone, name=line.name))
    return Finding(
        rule=flag.id,
        substance=ALL,
        with_=flag.id,
        severity=_SEVERITY[flag.urgency],
        action="stop" if action == "stop" else "refer",
        applies=True,
        reason=_join(flag.reason, go_to),
        sources=(*flag.sources, *(line.sources if line else ())),
        beside=action != "stop",
    )


def _join(one: Text, two: Text) -> Text:
    if one == two:
        return one
    return Text(en=f"{one.en} {two.en}", zh_hant=f"{one.zh_hant}{two.zh_hant}", ja=f"{one.ja}{two.ja}")
