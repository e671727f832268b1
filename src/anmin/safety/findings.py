"""How grave a finding is, and findings made from rules."""

from __future__ import annotations

from collections.abc import Iterable

from anmin.knowledge.model import Condition, Interaction, Severity
from anmin.knowledge.texts import show_number
from anmin.safety.bindings import Bound
from anmin.safety.model import GRAVITY, Finding, Verdict

ALL = "*"
"""In ``Finding.substance``: about everything."""

_SEVERITY: dict[Severity, int] = {"minor": 0, "moderate": 1, "major": 2, "contraindicated": 3}
_GRAVITY = {verdict: number for number, verdict in enumerate(GRAVITY)}
_VERDICT: dict[str, Verdict] = {
    "stop": "stop", "avoid": "avoid", "ask": "ask", "separate": "separate", "cap": "cap", "consult": "consult",
    "refer": "consult", "monitor": "allow", "none": "allow",
}  # fmt: skip


def verdict_of(finding: Finding) -> Verdict:
    """What a finding alone makes of the regimen. "Contraindicated" only counts together with "avoid"."""
    if not finding.applies or finding.beside:
        return "allow"
    return verdict_of_rule(finding.action, finding.severity)


def verdict_of_rule(action: str, severity: Severity) -> Verdict:
    """What a rule makes of a regimen that it applies to."""
    if action == "avoid" and severity == "contraindicated":
        return "block"
    return _VERDICT[action]


def gravity_of(verdict: Verdict) -> int:
    """The place of a verdict among all, lightest first."""
    return _GRAVITY[verdict]


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of several verdicts; ``allow`` of none."""
    return max(verdicts, key=_GRAVITY.__getitem__, default="allow")


def is_refusal(finding: Finding) -> bool:
    """Whether it keeps a substance out whatever the hour and the amount."""
    return verdict_of(finding) in ("consult", "avoid", "block", "stop")


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gravest first, each rule once for a substance and what it meets; one that applies wins over one that is kept."""
    once: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.substance, finding.with_, finding.action)
        known = once.get(key)
        if known is None or _weight(finding) > _weight(known):
            once[key] = finding
    return tuple(sorted(once.values(), key=_order))


def _weight(finding: Finding) -> tuple[int, bool, bool, int]:
    return (_GRAVITY[verdict_of(finding)], finding.applies, not finding.beside, _SEVERITY[finding.severity])


def _order(finding: Finding) -> tuple[float | str, ...]:
    gravity, applies, on_top, severity = _weight(finding)
    return (-gravity, not applies, not on_top, -severity, finding.rule, finding.substance, finding.with_)


def from_interaction(bound: Bound, substance: str, with_: str, *, applies: bool, binding: bool = True) -> Finding:
    """A row about a medicine. ``binding`` false: the row is about other salts, so it is only told."""
    rule = bound.rule
    return Finding(
        rule=rule.id,
        substance=substance,
        with_=with_,
        severity=rule.severity,
        action=rule.action if binding else "none",
        applies=applies and binding,
        reason=rule.reason,
        sources=rule.sources,
        hours_after_drug=bound.before_h,
        hours_before_drug=bound.after_h,
        readings=_readings(rule),
    )


def _readings(rule: Interaction) -> tuple[str, ...]:
    return tuple(
        f"{_hours(reading.before_h)} / {_hours(reading.after_h)}: {reading.source}" for reading in rule.readings
    )


def _hours(hours: float | None) -> str:
    return "–" if hours is None else f"{show_number(hours)} h"


def from_condition(rule: Condition, substance: str) -> Finding:
    """A row about a state of the person. A row about something not known asks instead of guessing."""
    asks = rule.threshold is not None and rule.threshold.egfr_unknown
    return Finding(
        rule=rule.id,
        substance=substance,
        with_=rule.id,
        severity=rule.severity,
        action="ask" if asks else rule.action,
        applies=True,
        reason=rule.reason,
        sources=rule.sources,
        cap_mg=rule.cap_mg,
    )
