"""The states of a table of people: conditions, red flags, allergies, and what was never told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from anmin.knowledge.model import Condition, Threshold
from anmin.safety.book import MAGNESIUM
from anmin.safety.conditions import SALE
from anmin.safety.findings import ALL, gravity_of, verdict_of_rule
from anmin.safety.model import Verdict
from anmin.safety.tables import need_polars
from anmin.safety.triage import SEVERE_LACK
from anmin.safety.unknown import matters_in_pregnancy

if TYPE_CHECKING:
    import polars as pl

    from anmin.safety.many import Regimen, Tables


def hits(tables: Tables, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    """Everything that the people's states say about the regimen."""
    yield from _conditions(tables.people, regimen)
    yield from _flags(tables.people, regimen)
    yield from _own(tables.people, regimen)
    yield from _untold(tables.people, regimen)
    yield from _questions(tables.people, regimen)


def _conditions(people: pl.DataFrame, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit, lookup

    rules: dict[str, tuple[Condition, Verdict]] = {}
    for substance in regimen.substances:
        for rule in regimen.book.conditions_of(substance):
            asks = rule.threshold is not None and rule.threshold.egfr_unknown
            verdict: Verdict = "ask" if asks else verdict_of_rule(rule.action, rule.severity)
            rules[rule.id] = (rule, verdict)
    pl = need_polars()
    by_key = [(key, rule.id, gravity_of(verdict)) for rule, verdict in rules.values() for key in rule.keys]
    yield keys(people).lazy().join(lookup(by_key, {"state": pl.String}, regimen).lazy(), on="state")
    for rule, verdict in rules.values():
        if rule.threshold is not None:
            yield hit(people.lazy().filter(within(rule.threshold)), rule.id, verdict, regimen)


def keys(people: pl.DataFrame) -> pl.DataFrame:
    """One row for every word of the rules that is true of a person: columns ``row`` and ``state``."""
    pl = need_polars()
    given = [
        people.select("row", pl.col(name).alias("state")).explode("state").drop_nulls("state")
        for name in ("conditions", "allergies")
    ]
    expecting = pl.col("pregnant")
    derived = {
        "pregnant": (expecting == "yes") | (expecting.is_null() & pl.col("pregnancy_week").is_not_null()),
        "trying_to_conceive": expecting == "trying",
        "lactating": pl.col("lactating"),
        "alcohol_tonight": pl.col("drinks"),
        "antihypertensive": pl.col("pressure"),
    }
    told = [
        people.filter(true).select("row", pl.lit(state, dtype=pl.String).alias("state"))
        for state, true in derived.items()
    ]
    return pl.concat([*given, *told])  # type: ignore[no-any-return]


def within(bounds: Threshold) -> pl.Expr:
    """Whether the numbers of a person are those of a threshold; null counts as no."""
    pl = need_polars()
    parts: list[Any] = [pl.lit(True)]
    limits = (
        ("egfr", bounds.egfr_from, bounds.egfr_below),
        ("age", bounds.age_from, bounds.age_below),
        ("epworth", bounds.epworth_from, None),
    )
    for name, lowest, below in limits:
        if lowest is not None:
            parts.append(pl.col(name) >= lowest)
        if below is not None:
            parts.append(pl.col(name) < below)
    if bounds.egfr_unknown:
        parts.append(pl.col("egfr").is_null())
    if bounds.serum_mg_mmol_l_above is not None:
        parts.append(pl.col("serum_mg_mmol_l") > bounds.serum_mg_mmol_l_above)
    if bounds.surgery_within_days is not None:
        parts.append(pl.col("surgery_in_days") <= bounds.surgery_within_days)
    return pl.all_horizontal(parts).fill_null(False)  # type: ignore[no-any-return]


def _flags(people: pl.DataFrame, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit, lookup

    pl = need_polars()
    ending = [flag for flag in regimen.book.knowledge.red_flags.values() if flag.ends_plan]
    stop = gravity_of("stop")
    named = {"flags": [(flag.id, flag.id, stop) for flag in ending]}
    named["conditions"] = [(key, flag.id, stop) for flag in ending for key in flag.keys]
    for column, entries in named.items():
        found = people.lazy().select("row", column).explode(column).drop_nulls(column)
        yield found.join(lookup(entries, {column: pl.String}, regimen).lazy(), on=column)
    severe = pl.col("serum_mg_mmol_l") < regimen.book.knowledge.value(SEVERE_LACK)
    yield hit(people.filter(severe), "severe-low-magnesium", "stop", regimen)
    for flag in ending:
        if flag.epworth_from is not None:
            yield hit(people.filter(pl.col("epworth") >= flag.epworth_from), flag.id, "stop", regimen)


def _own(people: pl.DataFrame, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    """Allergies to the thing itself, and how it may be sold where the person lives."""
    from anmin.safety.many import hit

    pl = need_polars()
    allergic = pl.any_horizontal(
        pl.col("allergies").fill_null([]).list.contains(pl.lit(substance, dtype=pl.String))
        for substance in (*regimen.substances, "")
        if substance
    ) if regimen.substances else pl.lit(False)  # fmt: skip
    yield hit(people.filter(allergic), "allergy", "block", regimen)
    for substance in regimen.substances:
        for row in regimen.book.limits_of(substance):
            if row.status in SALE:
                here = pl.col("country").is_null() | pl.col("country").is_in(list(row.countries))
                yield hit(people.filter(here), row.id, "consult", regimen)


def _untold(people: pl.DataFrame, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit

    pl = need_polars()
    book, ages = regimen.book, regimen.book.knowledge.ranges["pregnancy_age"]
    for rule, column in (("unknown-condition", "unknown_conditions"), ("unknown-product", "unknown_products")):
        yield hit(people.filter(pl.col(column).list.len() > 0), rule, "ask", regimen)
    yield hit(people.filter(pl.col("age").is_null()), "unknown-age", "ask", regimen)
    if any(substance not in book.knowledge.substances for substance in regimen.substances):
        yield hit(people, "unknown-substance", "ask", regimen)
    if any(substance in book.knowledge.substances and not book.judged(substance) for substance in regimen.substances):
        yield hit(people, "not-judged", "ask", regimen)
    if any(book.limits_of(substance) for substance in regimen.substances):
        yield hit(people.filter(pl.col("country").is_null()), "unknown-country", "ask", regimen)
    if any(matters_in_pregnancy(book, substance) for substance in regimen.substances):
        untold = pl.col("pregnant").is_null() & pl.col("pregnancy_week").is_null()
        man = pl.col("sex").fill_null("") == "male"
        young = pl.col("age").is_between(ages.low, ages.high).fill_null(True)
        yield hit(people.filter(untold & ~man & young), "unknown-pregnancy", "ask", regimen)
    if MAGNESIUM in regimen.substances:
        yield _kidneys(people, regimen)


def _kidneys(people: pl.DataFrame, regimen: Regimen) -> pl.LazyFrame:
    from anmin.safety.many import hit

    pl = need_polars()
    sets, states = regimen.book.knowledge.code_sets, keys(people)
    unknown = people.filter(pl.col("egfr").is_null()).select("row", "kidney_hint")
    hinted = _with(states, sets["kidney-hint-conditions"].codes)
    rows = pl.concat(
        [unknown.filter("kidney_hint").select("row"), unknown.join(hinted, on="row", how="semi").select("row")]
    )
    return hit(rows, "unknown-kidney", "ask", regimen)


def _with(states: pl.DataFrame, codes: Iterable[str]) -> pl.DataFrame:
    pl = need_polars()
    return states.filter(pl.col("state").is_in(list(codes)))


def _questions(people: pl.DataFrame, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    from anmin.safety.many import hit

    pl = need_polars()
    held = people.lazy().select("row", "blocks").explode("blocks").filter(
        pl.col("blocks").is_in([ALL, *regimen.substances])
    )  # fmt: skip
    yield hit(held, None, "ask", regimen)
