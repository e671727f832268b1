"""Checks that only reckon: what follows from molar masses, from an interval, from a scale of temperature."""

from __future__ import annotations

import math

from anmin.audit.book import Book, agreed, ends, found, need, shown
from anmin.audit.model import Finding
from anmin.errors import InputError
from anmin.evidence.distributions import normal_p
from anmin.evidence.effect_sizes import se_from_interval
from anmin.knowledge.claims import Bonferroni, DoseNeeded, PFromInterval, Stoichiometry, Temperature
from anmin.knowledge.model import Form
from anmin.knowledge.stoichiometry import GLYCINE, fraction_of


def stoichiometry(check: Stoichiometry, book: Book) -> Finding:
    """Mass of one part of a compound from the mass of another (formulas, IUPAC atomic masses)."""
    form = need(book.knowledge.forms, check.form, "form")
    factor = _per_element(form, check.to) / _per_element(form, check.of) * check.times
    low, high = (mg * factor + check.plus_mg for mg in ends(check.mg))
    if check.percent_of is not None:
        target = _glycine_dose(check.percent_of, book)
        low, high = 100 * low / target, 100 * high / target
    slack = check.tolerance
    fits = low * (1 - slack) <= check.claimed <= high * (1 + slack)
    name = book.knowledge.text
    return found(
        check, agreed([fits]), book, form.sources, by="arithmetic", form=form.name,
        mg=f"{shown(check.times)} × {shown(check.mg)}" if check.times != 1 else shown(check.mg),
        of=name(f"audit.part.{check.of}"), to=name(f"audit.part.{check.to}"), value=shown((low, high)),
        claimed=shown(check.claimed), unit="%" if check.percent_of is not None else "mg",
    )  # fmt: skip


def _per_element(form: Form, part: str) -> float:
    """Mass of a part that belongs to one unit mass of the element."""
    compound = 1 / fraction_of(form)
    masses = {"element": 1.0, "compound": compound, "glycine": form.glycine_per_magnesium, "ligand": compound - 1}
    mass = masses[part]
    if mass is None:
        raise InputError("form", form.id, "a compound that holds glycine")
    return mass


def _glycine_dose(study_id: str, book: Book) -> float:
    for dose in book.study(study_id).doses:
        if dose.substance == GLYCINE and dose.mg:
            return dose.mg
    raise InputError("percent_of", study_id, "a study with a stated dose of glycine")


def dose_needed(check: DoseNeeded, book: Book) -> Finding:
    """The magnesium that has to be swallowed for so much glycine, against limits: at most a little over."""
    form = need(book.knowledge.forms, check.form, "form")
    magnesium = check.glycine_mg / _per_element(form, "glycine")
    limits = [need(book.knowledge.limits, limit_id, "limits") for limit_id in check.limits]
    values = [limit.value_mg for limit in limits if limit.value_mg]
    if not values:
        raise InputError("limits", check.limits, "limits with a value")
    near = 1 + book.knowledge.value("audit.near_limit")
    sources = (source for limit in limits for source in limit.sources)
    return found(
        check, agreed(magnesium <= near * value for value in values), book, sources, by="arithmetic",
        form=form.name, glycine=shown(check.glycine_mg), value=shown(magnesium),
        limits=shown((min(values), max(values))),
        percent=shown((round(100 * magnesium / max(values)), round(100 * magnesium / min(values)))),
    )  # fmt: skip


def p_of(record_id: str, book: Book) -> float:
    """Two-sided p from an odds ratio and its 95 % interval (Altman & Bland 2011, doi 10.1136/bmj.d2304)."""
    ratio, low, high = (book.figure(record_id, name) for name in ("odds_ratio", "low", "high"))
    if not 0 < low < high or not ratio > 0:
        raise InputError("figures", (ratio, low, high), "odds_ratio, low and high above 0, low below high")
    return normal_p(math.log(ratio) / se_from_interval(math.log(low), math.log(high)))


def p_from_interval(check: PFromInterval, book: Book) -> Finding:
    """Whether the recomputed p is below what the claim says."""
    p = p_of(check.record, book)
    record = book.record(check.record)
    figures = book.figures(record)
    return found(
        check, agreed([p < check.below]), book, book.sources_of(record), by="arithmetic",
        p=shown(p), claimed=shown(check.below), ratio=shown(figures["odds_ratio"]),
        low=shown(figures["low"]), high=shown(figures["high"]),
    )  # fmt: skip


def bonferroni(check: Bonferroni, book: Book) -> Finding:
    """Fits below the shared level, in part below the plain one only, against above both."""
    p = p_of(check.record, book)
    exposures = book.figure(check.record, "exposures")
    if exposures < 1:
        raise InputError("exposures", exposures, "1 or more")
    held = (p < check.level, p < check.level / exposures)
    return found(
        check, agreed(held), book, book.sources_of(book.record(check.record)),
        p=shown(p), level=shown(check.level / exposures), exposures=shown(exposures),
    )  # fmt: skip


def temperature(check: Temperature, book: Book) -> Finding:
    """°F = °C · 9/5 + 32; a claim may be rounded to the nearest degree."""
    exact = tuple(celsius * 9 / 5 + 32 for celsius in ends(check.celsius))
    fits = all(abs(right - said) <= 0.5 for right, said in zip(exact, ends(check.fahrenheit), strict=True))
    return found(
        check, agreed([fits]), book, (), by="arithmetic",
        celsius=shown(check.celsius), value=shown((exact[0], exact[1])), claimed=shown(check.fahrenheit),
    )  # fmt: skip
