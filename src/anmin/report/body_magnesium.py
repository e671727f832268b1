"""Magnesium taken up and stored, for the textbook or for one person; the safety gate answers before any model does."""

from __future__ import annotations

import msgspec

from anmin.body.magnesium import Uptake, uptake
from anmin.body.magnesium_kidney import bound_egfr, times_higher
from anmin.errors import InputError, UnknownId
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.person.model import Dose, Person
from anmin.report.page import Page
from anmin.report.plot import plot
from anmin.safety.assess import assess
from anmin.safety.model import Finding
from anmin.safety.permit import permit

_DISSOLVED = "_effervescent"
_LONGEST_WEEKS = 520
_LETS_THROUGH = frozenset({"allow", "separate"})
"""A distance in hours from a medicine says when, not how much, so the curve is drawn."""


_NO_BAR = frozenset({"none", "monitor", "separate", "refer"})
"""Actions of findings that do not bar an amount."""


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """A value with how far it may be off."""

    low: float
    best: float
    high: float


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week of the course, as changes from before."""

    week: float
    serum_mmol_l: Ends
    urine_mmol_d: float
    stored_mmol: float


class MagnesiumAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the models say of one way to take magnesium; ``refused`` instead of numbers where the gate says no.

    ``uptake_mg`` is None where nothing is known of the form. ``by_split``: mg taken up in one, two and three doses.
    """

    dose_mg: float
    form: str
    split: int
    weeks: float
    for_person: bool
    from_ceiling: bool = False
    """Whether the amount is what a ceiling leaves, and not what was asked for."""
    refused: tuple[Finding, ...] = ()
    asked: tuple[Text, ...] = ()
    """What must be answered first."""
    times_higher: float | None = None
    egfr: float | None = None
    egfr_known: bool = False
    uptake_mg: Ends | None = None
    fasting_mg: float | None = None
    by_split: tuple[float, ...] = ()
    course: tuple[Week, ...] = ()
    plateau_mmol_l: float | None = None
    serum_start_mmol_l: float | None = None


def magnesium_answer(
    knowledge: Knowledge, person: Person | None = None, *, dose_mg: float | None = None, form: str = "citrate",
    split: int = 1, weeks: float | None = None,
) -> MagnesiumAnswer:  # fmt: skip
    """The gate first, then uptake, weeks and plateau.

    Without a dose: the mean of the trials, or what a person's ceiling leaves of it. :class:`UnknownId` for a form that
    no fact has, :class:`~anmin.errors.InputError` for impossible amounts.
    """
    salt = _salt(form, knowledge)
    point = knowledge.body_points["zhang-2016-urine"]
    usual = point.given["dose_mg"] if dose_mg is None else dose_mg
    left = _ceiling(person, salt, knowledge) if dose_mg is None and person is not None else usual
    dose = min(usual, left)
    weeks = knowledge.body_points["zhang-2016-plateau"].value or 0.0 if weeks is None else weeks
    if not 0 < weeks <= _LONGEST_WEEKS:
        raise InputError("--weeks", weeks, f"more than 0, at most {_LONGEST_WEEKS}")
    plain = MagnesiumAnswer(
        dose_mg=dose, form=form, split=split, weeks=weeks, for_person=person is not None, from_ceiling=left < usual
    )
    taken = _either_way(dose, form, split, knowledge)  # bad amounts are refused before anything is told
    if person is not None:
        stopped = _refused(person, plain, salt, knowledge)
        if stopped is not None:  # an amount that nobody typed would read as advice
            return stopped if dose_mg is not None else msgspec.structs.replace(stopped, dose_mg=0.0, from_ceiling=False)
        plain = msgspec.structs.replace(plain, egfr=person.egfr, egfr_known=person.egfr is not None)
    if taken is None:
        return plain
    return _with_course(plain, taken, person, knowledge)


def _salt(form: str, knowledge: Knowledge) -> str:
    salt = form.removesuffix(_DISSOLVED)
    if salt not in knowledge.forms:
        raise UnknownId("--form", form, ", ".join([*knowledge.forms, f"oxide{_DISSOLVED}"]))
    return salt


def _ceiling(person: Person, salt: str, knowledge: Knowledge) -> float:
    alkaline = knowledge.forms[salt].alkaline
    given = permit(person, knowledge).substances.get("magnesium", ())
    left = [each.ceiling_mg for each in given if each.alkaline in (alkaline, None) and each.ceiling_mg is not None]
    return min(left, default=float("inf"))


def _refused(person: Person, plain: MagnesiumAnswer, salt: str, knowledge: Knowledge) -> MagnesiumAnswer | None:
    """What the gate says against this; None where it lets it through. No number of the model is in a refusal."""
    doses = tuple(Dose(substance="magnesium", mg=plain.dose_mg / plain.split, form=salt) for _ in range(plain.split))
    found = assess(person, doses, None, knowledge)
    weak = person.egfr is not None and person.egfr < bound_egfr(knowledge)
    if found.verdict in _LETS_THROUGH and not weak and plain.dose_mg > 0:
        return None
    against = tuple(each for each in found.findings if each.applies and each.action not in _NO_BAR)
    asked = tuple(question.text for question in found.questions) if found.verdict == "ask" else ()
    return msgspec.structs.replace(
        plain,
        refused=against or (() if asked else found.findings),
        asked=asked,
        egfr=person.egfr,
        egfr_known=person.egfr is not None,
        times_higher=times_higher(person.egfr, knowledge) if weak and person.egfr else None,
    )


def _with_course(plain: MagnesiumAnswer, taken: Uptake, person: Person | None, knowledge: Knowledge) -> MagnesiumAnswer:
    from anmin.body.magnesium_stores import Stores

    fasting = uptake(plain.dose_mg, plain.form, knowledge, split=plain.split, meal_mg=0)
    splits = [uptake(plain.dose_mg, plain.form, knowledge, split=each) for each in (1, 2, 3)]
    mmol = taken.mmol(knowledge)
    grid, stores = _grid(plain.weeks), Stores(knowledge)
    courses = [stores.course(amount, grid) for amount in mmol]
    course = tuple(
        Week(
            week=week,
            serum_mmol_l=Ends(low=courses[0].serum[at], best=courses[1].serum[at], high=courses[2].serum[at]),
            urine_mmol_d=courses[1].urine[at],
            stored_mmol=courses[1].stored[at],
        )
        for at, week in enumerate(grid)
    )
    told = None if person is None else person.serum_mg_mmol_l
    return msgspec.structs.replace(
        plain,
        uptake_mg=Ends(low=taken.low, best=taken.best, high=taken.high),
        fasting_mg=None if fasting is None else fasting.best,
        by_split=tuple(each.best for each in splits if each is not None),
        course=course,
        plateau_mmol_l=stores.plateau(mmol.best),
        serum_start_mmol_l=told if told is not None else knowledge.body_models["magnesium-serum-band"].number("low"),
    )


def _either_way(dose: float, form: str, split: int, knowledge: Knowledge) -> Uptake | None:
    """Best with a meal; the span reaches to an empty stomach, since the model has the way food works wrong."""
    fed = uptake(dose, form, knowledge, split=split)
    fasting = uptake(dose, form, knowledge, split=split, meal_mg=0)
    if fed is None or fasting is None:
        return None
    return Uptake(min(fed.low, fasting.low), fed.best, max(fed.high, fasting.high))


def _grid(weeks: float) -> tuple[float, ...]:
    """Twenty steps to the last week, closer where serum moves fastest."""
    return tuple(weeks * (step / 20) ** 2 for step in range(21))


def magnesium_page(answer: MagnesiumAnswer, knowledge: Knowledge, lang: Lang) -> None:
    """Print the answer: uptake, splitting, weeks, what it cannot do, and the two studies that share no axis."""
    page = Page(knowledge, lang, room="body")
    name = form_name(answer.form, knowledge, lang)
    if answer.refused or answer.asked or (answer.for_person and answer.dose_mg <= 0):
        _refusal(page, answer)
    elif answer.uptake_mg is None:
        page.answer(page.say("mg.answer_unknown", form=name))
        _two_studies(page)
    else:
        _uptake(page, answer, name)
        _weeks(page, answer)
        _cannot(page, answer)
        _two_studies(page)
    page.sources()
    page.footer(page.say("informs"))


def form_name(form: str, knowledge: Knowledge, lang: Lang) -> str:
    """The compound's name; the dissolved oxide keeps its id."""
    return knowledge.forms[form].name.get(lang) if form in knowledge.forms else form.replace("_", " ")


def _refusal(page: Page, answer: MagnesiumAnswer) -> None:
    page.answer(page.say("mg.refused" if answer.refused or not answer.asked else "mg.asked"))
    for question in answer.asked:
        page.item(question.get(page.lang), lead="?")
    for finding in answer.refused:
        page.item(finding.reason.get(page.lang), lead="■", sources=finding.sources)
    if answer.dose_mg <= 0 and not answer.refused and not answer.asked:
        page.item(page.say("mg.nothing_left"), lead="■")
    if answer.times_higher is not None and answer.egfr is not None:
        model = page.knowledge.body_models["magnesium-stores"]
        page.item(page.say("mg.times", egfr=answer.egfr, times=round(answer.times_higher, 1)), sources=model.sources)


def _uptake(page: Page, answer: MagnesiumAnswer, name: str) -> None:
    assert answer.uptake_mg is not None
    knowledge, taken = page.knowledge, answer.uptake_mg
    split = page.say("mg.one_dose") if answer.split == 1 else page.say("mg.doses", n=answer.split)
    page.answer(
        page.say(
            "mg.answer", dose=answer.dose_mg, form=name, split=split, best=round(taken.best), low=round(taken.low),
            high=round(taken.high),
        )
    )  # fmt: skip
    if answer.from_ceiling:
        page.item(page.say("mg.left_out", dose=answer.dose_mg))
    page.heading("mg.head_uptake")
    water = [knowledge.body_points[f"sabatier-2002-{kind}"] for kind in ("meal", "water")]
    page.item(
        page.say(
            "mg.meal", fed=round(taken.best), alone=round(answer.fasting_mg or 0),
            water_fed=round(100 * (water[0].value or 0)), water=round(100 * (water[1].value or 0)),
        ),
        sources=water[0].sources,
    )  # fmt: skip
    one, two, three = (round(each, 1) for each in answer.by_split)
    absorption = knowledge.body_models["magnesium-absorption"]
    page.item(page.say("mg.split", one=one, two=two, three=three), sources=absorption.sources)
    page.item(page.say("holds_for", validity=absorption.validity))
    factors = knowledge.body_models["magnesium-form-factor"]
    page.item(page.say("holds_for", validity=factors.validity), sources=factors.sources)


def _weeks(page: Page, answer: MagnesiumAnswer) -> None:
    from anmin.report.body_magnesium_charts import stores_chart

    last = answer.course[-1]
    page.heading("mg.head_weeks")
    page.item(
        page.say(
            "mg.weeks", weeks=answer.weeks, serum=_fine(last.serum_mmol_l.best), low=_fine(last.serum_mmol_l.low),
            high=_fine(last.serum_mmol_l.high), urine=round(last.urine_mmol_d, 2),
            plateau=_fine(answer.plateau_mmol_l or 0),
        ),
        sources=page.knowledge.body_models["magnesium-stores"].sources,
    )  # fmt: skip
    for each in answer.course[5:-1:5]:
        shown = f"{each.week:.0f}" if each.week >= 1 else f"{each.week:.1f}"
        serum = _fine(each.serum_mmol_l.best)
        page.item(page.say("mg.week_line", week=shown, serum=serum, urine=f"{each.urine_mmol_d:.2f}"), indent=4)
    page.line()
    for line in plot(stores_chart(answer, page.knowledge, page.lang), width=min(page.width, 72), height=10):
        page.line(line)


def _cannot(page: Page, answer: MagnesiumAnswer) -> None:
    knowledge = page.knowledge
    band, plateau = knowledge.body_models["magnesium-serum-band"], knowledge.body_points["zhang-2016-plateau"]
    page.heading("mg.head_cannot")
    page.item(page.say("mg.can", plateau_weeks=plateau.value or 0), sources=plateau.sources)
    page.item(page.say("mg.cannot", low=band.number("low"), high=band.number("high")), sources=band.sources)
    page.item(page.say("mg.healthy", bound=bound_egfr(knowledge)))
    if not answer.for_person:
        page.item(page.say("mg.unchecked", limit=_lowest_limit(knowledge)))
    if answer.for_person and not answer.egfr_known:
        page.item(page.say("mg.egfr_unknown"))


def _lowest_limit(knowledge: Knowledge) -> float:
    """The lowest upper limit that any country sets for an adult's supplements, in mg."""
    rows = [each for each in knowledge.limits.values() if each.substance == "magnesium" and each.scope == "supplements"]
    return min(each.value_mg for each in rows if each.value_mg is not None and each.age_below is None)


def _two_studies(page: Page) -> None:
    points = page.knowledge.body_points
    chelate, oxide = points["schuette-1994-chelate"], points["schuette-1994-oxide"]
    urine = points["firoz-2001-oxide"]
    page.heading("mg.head_two")
    page.item(
        page.say(
            "mg.two", chelate=100 * (chelate.value or 0), oxide=100 * (oxide.value or 0), urine=100 * (urine.value or 0)
        ),
        sources=(*chelate.sources, *urine.sources),
    )


def _fine(value: float) -> str:
    return f"{value:.3f}"
