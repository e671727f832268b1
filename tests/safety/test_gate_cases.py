"""The written cases come out as written, and leave no rule untried."""

from __future__ import annotations

from gate_cases import all_cases, complaint, written

from anmin.knowledge.load import Knowledge


def test_every_case_comes_out_as_written(knowledge: Knowledge) -> None:
    wrong = [found for case in all_cases() if (found := complaint(case, knowledge)) is not None]
    assert not wrong, "\n".join(wrong)


def test_there_are_enough_cases() -> None:
    assert written() >= 200


def test_every_rule_fires_in_a_case(knowledge: Knowledge) -> None:
    fired = {each["rule"] for case in all_cases() for each in case.findings if each.get("applies", True)}
    rules = {
        *knowledge.interactions, *knowledge.combinations, *knowledge.conditions, *knowledge.red_flags,
        *knowledge.bath_rules, *(row.id for row in knowledge.limits.values() if row.binding or _gates_sale(row)),
    }  # fmt: skip
    assert not rules - fired


def _gates_sale(row: object) -> bool:
    return getattr(row, "status", None) in ("prescription_only", "unknown")
