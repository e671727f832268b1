"""What safety needs and nobody has said yet.

A field whose need hangs on another that is also missing is asked at once: who gave no sex is asked about pregnancy,
who gave no age about the kidneys. So an answer takes questions away and brings no new ones of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.answers import Profile
from anmin.person.asked import EVERYTHING, THE_PLAN, question, sedating
from anmin.person.model import Person, Question

HOT_BATH = "hot_bath"


def missing(profile: Profile, person: Person, knowledge: Knowledge) -> tuple[Question, ...]:
    """The questions about fields without an answer, the most important first."""
    return tuple(_missing(profile, person, knowledge))


def _missing(profile: Profile, person: Person, knowledge: Knowledge) -> Iterator[Question]:
    if profile.age is None:
        yield question(knowledge, "age", field="age", blocks=EVERYTHING)
    if profile.sex is None:
        yield question(
            knowledge, "sex", field="sex", blocks=_sex_matters(person, knowledge), options=("female", "male")
        )
    if _may_bear_children(person, knowledge):
        if profile.pregnant is None and profile.pregnancy_week is None:
            yield question(knowledge, "pregnant", field="pregnant", blocks=EVERYTHING, options=("no", "yes", "trying"))
        if profile.breastfeeding is None:
            blocks = knowledge.conditions["lactation"].applies_to
            yield question(knowledge, "breastfeeding", field="breastfeeding", blocks=blocks, options=("no", "yes"))
    if profile.country is None:
        countries = ("US", "EU", "UK", "JP", "TW", "CN", "CA", "AU")
        yield question(knowledge, "country", field="country", blocks=EVERYTHING, options=countries)
    if profile.medicines is None:
        yield question(knowledge, "medicines", field="medicines", blocks=EVERYTHING)
    if _kidney_matters(profile, person, knowledge):
        yield question(knowledge, "kidney", field="kidney.egfr", blocks=("magnesium",))
    if profile.conditions is None:
        yield question(knowledge, "conditions", field="conditions", blocks=THE_PLAN)
    if profile.taking is None:
        yield question(knowledge, "taking", field="taking", blocks=THE_PLAN)
    if person.flags_unanswered:
        yield _about_signs(person, knowledge)
    if person.alcohol_tonight is None:
        yield question(knowledge, "alcohol", field="alcohol.tonight", blocks=(*sedating(knowledge), HOT_BATH),
                       options=("no", "yes"))  # fmt: skip
    if profile.bed is None:
        yield question(knowledge, "bed", field="bed", blocks=THE_PLAN)
    if profile.sleep is None or profile.sleep.problem is None:
        options = ("falling_asleep", "staying_asleep", "early_waking", "unrefreshing")
        yield question(knowledge, "problem", field="sleep.problem", blocks=(), options=options)


def _sex_matters(person: Person, knowledge: Knowledge) -> tuple[str, ...]:
    """Everything while a pregnancy is possible; afterwards sex only moves reference values."""
    return EVERYTHING if _may_bear_children(person, knowledge) else ()


def _may_bear_children(person: Person, knowledge: Knowledge) -> bool:
    ages = knowledge.ranges["pregnancy_age"]
    return person.sex != "male" and (person.age is None or ages.low <= person.age <= ages.high)


def _kidney_matters(profile: Profile, person: Person, knowledge: Knowledge) -> bool:
    """At 65 and over, or with a medicine or condition that speaks of the kidneys, unless their state is known."""
    sets = knowledge.code_sets
    if person.egfr is not None or any(key in sets["kidney-known-conditions"].codes for key in person.conditions):
        return False
    threshold = knowledge.conditions["ckd-unknown-65"].threshold
    old = threshold.age_from if threshold else None
    if person.age is None or (old is not None and person.age >= old):
        return True
    if profile.medicines is None or any(key in sets["kidney-hint-conditions"].codes for key in person.conditions):
        return True
    codes = [code for medicine in person.medicines for code in medicine.atc]
    return any(code.startswith(prefix) for code in codes for prefix in sets["kidney-hint-medicines"].codes)


def _about_signs(person: Person, knowledge: Knowledge) -> Question:
    """One question for all signs that are open, so that nobody is asked ten times."""
    flags = [knowledge.red_flags[id] for id in person.flags_unanswered]
    signs = Text(
        en="; ".join(f"{flag.id}: {flag.question.en}" for flag in flags),
        zh_hant="；".join(f"{flag.id}：{flag.question.zh_hant}" for flag in flags),
        ja="、".join(f"{flag.id}：{flag.question.ja}" for flag in flags),
    )
    return question(knowledge, "red_flags", field="red_flags", blocks=(*THE_PLAN, *sedating(knowledge)),
                    options=person.flags_unanswered, signs=signs)  # fmt: skip
