"""Sums and pairs of a table of people: what they take already, together with the regimen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from anmin.knowledge.combinations import Combination
from anmin.knowledge.model import Condition, Limit
from anmin.safety.book import MAGNESIUM
from anmin.safety.combine import rules_for
from anmin.safety.findings import gravity_of, verdict_of_rule
from anmin.safety.ledger import TOLERANCE_MG
from anmin.safety.many_states import keys, within
from anmin.safety.tables import need_polars
from anmin.units.clock import DAY

if TYPE_CHECKING:
    import polars as pl

    from anmin.person.model import Dose
    from anmin.safety.many import Regimen, Tables


def hits(tables: Tables, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    """Limits that are passed, and ingredients that do not go together."""
    for substance in regimen.substances:
        yield from _limits(tables, substance, regimen)
    yield from _within_regimen(tables, regimen)
    yield from _with_taken(tables, regimen)


def _taken(tables: Tables, substance: str) -> pl.LazyFrame:
    pl = need_polars()
    own = tables.taking.lazy().filter(pl.col("substance") == substance)
    return own.group_by("row").agg(pl.col("mg").sum().alias("taken"))


def _sum(regimen: Regimen, substance: str) -> float:
    return sum(dose.mg for dose in regimen.doses if dose.substance == substance)


def _limits(tables: Tables, substance: str, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit

    pl = need_polars()
    rows = [row for row in regimen.book.limits_of(substance) if row.binding]
    caps = [rule for rule in regimen.book.conditions_of(substance) if rule.cap_mg is not None]
    if not rows and not caps:
        return
    people = _with_limits(_with_caps(tables.people, caps).lazy(), rows)
    food = _food(regimen, substance)
    left = [pl.col(row.id) - food for row in rows if row.scope == "all"]
    names = sorted([*(row.id for row in rows), *(rule.id for rule in caps)])
    strictest = pl.coalesce(pl.when(pl.col(name) == pl.col("least")).then(pl.lit(name)) for name in names)
    yield (
        people.with_columns(left)
        .select("row", *names, least=pl.min_horizontal(names))
        .join(_taken(tables, substance), on="row", how="left")
        .filter(pl.col("taken").fill_null(0.0) + _sum(regimen, substance) > pl.col("least") + TOLERANCE_MG)
        .select(
            "row",
            strictest.cast(regimen.rules).alias("rule"),
            pl.lit(gravity_of("cap"), dtype=pl.UInt8).alias("gravity"),
        )
    )
    heaviest = max(dose.mg for dose in regimen.doses if dose.substance == substance)
    earlier: Any = pl.lit(False)
    for mg, name in sorted((row.max_single_mg, row.id) for row in rows if row.max_single_mg is not None):
        here = pl.col(name).is_not_null()
        if heaviest > mg:
            yield hit(people.filter(here & ~earlier), name, "cap", regimen)
        earlier = earlier | here


def _with_caps(people: pl.DataFrame, caps: Sequence[Condition]) -> pl.DataFrame:
    """People with a column for each condition that caps the day: its milligrams where it holds, else null."""
    pl = need_polars()
    for rule in caps:
        held = keys(people).filter(pl.col("state").is_in(list(rule.keys)))["row"]
        true = pl.col("row").is_in(held.implode())
        if rule.threshold is not None:
            true = true | within(rule.threshold)
        people = people.with_columns(pl.when(true).then(pl.lit(rule.cap_mg)).alias(rule.id))
    return people


def _food(regimen: Regimen, substance: str) -> Any:
    pl = need_polars()
    usual = regimen.book.knowledge.judgments.get(f"safety.food.{substance}")
    value = pl.lit(usual.value if usual is not None else 0.0)
    return pl.col("diet_mg").fill_null(value) if substance == MAGNESIUM else value


def _with_limits(people: pl.LazyFrame, rows: Sequence[Limit]) -> pl.LazyFrame:
    """People with a column for each limit row: its milligrams where it binds, else null.

    The rows for the person's age bind, or all of the country's when none is for that age.
    """
    pl = need_polars()
    if not rows:
        return people
    here = [pl.col("country").is_in(list(row.countries)).fill_null(bool(row.countries)) for row in rows]
    people = people.with_columns(
        pl.when(true).then(_amount(row)).alias(row.id) for row, true in zip(rows, here, strict=True)
    )
    people = people.with_columns((pl.col(row.id).is_not_null() & _fits(row)).alias(f"{row.id} fits") for row in rows)
    fits = [pl.col(f"{row.id} fits") for row in rows]
    people = people.with_columns(some=pl.any_horizontal(fits))
    return people.with_columns(
        pl.when(fit | ~pl.col("some")).then(pl.col(row.id)) for row, fit in zip(rows, fits, strict=True)
    )


def _amount(row: Limit) -> Any:
    pl = need_polars()
    if row.value_mg is not None:
        return pl.lit(row.value_mg, dtype=pl.Float64)
    return pl.lit(row.value_mg_per_kg, dtype=pl.Float64) * pl.col("weight_kg")


def _fits(row: Limit) -> Any:
    pl = need_polars()
    old = pl.lit(True) if row.age_from is None else pl.col("age") >= row.age_from
    young = pl.lit(True) if row.age_below is None else pl.col("age") < row.age_below
    return (old & young).fill_null(True)


def _within_regimen(tables: Tables, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit

    for one, other in combinations(regimen.doses, 2):
        for row in rules_for(regimen.book, one.substance, other.substance):
            if row.action == "separate" and _apart(one.clock, other.clock, row):
                continue
            verdict = verdict_of_rule(row.action, row.severity)
            yield hit(_heavy(tables, row, regimen), row.id, verdict, regimen)


def _heavy(tables: Tables, row: Combination, regimen: Regimen) -> pl.LazyFrame:
    """The people whose day holds enough of the second ingredient for the row."""
    pl = need_polars()
    if row.from_mg is None:
        return tables.people.lazy()
    day = tables.people.lazy().select("row").join(_taken(tables, row.second), on="row", how="left")
    return day.filter(pl.col("taken").fill_null(0.0) + _sum(regimen, row.second) >= row.from_mg)


def _apart(one: int | None, other: int | None, row: Combination) -> bool:
    hours = (row.apart_h or 0) * 60
    if not hours:
        return True
    return one is not None and other is not None and min((one - other) % DAY, (other - one) % DAY) >= hours


def _with_taken(tables: Tables, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    """Each dose of the regimen with each thing that is taken already."""
    from anmin.safety.many import lookup

    pl = need_polars()
    others = tables.taking["substance"].unique().to_list()
    found: dict[Combination, list[tuple[str, Dose]]] = {}
    for other in others:
        for dose in regimen.doses:
            for row in rules_for(regimen.book, dose.substance, other):
                found.setdefault(row, []).append((other, dose))
    for row, pairs in found.items():
        gravity = gravity_of(verdict_of_rule(row.action, row.severity))
        hours = (row.apart_h or 0) * 60 if row.action == "separate" else None
        entries = [(other, dose.clock, row.id, gravity) for other, dose in pairs]
        columns = {"substance": pl.String, "planned": pl.Int32}
        rows = tables.taking.lazy().join(lookup(entries, columns, regimen).lazy(), on="substance")
        if row.from_mg is not None:
            rows = rows.join(_heavy(tables, row, regimen).select("row"), on="row", how="semi")
        if hours is not None:
            since = (pl.col("planned") - pl.col("clock")) % DAY
            near = (since < hours) | ((DAY - since) % DAY < hours)
            rows = rows.filter(near.fill_null(hours > 0))
        yield rows
