"""The table of people that :func:`anmin.safety.many.assess_many` screens.

One row a person, columns named like the fields of :class:`~anmin.person.model.Person`:

==================  =================================================================================================
column              type
==================  =================================================================================================
age, pregnancy_week, surgery_in_days, alcohol_last      integer; clock times in minutes after midnight
weight_kg, egfr, serum_mg_mmol_l, diet_mg, epworth      float; ``epworth`` is ``scores["epworth"]``
sex, country, pregnant                                  text, the words of ``Person``
lactating, alcohol_tonight                              true, false or null
conditions, unknown_conditions, allergies, flags, unknown_products   list of text
blocks              list of text: what the open questions of the profile hold back, all ``Question.blocks`` together
medicines           list of struct: typed, status, atc (list), route, routes (list, of the candidates), clocks (list),
                    clocks_known, as_needed, stopped_days_ago
taking              list of struct: substance, mg, clock
==================  =================================================================================================

A column that is missing is null everywhere; null means *not known* for a single value and *none* for a list. Further
columns are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from anmin.errors import InputError
from anmin.person.model import Person

if TYPE_CHECKING:
    import polars as pl


def need_polars() -> Any:
    """The polars module, imported only when a table is wanted; :class:`ImportError` that says how to get it."""
    try:
        import polars
    except ImportError:
        raise ImportError("tables of people need polars: pip install anmin[tables]") from None
    return polars


def schema() -> dict[str, Any]:
    """Column name → polars type."""
    pl = need_polars()
    words = pl.List(pl.String)
    return {
        **dict.fromkeys(("age", "pregnancy_week", "surgery_in_days", "alcohol_last"), pl.Int32),
        **dict.fromkeys(("weight_kg", "egfr", "serum_mg_mmol_l", "diet_mg", "epworth"), pl.Float64),
        **dict.fromkeys(("sex", "country", "pregnant"), pl.String),
        **dict.fromkeys(("lactating", "alcohol_tonight"), pl.Boolean),
        **dict.fromkeys(
            ("conditions", "unknown_conditions", "allergies", "flags", "unknown_products", "blocks"), words
        ),
        "medicines": pl.List(
            pl.Struct(
                {
                    "typed": pl.String,
                    "status": pl.String,
                    "atc": words,
                    "route": pl.String,
                    "routes": words,
                    "clocks": pl.List(pl.Int32),
                    "clocks_known": pl.Boolean,
                    "as_needed": pl.Boolean,
                    "stopped_days_ago": pl.Int32,
                }
            )
        ),
        "taking": pl.List(pl.Struct({"substance": pl.String, "mg": pl.Float64, "clock": pl.Int32})),
    }


def people_table(people: Iterable[Person]) -> pl.DataFrame:
    """The table of these people."""
    pl = need_polars()
    columns = schema()
    rows = [_row(person) for person in people]
    return pl.DataFrame({name: [row[name] for row in rows] for name in columns}, schema=columns)  # type: ignore[no-any-return]


def _row(person: Person) -> dict[str, Any]:
    plain = ("age", "pregnancy_week", "surgery_in_days", "alcohol_last", "weight_kg", "egfr", "serum_mg_mmol_l",
             "diet_mg", "sex", "country", "pregnant", "lactating", "alcohol_tonight")  # fmt: skip
    lists = ("conditions", "unknown_conditions", "allergies", "flags", "unknown_products")
    return {
        **{name: getattr(person, name) for name in plain},
        **{name: list(getattr(person, name)) for name in lists},
        "epworth": person.scores.get("epworth"),
        "blocks": [name for question in person.questions for name in question.blocks],
        "medicines": [
            {
                "typed": medicine.typed,
                "status": medicine.status,
                "atc": list(medicine.atc),
                "route": medicine.route,
                "routes": [candidate.route for candidate in medicine.candidates],
                "clocks": list(medicine.clocks),
                "clocks_known": medicine.clocks_known,
                "as_needed": medicine.as_needed,
                "stopped_days_ago": medicine.stopped_days_ago,
            }
            for medicine in person.medicines
        ],
        "taking": [{"substance": dose.substance, "mg": dose.mg, "clock": dose.clock} for dose in person.taking],
    }


def complete(people: pl.DataFrame) -> pl.DataFrame:
    """The table with exactly the columns of :func:`schema`; :class:`InputError` names one of another type."""
    pl = need_polars()
    columns = []
    for name, kind in schema().items():
        if name not in people.columns:
            columns.append(pl.Series(name, [None], dtype=kind).new_from_index(0, people.height))
            continue
        try:
            columns.append(people[name].cast(kind, strict=True))
        except pl.exceptions.PolarsError as error:
            raise InputError(name, str(people[name].dtype), f"a column of type {kind}", str(error)[:200]) from None
    return pl.DataFrame(columns)  # type: ignore[no-any-return]
