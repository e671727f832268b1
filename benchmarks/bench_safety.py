"""The gate's speed: one assessment warm, and a table of people against a loop over the same people.

    python benchmarks/bench_safety.py [PEOPLE]

The crowd is made up: 0 to 5 medicines each from every code the rules name, at random minutes, random conditions, ages,
kidneys and products. Figures are medians of several runs on whatever machine this is.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

from anmin.knowledge.load import Knowledge, load
from anmin.person.model import Dose, Person, TakenMedicine
from anmin.safety.assess import assess
from anmin.safety.many import assess_many
from anmin.safety.permit import permit
from anmin.safety.tables import people_table

REGIMEN = (
    Dose(substance="magnesium", mg=200, clock=22 * 60 + 30, form="bisglycinate"),
    Dose(substance="glycine", mg=3000, clock=22 * 60 + 30),
    Dose(substance="l_theanine", mg=200, clock=22 * 60 + 30),
)
COUNTRIES = ("US", "EU", "UK", "JP", "TW", "CN", "CA", "AU")


def crowd(knowledge: Knowledge, number: int, seed: int = 7) -> list[Person]:
    """Made-up people, the same for the same seed."""
    draw = random.Random(seed)
    codes = sorted({code for rule in knowledge.interactions.values() for code in rule.atc})
    keys = sorted(knowledge.condition_keys)
    return [_person(draw, codes, keys) for _ in range(number)]


def _person(draw: random.Random, codes: list[str], keys: list[str]) -> Person:
    age = draw.randint(18, 95)
    return Person(
        age=age,
        sex=draw.choice(("female", "male")),
        country=draw.choice(COUNTRIES),
        bed=23 * 60,
        rise=7 * 60,
        complaint="falling_asleep",
        pregnant="no",
        egfr=draw.choice((None, draw.uniform(10, 120), draw.uniform(60, 120))),
        conditions=tuple(draw.sample(keys, draw.choice((0, 0, 1, 2)))),
        medicines=tuple(
            TakenMedicine(
                typed=str(number), status="recognised", atc=(draw.choice(codes),), route="oral",
                clocks=tuple(sorted(draw.sample(range(1440), draw.choice((1, 1, 2, 3))))),
            )
            for number in range(draw.choice((0, 1, 1, 2, 3, 5)))
        ),
        taking=tuple(
            Dose(substance=draw.choice(("magnesium", "zinc", "vitamin_b6", "melatonin")), mg=draw.uniform(1, 200),
                 clock=draw.randrange(1440), origin="product")
            for _ in range(draw.choice((0, 0, 1, 2)))
        ),
    )  # fmt: skip


def seconds(call: Callable[[], object], runs: int) -> float:
    """Median wall time of several runs, after one that is not counted."""
    call()
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main() -> None:
    """Print the figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    knowledge = load()
    some = crowd(knowledge, 2_000)

    def loop() -> None:
        for person in some:
            assess(person, REGIMEN, None, knowledge)

    each = seconds(loop, 5) / len(some)
    doors = seconds(lambda: [permit(person, knowledge) for person in some[:200]], 5) / 200
    table = people_table(crowd(knowledge, number, seed=8))
    whole = seconds(lambda: assess_many(table, REGIMEN, knowledge), 5)
    print(f"assess       {each * 1e6:10.0f} µs a person ({len(REGIMEN)} doses, {len(some)} people, median of 5 runs)")
    print(f"permit       {doors * 1e6:10.0f} µs a person (every substance, 200 people)")
    print(f"assess_many  {number / whole:10,.0f} people a second ({number:,} people in {whole:.2f} s)")
    print(f"ratio        {each * number / whole:10.1f} times the loop over assess")


if __name__ == "__main__":
    main()
