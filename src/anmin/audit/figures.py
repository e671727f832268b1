"""Checks that hold a claim against the figures of one source."""

from __future__ import annotations

from anmin.audit.book import Book, agreed, ends, found, need, shown
from anmin.audit.model import Finding
from anmin.errors import InputError
from anmin.knowledge.claims import Change, Dilution, Figure, Margin, Order, Scaling, Shell


def figure(check: Figure, book: Book) -> Finding:
    """A claimed number against the source's own: equal within the tolerance, or at least, or at most."""
    right = book.figure(check.record, check.figure)
    low, high = ends(check.claimed)
    slack = check.tolerance * abs(right)
    held = {
        "equals": low - slack <= right <= high + slack,
        "at_least": low >= right - slack,
        "at_most": low <= right + slack,
    }[check.relation]
    return found(
        check, agreed([held]), book, book.sources_of(book.record(check.record)),
        value=shown(right), claimed=shown(check.claimed),
        relation=book.knowledge.text(f"audit.relation.{check.relation}"),
    )  # fmt: skip


def order(check: Order, book: Book) -> Finding:
    """Whether a figure really is the highest; less than a tenth more is no difference where ``trifle`` is set."""
    record = book.record(check.record)
    own = book.figure(check.record, check.figure)
    figures = book.figures(record)
    others = {name: need(figures, name, "than") for name in check.than or figures if name != check.figure}
    if not others:
        raise InputError("than", check.than, "another figure of the record")
    best = max(others.values())
    fits = own > best * (1 + book.knowledge.value("audit.trifle")) if check.trifle else own >= best
    note = book.knowledge.text("audit.trifle") if check.trifle else ""
    sources = book.sources_of(record)
    return found(check, agreed([fits]), book, sources, value=shown(own), other=shown(best), note=note)


_SIGN = {"rose": 1, "fell": -1, "same": 0}


def change(check: Change, book: Book) -> Finding:
    """Whether something rose or fell, as the source has it."""
    right = book.figure(check.record, check.figure)
    sign = (right > 0) - (right < 0)
    words = {number: book.knowledge.text(f"audit.change.{word}") for word, number in _SIGN.items()}
    return found(
        check, agreed([sign == _SIGN[check.claimed]]), book, book.sources_of(book.record(check.record)),
        value=words[sign], claimed=words[_SIGN[check.claimed]],
    )  # fmt: skip


def margin(check: Margin, book: Book) -> Finding:
    """How far a limit lies below the lowest dose that did harm."""
    limit = need(book.knowledge.limits, check.limit, "limit")
    harmful = book.figure(check.record, check.figure)
    if not limit.value_mg:
        raise InputError("limit", check.limit, "a limit with a value")
    fits = harmful >= book.knowledge.value("audit.margin") * limit.value_mg
    return found(
        check, agreed([fits]), book, (*book.sources_of(book.record(check.record)), *limit.sources),
        harmful=shown(harmful), limit=shown(limit.value_mg), gap=shown(harmful - limit.value_mg),
    )  # fmt: skip


def shell(check: Shell, book: Book) -> Finding:
    """Ratio of the radii of the hydrated and the bare ion, and its cube, the ratio of volumes; within 5 %."""
    bare, hydrated = (book.figure(check.record, name) for name in ("bare_angstrom", "hydrated_angstrom"))
    if not 0 < bare < hydrated:
        raise InputError("figures", (bare, hydrated), "bare_angstrom above 0 and below hydrated_angstrom")
    radius = hydrated / bare
    right = radius if check.of == "radius" else radius**3
    return found(
        check, agreed([abs(check.claimed - right) <= 0.05 * right]), book,
        book.sources_of(book.record(check.record)),
        radius=shown(round(radius, 1)), volume=shown(round(radius**3)), claimed=shown(check.claimed),
        of=book.knowledge.text(f"audit.of.{check.of}"),
    )  # fmt: skip


def scaling(check: Scaling, book: Book) -> Finding:
    """Rat dose (g/kg) times the ratio of the Km factors, for one adult, against the dose of a human study."""
    rat = book.figure(check.record, check.figure)
    kilograms = book.knowledge.value("audit.adult_kg")
    human = 1000 * rat * book.knowledge.value("audit.rat_to_human") * kilograms
    study = book.study(check.study)
    dose = study.doses[0].mg if study.doses else None
    if not dose:
        raise InputError("study", check.study, "a study with a stated dose")
    fits = human <= book.knowledge.value("audit.comparable_dose") * dose
    return found(
        check, "fits" if fits else "in_part", book, (*book.sources_of(book.record(check.record)), *study.sources),
        rat=shown(rat), human=shown(round(human / 1000, 1)), kg=shown(kilograms), dose=shown(round(dose / 1000, 2)),
    )  # fmt: skip


def dilution(check: Dilution, book: Book) -> Finding:
    """Grams in a litre of bathwater against the strength that was studied."""
    few, many = ends(check.cups)
    cup = book.knowledge.value("audit.cup_g")
    weakest = few * cup / book.knowledge.value("audit.tub_most_l")
    strongest = many * cup / book.knowledge.value("audit.tub_least_l")
    studied = book.figure(check.record, check.figure)
    if not weakest > 0:
        raise InputError("cups", check.cups, "more than 0")
    return found(
        check, "fits" if weakest >= studied else "in_part", book, book.sources_of(book.record(check.record)),
        cups=shown(check.cups), value=shown((round(weakest, 1), round(strongest, 1))), studied=shown(studied),
        times=shown((round(studied / strongest), round(studied / weakest))),
    )  # fmt: skip
