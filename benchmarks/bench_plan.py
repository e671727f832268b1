"""Warm milliseconds for one plan, over ordinary people and over a thousand made-up ones.

    python benchmarks/bench_plan.py

The peer is what the front costs when every combination is scored and compared without pruning.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from itertools import product

from anmin.knowledge.load import Knowledge, load
from anmin.person.model import Person, TakenMedicine
from anmin.person.status import magnesium_status
from anmin.plan.believe import believe, together
from anmin.plan.choose import MOST, front
from anmin.plan.components import Offers, offers
from anmin.plan.make import make_plan
from anmin.safety.permit import permit


def somebody(**told: object) -> Person:
    plain: dict[str, object] = {
        "age": 34, "sex": "male", "country": "US", "bed": 1380, "rise": 420, "complaint": "falling_asleep",
        "dinner": 1140, "alcohol_tonight": False, "diet_mg": 250.0,
    }  # fmt: skip
    return Person(**{**plain, **told})  # type: ignore[arg-type]


def ordinary() -> dict[str, Person]:
    cipro = TakenMedicine(typed="Cipro", status="recognised", atc=("J01MA02",), route="oral", clocks=(480, 1200))
    return {
        "nobody's patient, US": somebody(),
        "wakes at night, US": somebody(complaint="staying_asleep"),
        "unrefreshed, JP": somebody(complaint="unrefreshing", country="JP"),
        "ciprofloxacin twice a day, JP": somebody(country="JP", medicines=(cipro,)),
        "no capsules, EU": somebody(country="EU", no_capsules=True),
        "72, EU": somebody(age=72, egfr=80.0, country="EU"),
    }


def many(count: int) -> list[Person]:
    draw = random.Random(7)
    codes = ["C10AA05", "J01MA02", "H03AA01", "N06AB06", "C03CA01", "A02BC01", "M05BA04", "N05CF02"]
    return [
        somebody(
            age=draw.randint(18, 90), sex=draw.choice(["female", "male"]), pregnant="no", egfr=85.0,
            country=draw.choice(["US", "EU", "UK", "JP", "TW", "CN", "CA", "AU"]), bed=draw.randrange(1260, 1440, 5),
            complaint=draw.choice(["falling_asleep", "staying_asleep", "early_waking", "unrefreshing"]),
            diet_mg=draw.uniform(100, 500), cheapest=draw.random() < 0.2, no_capsules=draw.random() < 0.2,
            medicines=tuple(
                TakenMedicine(
                    typed=code, status="recognised", atc=(code,), route="oral", clocks=(draw.randrange(0, 1440, 30),)
                )
                for code in draw.sample(codes, draw.choice([0, 0, 1, 2]))
            ),
        )
        for _ in range(count)
    ]  # fmt: skip


def milliseconds(run: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1e3


def offered_to(person: Person, knowledge: Knowledge) -> Offers:
    chance = magnesium_status(person, knowledge).probability_inadequate
    return offers(person, permit(person, knowledge), believe(person, knowledge, chance), knowledge)


def without_pruning(offered: Offers, knowledge: Knowledge) -> int:
    """Scores every allowed combination once, and compares nothing: the least that looking at all of them costs."""
    joined = together(offered.beliefs, knowledge)
    kinds: dict[str, list[int]] = {}
    for place, component in enumerate(offered.components):
        kinds.setdefault(component.kind, []).append(place)
    scored = 0
    for chosen in product(*[[None, *places] for places in kinds.values()]):
        members = [offered.components[place] for place in chosen if place is not None]
        if len(members) <= MOST:
            numbered = tuple(one for one in members if one.expected is not None)
            if numbered:
                joined(numbered)
            scored += 1
    return scored


def main() -> None:
    knowledge = load()
    make_plan(somebody(), knowledge)
    print("one plan, warm (median of 50):")
    for name, person in ordinary().items():
        plan = make_plan(person, knowledge)
        spent = milliseconds(lambda person=person: make_plan(person, knowledge), 50)  # type: ignore[misc]
        print(f"  {name:32} {spent:6.2f} ms   {plan.status}, front of {plan.front_size}")
    people = many(1000)
    spent = []
    for person in people:
        start = time.perf_counter()
        make_plan(person, knowledge)
        spent.append((time.perf_counter() - start) * 1e3)
    spent.sort()
    print(f"1,000 people: median {spent[500]:.2f} ms, 95 of 100 below {spent[950]:.2f} ms, slowest {spent[-1]:.2f} ms")
    offered = offered_to(somebody(prefer="one_thing"), knowledge)
    pruned = milliseconds(lambda: front(offered.components, together(offered.beliefs, knowledge), offered.clashes), 20)
    start = time.perf_counter()
    scored = without_pruning(offered, knowledge)
    brute = (time.perf_counter() - start) * 1e3
    print(
        f"the front alone: {pruned:.2f} ms; scoring all {scored:,} combinations without pruning: {brute:.0f} ms "
        f"({brute / pruned:.0f} times)"
    )


if __name__ == "__main__":
    main()
