"""The front is exact: it is what looking at every combination gives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_people import known

from anmin.evidence.belief import Belief
from anmin.plan.believe import together
from anmin.plan.choose import CERTAINTY, MOST, SURE, Clashes, Score, Together, front
from anmin.plan.model import Component, Expected, Regimen

Made = tuple[list[Component], dict[str, Belief], Clashes]


def component(
    name: str, kind: str, gain: float | None = None, *, cost: float | None = 1.0, pieces: int = 1, steps: int = 1,
    sd: float = 1.0, certainty: str = "low", ways: tuple[str, ...] = (), leads: dict[str, float] | None = None,
    wanted: bool = False,
) -> Component:  # fmt: skip
    expected = None
    if gain is not None:
        believed = belief(name, gain, sd, certainty)
        low, high = believed.interval()
        expected = Expected(
            outcome="sleep_onset_latency", unit="min", gain=believed.expected(), low=low, high=high,
            chance=believed.chance(), certainty=certainty, studies=("s",),  # type: ignore[arg-type]
        )  # fmt: skip
    return Component(
        id=name, kind=kind, doses=(), bath=None, expected=expected, cost=cost, pieces=pieces, steps=steps,
        pathways=ways, leads=leads or {}, wanted=wanted,
    )  # fmt: skip


def belief(name: str, mean: float, sd: float, certainty: str) -> Belief:
    return Belief(
        component=name, outcome="sleep_onset_latency", unit="min", mean=mean, sd=sd, room=30.0, threshold=10.0,
        certainty=certainty,  # type: ignore[arg-type]
    )  # fmt: skip


@st.composite
def offers(draw: st.DrawFn) -> Made:
    """A few components of a few kinds: some with a number, some with leads, some equal, some that clash."""
    made: list[Component] = []
    beliefs: dict[str, Belief] = {}
    for number in range(draw(st.integers(1, 9))):
        name, kind = f"c{number}", draw(st.sampled_from("ABCDEF"))
        numbered = kind < "D" and draw(st.integers(0, 3)) > 0
        mean, sd = draw(st.sampled_from([0.5, 1.0, 2.0, 5.0])), draw(st.sampled_from([1.0, 4.0]))
        certainty = draw(st.sampled_from(["very_low", "low", "moderate"]))
        leads = draw(st.dictionaries(st.sampled_from(["g", "h"]), st.sampled_from([0.3, 0.5, 1.0]), max_size=2))
        one = component(
            name, kind, mean if numbered else None, sd=sd,
            cost=draw(st.sampled_from([None, 0.0, 1.0, 2.5])), pieces=draw(st.integers(0, 3)),
            certainty=certainty, ways=draw(st.sampled_from([(), ("x",), ("x", "y")])),
            leads=leads, wanted=draw(st.integers(0, 5)) == 0,
        )  # fmt: skip
        if numbered:
            beliefs[name] = belief(name, mean, sd, certainty)
        made.append(one)
    pairs = [frozenset(pair) for pair in combinations([one.id for one in made], 2)]
    clashing = draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []
    return made, beliefs, frozenset(clashing)


def by_brute_force(components: Sequence[Component], joined: Together, clashes: Clashes) -> set[Score]:
    """The undominated scores of every allowed combination, without any pruning."""
    scores = set()
    for size in range(MOST + 1):
        for chosen in combinations(components, size):
            names = {one.id for one in chosen}
            if len({one.kind for one in chosen}) == size and not any(pair <= names for pair in clashes):
                scores.add(score(chosen, joined))
    return {one for one in scores if not any(better(other, one) for other in scores)}


def score(chosen: tuple[Component, ...], joined: Together) -> Score:
    numbered = tuple(one for one in chosen if one.expected is not None)
    gain, chance, rank = joined(numbered) if numbered else (0.0, 0.0, SURE)
    names = {name for one in chosen for name in one.leads}
    leads = sum(min(1.0, sum(one.leads.get(name, 0.0) for one in chosen)) for name in sorted(names))
    cost = sum(one.cost or 0.0 for one in chosen)
    return Score(
        round(gain, 3), round(chance, 4), rank, round(leads, 3), sum(one.wanted for one in chosen),
        (-sum(one.cost is None for one in chosen), -round(cost, 4)), -sum(one.pieces + one.steps for one in chosen),
    )  # fmt: skip


def better(one: Score, other: Score) -> bool:
    return one != other and all(mine >= its for mine, its in zip(one, other, strict=True))


def found(regimens: Sequence[Regimen], joined: Together) -> set[Score]:
    return {score(regimen.components, joined) for regimen in regimens}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers())
def test_the_front_is_what_brute_force_finds(made: Made) -> None:
    components, beliefs, clashes = made
    joined = together(beliefs, known())
    regimens = front(components, joined, clashes)
    assert found(regimens, joined) == by_brute_force(components, joined, clashes)
    assert len(regimens) == len(found(regimens, joined)), "one regimen for each score"


@settings(max_examples=100, deadline=None)
@given(offers())
def test_no_regimen_breaks_a_rule_of_choosing(made: Made) -> None:
    components, beliefs, clashes = made
    for regimen in front(components, together(beliefs, known()), clashes):
        names = {one.id for one in regimen.components}
        assert len({one.kind for one in regimen.components}) == len(names) <= MOST
        assert not any(pair <= names for pair in clashes)
        assert (regimen.cost is None) == any(one.cost is None for one in regimen.components)


def test_nothing_on_offer_leaves_the_habits() -> None:
    (only,) = front([], together({}, known()))
    assert only.components == ()
    assert (only.gain, only.cost, only.burden, only.certainty) == (0.0, 0.0, 0, "high")


def test_an_unknown_price_never_wins_on_cost() -> None:
    dear, unknown = component("dear", "A", 2.0, cost=900.0), component("unknown", "B", 2.0, cost=None)
    beliefs = {name: belief(name, 2.0, 1.0, "low") for name in ("dear", "unknown")}
    kept = {one.id for regimen in front([dear, unknown], together(beliefs, known())) for one in regimen.components}
    singles = [regimen.components[0].id for regimen in front([dear, unknown], together(beliefs, known()))
               if len(regimen.components) == 1]  # fmt: skip
    assert singles == ["dear"], "equal in all else, the known price stands and the unknown one does not"
    assert kept == {"dear", "unknown"}, "together they still promise more than one alone"


def test_a_lead_never_adds_to_the_gain() -> None:
    plain = component("plain", "A", 3.0)
    lead = component("lead", "B", leads={"g": 1.0})
    joined = together({"plain": belief("plain", 3.0, 2.0, "low")}, known())
    both = next(regimen for regimen in front([plain, lead], joined) if len(regimen.components) == 2)
    alone = next(regimen for regimen in front([plain, lead], joined) if regimen.components == (plain,))
    assert (both.gain, both.chance, both.certainty) == (alone.gain, alone.chance, alone.certainty)
    only_lead = next(regimen for regimen in front([plain, lead], joined) if regimen.components == (lead,))
    assert (only_lead.gain, only_lead.certainty) == (0.0, "none")


def test_glycine_from_two_places_counts_up_to_one_dose() -> None:
    chelate = component("chelate", "A", 2.0, leads={"glycine": 0.515})
    half, whole = (component(f"glycine{n}", "B", leads={"glycine": n}) for n in (0.5, 1.0))
    joined = together({"chelate": belief("chelate", 2.0, 2.0, "low")}, known())
    leads = {
        frozenset(one.id for one in regimen.components): regimen.leads
        for regimen in front([chelate, half, whole], joined)
    }
    assert leads[frozenset({"chelate", "glycine1.0"})] == 1.0
    assert CERTAINTY[0] == "none"
