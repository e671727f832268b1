"""The second door for a table of people: one regimen, everybody in it, a verdict and the rules behind it for each.

The same rules as :func:`anmin.safety.assess.assess`, equal row by row (a test holds the two together), worked out on
columns: rules are looked up once for each different medicine, condition or ingredient in the table, and hours and sums
are compared for the whole column at once. Tables are those of :mod:`anmin.safety.tables`; polars is the optional extra
``anmin[tables]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from anmin.errors import AmountError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Dose
from anmin.safety.assess import alkaline
from anmin.safety.book import Rulebook, rulebook
from anmin.safety.findings import gravity_of
from anmin.safety.ledger import check_doses
from anmin.safety.model import GRAVITY, Verdict
from anmin.safety.tables import complete, need_polars

if TYPE_CHECKING:
    import polars as pl


class Regimen(NamedTuple):
    """What everybody would take, and the rules to hold it against."""

    doses: tuple[Dose, ...]
    salts: tuple[bool | None, ...]
    """For each dose whether it is an alkaline salt."""
    substances: tuple[str, ...]
    book: Rulebook
    rules: Any
    """The polars type of a rule id: an enumeration in alphabetical order."""


class Tables(NamedTuple):
    """People, and what each of them takes, one row a thing. ``row`` is the person's place in the table."""

    people: pl.DataFrame
    medicines: pl.DataFrame
    taking: pl.DataFrame


def assess_many(people: pl.DataFrame, doses: Sequence[Dose], knowledge: Knowledge) -> pl.DataFrame:
    """Columns ``verdict`` (text) and ``rules`` (list of the ids that apply, in alphabetical order), one row a person.

    ``doses`` is the regimen, the same for everybody, on top of what each person takes. A bath is not screened.
    :class:`~anmin.errors.InputError` names a column of the wrong type, :class:`~anmin.errors.AmountError` an amount or
    time that is none.
    """
    pl = need_polars()
    from anmin.safety import many_amounts, many_medicines, many_states

    check_doses(doses)
    book = rulebook(knowledge)
    regimen = Regimen(
        tuple(doses), tuple(alkaline(dose, book) for dose in doses),
        tuple(dict.fromkeys(dose.substance for dose in doses)), book, pl.Enum(sorted(_rule_ids(knowledge))),
    )  # fmt: skip
    tables = many_medicines.unfold(complete(people), regimen)
    _check_taking(tables.taking)
    hits = [
        *many_medicines.hits(tables, regimen),
        *many_states.hits(tables, regimen),
        *many_amounts.hits(tables, regimen),
    ]
    return _merge(tables.people.select("row"), hits, regimen)


def hit(rows: pl.DataFrame | pl.LazyFrame, rule: str | None, verdict: Verdict, regimen: Regimen) -> pl.LazyFrame:
    """One rule that applies to every person of ``rows``; without a rule, a question."""
    pl = need_polars()
    return rows.lazy().select(
        pl.col("row"),
        pl.lit(rule, dtype=regimen.rules).alias("rule"),
        pl.lit(gravity_of(verdict), dtype=pl.UInt8).alias("gravity"),
    )


def lookup(entries: Iterable[tuple[Any, ...]], columns: dict[str, Any], regimen: Regimen) -> pl.DataFrame:
    """A small table to join with, its last two columns ``rule`` and ``gravity``."""
    pl = need_polars()
    full = {**columns, "rule": regimen.rules, "gravity": pl.UInt8}
    return pl.DataFrame(list(entries), schema=full, orient="row")  # type: ignore[no-any-return]


def _merge(rows: pl.DataFrame, hits: Sequence[pl.LazyFrame], regimen: Regimen) -> pl.DataFrame:
    pl = need_polars()
    words = dict(enumerate(GRAVITY))
    every = pl.concat([each.select("row", "rule", "gravity") for each in hits], how="vertical").collect()
    graver = every.group_by("row").agg(pl.col("gravity").max())
    # Enumerations sort by their place, which is the alphabet.
    told = every.drop_nulls("rule").select("row", "rule").unique().sort("row", "rule")
    rules = told.group_by("row", maintain_order=True).agg(pl.col("rule"))
    return (
        rows.join(graver, on="row", how="left", maintain_order="left")
        .join(rules, on="row", how="left", maintain_order="left")
        .select(
            pl.col("gravity").fill_null(0).replace_strict(words, return_dtype=pl.String).alias("verdict"),
            pl.col("rule").fill_null(pl.lit([], dtype=pl.List(regimen.rules))).cast(pl.List(pl.String)).alias("rules"),
        )
    )


def _check_taking(taking: pl.DataFrame) -> None:
    pl = need_polars()
    amount = pl.col("mg")
    broken = taking.filter(amount.is_null() | ~amount.is_finite() | (amount < 0))
    if broken.height:
        raise AmountError("taking.mg", broken["mg"][0], "a finite number of milligrams, 0 or more")
    broken = taking.filter(~pl.col("clock").is_between(0, 24 * 60 - 1))
    if broken.height:
        raise AmountError("taking.clock", broken["clock"][0], "minutes after midnight, 0 to 1439")


def _rule_ids(knowledge: Knowledge) -> set[str]:
    tables = (
        knowledge.interactions, knowledge.conditions, knowledge.limits, knowledge.red_flags, knowledge.combinations,
    )  # fmt: skip
    messages = {name.removeprefix("safety.") for name in knowledge.messages if name.startswith("safety.")}
    return {rule for table in tables for rule in table} | messages
