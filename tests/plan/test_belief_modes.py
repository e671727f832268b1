"""How far small trials are trusted changes what is expected, never what is permitted."""

from __future__ import annotations

from anmin.evidence.belief import MODES
from anmin.knowledge.load import load
from anmin.person import examples
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan.make import make_plan


def test_a_sceptic_expects_less_than_an_enthusiast() -> None:
    knowledge = load()
    person = understand(parse_profile(examples.text("taiwan-34")), knowledge)
    plans = [make_plan(person, knowledge, mode=mode) for mode in MODES]
    gains = [max(regimen.gain for regimen in plan.front) for plan in plans]
    assert gains == sorted(gains)
    assert gains[0] < gains[-1]
    assert all(not line.over for plan in plans for line in plan.ledger)
