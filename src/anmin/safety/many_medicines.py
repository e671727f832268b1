"""The medicines of a table of people: which rows bind each different one, and the hours of all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from anmin.medicines.model import Candidate
from anmin.person.model import TakenMedicine
from anmin.safety.atc import covers
from anmin.safety.bindings import Reach, bound, reach
from anmin.safety.book import ALCOHOL, ALCOHOL_CODE
from anmin.safety.combine import rules_for_medicine
from anmin.safety.findings import gravity_of, verdict_of_rule
from anmin.safety.state import DRINK, lowers_pressure
from anmin.safety.tables import need_polars
from anmin.safety.unknown import hints_at_kidneys
from anmin.units.clock import DAY

if TYPE_CHECKING:
    import polars as pl

    from anmin.safety.many import Regimen, Tables


class Timed(NamedTuple):
    """A row with hours, for one dose of the regimen. Minutes."""

    clock: int | None
    before: float
    after: float
    rule: str
    gravity: int


def unfold(people: pl.DataFrame, regimen: Regimen) -> Tables:
    """People with what their medicines tell of them, and the things they take one by one."""
    pl = need_polars()
    from anmin.safety.many import Tables

    people = people.with_row_index("row")
    medicines = _medicines(people, regimen)
    taking = people.select("row", "taking").explode("taking").drop_nulls("taking").unnest("taking")
    people = people.drop("medicines", "taking")
    if medicines.height:
        marks = _marks(medicines, regimen)
        told = medicines.select("row", "key").join(marks, on="key").drop("key").group_by("row").agg(pl.all().any())
        people = people.join(told, on="row", how="left", maintain_order="left")
    else:
        people = people.with_columns(pl.lit(False).alias(name) for name in _MARKS)
    drinkers = taking.filter(pl.col("substance") == ALCOHOL).select("row").unique().with_columns(glass=pl.lit(True))
    people = people.join(drinkers, on="row", how="left", maintain_order="left")
    tonight = pl.col("alcohol_tonight")
    drinks = (
        tonight.fill_null(pl.col("alcohol_last").is_not_null())
        | pl.col("glass").fill_null(False)
        | pl.col("alcoholic").fill_null(False)
        | pl.lit(ALCOHOL in regimen.substances)
    )
    people = people.with_columns(drinks.alias("drinks"), *(pl.col(name).fill_null(False) for name in _MARKS))
    return Tables(people, medicines, taking)


LONG_AGO = 10_000
"""Days since a medicine was stopped that is out of the body; any number past every washout does."""

_MARKS = ("alcoholic", "pressure", "kidney_hint")


def _medicines(people: pl.DataFrame, regimen: Regimen) -> pl.DataFrame:
    pl = need_polars()
    each = people.select("row", "medicines").explode("medicines").drop_nulls("medicines").unnest("medicines")
    each = each.with_columns(pl.col("atc").fill_null([]).list.join(",").alias("codes"))
    codes = each.get_column("codes").unique().to_list()
    days = [float(regimen.book.washout_days(tuple(filter(None, one.split(","))))) for one in codes]
    each = each.join(
        pl.DataFrame({"codes": codes, "washout": days}, schema={"codes": pl.String, "washout": pl.Float64}),
        on="codes", how="left", maintain_order="left",
    )  # fmt: skip
    stopped, washout = pl.col("stopped_days_ago"), pl.col("washout")
    known = pl.col("clocks_known").fill_null(True) & ~pl.col("as_needed").fill_null(False)
    return (
        each.filter(stopped.is_null() | (stopped < pl.max_horizontal(washout, 1)) | (pl.col("status") == "unknown"))
        .with_columns(
            pl.col("atc").fill_null([]),
            pl.col("routes").fill_null([]),
            pl.col("clocks").fill_null([]),
            pl.col("status").fill_null("unknown"),
            pl.col("route").fill_null("oral"),
            pl.when(stopped.fill_null(0) <= 0).then(0).when(stopped < washout).then(1).otherwise(2).alias("since"),
            pl.col("as_needed").fill_null(False),
        )
        .with_columns((known & (pl.col("clocks").list.len() > 0)).alias("known"))
        .with_columns(
            pl.concat_str(
                pl.col("atc").list.join(","), "route", pl.col("routes").list.join(","), "status", "since", separator="|"
            ).alias("key")
        )
        .select("row", "key", "atc", "route", "routes", "status", "since", "clocks", "known", "as_needed")
    )


def _reaches(medicines: pl.DataFrame, regimen: Regimen) -> Iterator[tuple[str, str, Reach]]:
    """Key, status and reach of each different medicine."""
    for key, atc, route, routes, status, since in (
        medicines.unique("key").select("key", "atc", "route", "routes", "status", "since").iter_rows()
    ):
        medicine = TakenMedicine(
            typed="", status=status, atc=tuple(atc), route=route, stopped_days_ago=(None, 1, LONG_AGO)[since],
            candidates=tuple(Candidate(name="", atc=(), route=other) for other in routes),
        )  # fmt: skip
        yield key, status, reach(medicine, regimen.book)


def _marks(medicines: pl.DataFrame, regimen: Regimen) -> pl.DataFrame:
    pl = need_polars()
    rows = [
        (
            key,
            any(covers((ALCOHOL_CODE,), code) for code in where.atc),
            lowers_pressure(where, regimen.book),
            hints_at_kidneys(where, regimen.book),
        )
        for key, _, where in _reaches(medicines, regimen)
    ]
    return pl.DataFrame(rows, schema=["key", *_MARKS], orient="row")  # type: ignore[no-any-return]


def hits(tables: Tables, regimen: Regimen) -> Iterator[pl.LazyFrame]:
    """Everything that the medicines say about the regimen."""
    pl = need_polars()
    from anmin.safety.many import hit, lookup

    for rule, gravity in _constant(DRINK, regimen):
        yield hit(tables.people.filter(pl.col("drinks")), rule, gravity, regimen)
    constant: list[tuple[Any, ...]] = []
    timed: list[tuple[Any, ...]] = []
    for key, status, where in _reaches(tables.medicines, regimen):
        constant += [(key, rule, gravity_of(verdict)) for rule, verdict in _constant(where, regimen)]
        if status != "recognised":
            rule = "unknown-medicine" if status == "unknown" else "ambiguous-medicine"
            constant.append((key, rule, gravity_of("ask")))
        timed += [
            (key, each.clock, each.before, each.after, each.rule, each.gravity) for each in _timed(where, regimen)
        ]
    text = {"key": pl.String}
    yield tables.medicines.lazy().select("row", "key").join(lookup(constant, text, regimen).lazy(), on="key")
    hours = {**text, "clock": pl.Int32, "before": pl.Float64, "after": pl.Float64}
    each = tables.medicines.lazy().join(lookup(timed, hours, regimen).lazy(), on="key")
    unplanned, unknown = pl.col("clock").is_null(), ~pl.col("known")
    anytime = each.filter(unknown | unplanned)
    yield anytime
    yield hit(anytime.filter((unknown & ~pl.col("as_needed")) | unplanned), None, "ask", regimen)
    since = (pl.col("clock") - pl.col("clocks")) % DAY
    yield (
        each.filter(~unknown & ~unplanned)
        .explode("clocks")
        .filter((since < pl.col("before")) | ((DAY - since) % DAY < pl.col("after")))
    )


def _constant(where: Reach, regimen: Regimen) -> Iterator[tuple[str, Any]]:
    """Rows that hold at any hour, with their verdict."""
    for dose, salt in zip(regimen.doses, regimen.salts, strict=True):
        for row in bound(regimen.book, where, dose.substance):
            if row.holds_for(salt) and not row.timed:
                yield row.rule.id, verdict_of_rule(row.rule.action, row.rule.severity)
        if where.body:
            for pair in rules_for_medicine(regimen.book, dose.substance, where.atc):
                yield pair.id, verdict_of_rule(pair.action, pair.severity)


def _timed(where: Reach, regimen: Regimen) -> Iterator[Timed]:
    for dose, salt in zip(regimen.doses, regimen.salts, strict=True):
        for row in bound(regimen.book, where, dose.substance):
            if row.timed and row.holds_for(salt) and (row.before_h or row.after_h):
                before, after = (row.before_h or 0) * 60, (row.after_h or 0) * 60
                yield Timed(dose.clock, before, after, row.rule.id, gravity_of("separate"))
