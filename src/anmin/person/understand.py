"""A profile understood: what was typed becomes codes, milligrams, hours, and questions for what safety still needs.

Nothing is filled in by a guess. What is missing is ``None`` and, where a rule needs it, a question that names what
waits for the answer. Answering a question never blocks more than leaving it open did.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.medicines.read import read_medicine
from anmin.person.answers import Bathing, Preferences, Profile, Sleep
from anmin.person.as_needed import spelled_out
from anmin.person.asked import EVERYTHING, question
from anmin.person.diet import diet_magnesium_mg
from anmin.person.medicine_list import Anchors, MedicineLine, understand_medicine
from anmin.person.model import Dose, OwnPrice, Person, Question
from anmin.person.product_list import ProductLine, understand_product
from anmin.person.quantities import (
    creatinine_mg_dl,
    money,
    money_per_day,
    serum_magnesium_mmol_l,
    surgery_in_days,
    weeks,
)
from anmin.person.questions import missing
from anmin.person.red_flags import unanswered
from anmin.person.renal import ckd_epi_2021
from anmin.person.vocabulary import (
    condition_key,
    names_as_written,
    names_in_all_languages,
    near_conditions,
    substance_or_form,
)
from anmin.person.words import choose, plain
from anmin.units.clock import DAY, parse_clock

_DUTIES = {"drives_at_night": "driving_at_night", "night_work": "night_work", "night_care": "night_care"}
"""Fields of the profile that are condition keys of the rules."""


class _Words(NamedTuple):
    """Typed words sorted into what they mean."""

    keys: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def understand(profile: Profile, knowledge: Knowledge, today: date | None = None) -> Person:
    """The person behind a profile, with the open questions.

    ``today`` counts the days to a planned operation. :class:`~anmin.errors.ProfileError` where something typed is
    impossible (5 g of magnesium at once).
    """
    anchors = Anchors(_clock(profile.bed), _clock(profile.rise), _clock(profile.dinner))
    medicines = [
        understand_medicine(spelled_out(each, knowledge), f"medicines[{number}]", anchors, knowledge)
        for number, each in enumerate(profile.medicines or ())
    ]
    products = [
        understand_product(each, f"taking[{number}]", anchors, profile.country, knowledge)
        for number, each in enumerate(profile.taking or ())
    ]
    medicines += [line.medicine for line in products if line.medicine]
    conditions = _conditions(profile, knowledge)
    allergies = _allergies(profile.allergies or (), knowledge)
    wishes = _wishes(profile.preferences or Preferences(), knowledge)
    bed, rise = _night(anchors, knowledge)
    sleep, bathing = profile.sleep or Sleep(), profile.bathing or Bathing()
    budget = money_per_day(profile.budget, "budget", knowledge, profile.country) if profile.budget else None
    person = Person(
        age=profile.age,
        sex=profile.sex,
        country=profile.country,
        bed=bed,
        bed_known=anchors.bed is not None,
        rise=rise,
        complaint=sleep.problem or "falling_asleep",
        pregnant=profile.pregnant,
        pregnancy_week=profile.pregnancy_week,
        lactating=profile.breastfeeding,
        weight_kg=profile.weight_kg,
        height_cm=profile.height_cm,
        egfr=_egfr(profile, knowledge),
        serum_mg_mmol_l=(
            serum_magnesium_mmol_l(profile.serum_magnesium, "serum_magnesium", knowledge)
            if profile.serum_magnesium
            else None
        ),
        conditions=_once((*conditions.keys, *allergies.keys)),
        unknown_conditions=conditions.unknown,
        allergies=profile.allergies or (),
        surgery_in_days=surgery_in_days(profile.surgery, today or date.today()) if profile.surgery else None,
        medicines=tuple(line.medicine for line in medicines),
        taking=_taking(medicines, products),
        unknown_products=tuple(line.unknown for line in products if line.unknown),
        diet_mg=diet_magnesium_mg(profile.diet, knowledge),
        diet_from_foods=bool(profile.diet and profile.diet.foods and profile.diet.magnesium_mg is None),
        alcohol_tonight=_alcohol_tonight(profile),
        alcohol_last=_clock(profile.alcohol.last if profile.alcohol else None),
        caffeine_last=_caffeine_last(profile),
        duration_weeks=weeks(sleep.lasting, "sleep.for", knowledge) if sleep.lasting else None,
        scores=_scores(sleep),
        bathing=bathing.kind,
        bath_time=_clock(bathing.at),
        bathes_alone=bathing.alone,
        dinner=anchors.dinner,
        prefer=(profile.preferences.prefer if profile.preferences else None) or "no_matter",
        no_capsules=bool(profile.preferences and profile.preferences.no_capsules),
        vegan=bool(profile.preferences and profile.preferences.vegan),
        cheapest=bool(profile.preferences and profile.preferences.cheapest),
        refuses=_once((*wishes.refused, *allergies.refused)),
        wants=wishes.keys,
        budget_per_day=budget.amount if budget else None,
        currency=(budget.currency if budget else None)
        or (choose("home_currency", profile.country, knowledge) if profile.country else None),
        own_prices=_own_prices(profile, knowledge),
    )
    person = _with_flags(person, profile, knowledge)
    asked = (
        *missing(profile, person, knowledge),
        *(each for line in medicines for each in line.questions),
        *(each for line in products for each in line.questions),
        *conditions.questions,
        *allergies.questions,
        *wishes.questions,
        *_about_budget(person, knowledge),
    )
    return msgspec.structs.replace(person, questions=tuple({each.id: each for each in asked}.values()))


def _clock(text: str | None) -> int | None:
    return None if text is None or text == "none" else parse_clock(text)


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _night(anchors: Anchors, knowledge: Knowledge) -> tuple[int, int]:
    """Bed and rise; stand-ins only keep the sums going, the missing bed time is a question that the plan waits for."""
    night = round(knowledge.value("person.night_h") * 60)
    if anchors.bed is not None:
        return anchors.bed, anchors.rise if anchors.rise is not None else (anchors.bed + night) % DAY
    bed = round(knowledge.value("person.stand_in_bed_h") * 60) % DAY
    return bed, anchors.rise if anchors.rise is not None else (bed + night) % DAY


def _egfr(profile: Profile, knowledge: Knowledge) -> float | None:
    """The reported eGFR, or CKD-EPI 2021 from creatinine once age and sex are known; the lower of both if given."""
    kidney = profile.kidney
    if kidney is None:
        return None
    computed = None
    if kidney.creatinine and profile.age is not None and profile.sex is not None:
        creatinine = creatinine_mg_dl(kidney.creatinine, "kidney.creatinine", knowledge)
        computed = ckd_epi_2021(creatinine, profile.age, profile.sex, knowledge)
    known = [value for value in (kidney.egfr, computed) if value is not None]
    return min(known) if known else None


def _taking(medicines: list[MedicineLine], products: list[ProductLine]) -> tuple[Dose, ...]:
    return (*(dose for line in medicines for dose in line.doses), *(dose for line in products for dose in line.doses))


def _alcohol_tonight(profile: Profile) -> bool | None:
    alcohol = profile.alcohol
    if alcohol is None:
        return None
    return alcohol.tonight if alcohol.tonight is not None else (True if alcohol.last else None)


def _caffeine_last(profile: Profile) -> int | None:
    return _clock(profile.caffeine.last) if profile.caffeine else None


def _scores(sleep: Sleep) -> dict[str, float]:
    named = {"isi": sleep.isi, "psqi": sleep.psqi, "epworth": sleep.epworth, "ais": sleep.ais,
             "latency_min": sleep.latency_min}  # fmt: skip
    return {name: value for name, value in named.items() if value is not None}


def _conditions(profile: Profile, knowledge: Knowledge) -> _Words:
    keys = [key for field, key in _DUTIES.items() if getattr(profile, field)]
    unknown: list[str] = []
    questions: list[Question] = []
    for typed in profile.conditions or ():
        key = condition_key(typed, knowledge)
        if key is not None:
            keys.append(key)
            continue
        unknown.append(typed)
        near = near_conditions(typed, knowledge)
        shown = names_in_all_languages(near, knowledge) if near else knowledge.text("person.none_near")
        options = names_as_written(near, typed, profile.country, knowledge)
        questions.append(question(knowledge, "condition_unknown", id=f"condition:{typed}", field="conditions",
                                  blocks=EVERYTHING, options=options, name=typed, candidates=shown))  # fmt: skip
    return _Words(keys=_once(tuple(keys)), unknown=tuple(unknown), questions=tuple(questions))


def _allergies(typed: tuple[str, ...], knowledge: Knowledge) -> _Words:
    """Allergies that are conditions of the rules, or to something that could be planned; others may be a plant's."""
    keys: list[str] = []
    refused: list[str] = []
    questions: list[Question] = []
    plants = knowledge.conditions["asteraceae-allergy"].applies_to
    for word in typed:
        key, substance = condition_key(word, knowledge), substance_or_form(word, knowledge)
        if key is not None:
            keys.append(key)
        if substance is not None:
            refused.append(substance)
        if key is None and substance is None and not _harmless(word, knowledge):
            questions.append(question(knowledge, "allergy_unknown", id=f"allergy:{word}", field="allergies",
                                      blocks=plants, name=word))  # fmt: skip
    return _Words(keys=tuple(keys), refused=tuple(refused), questions=tuple(questions))


def _harmless(word: str, knowledge: Knowledge) -> bool:
    """An allergy to a medicine or a food that nothing here contains; somebody who was asked writes "other"."""

    return (
        choose("allergy", word, knowledge) is not None or read_medicine(plain(word), knowledge).status == "recognised"
    )


def _wishes(preferences: Preferences, knowledge: Knowledge) -> _Words:
    wanted = [(word, substance_or_form(word, knowledge)) for word in preferences.wants]
    refused = [(word, substance_or_form(word, knowledge)) for word in preferences.refuses]
    questions = tuple(
        question(knowledge, "wish_unknown", id=f"wish:{word}", field="preferences", blocks=(), name=word)
        for word, found in (*wanted, *refused)
        if found is None
    )
    return _Words(
        keys=tuple(found for _, found in wanted if found),
        refused=tuple(found for _, found in refused if found),
        questions=questions,
    )


def _own_prices(profile: Profile, knowledge: Knowledge) -> tuple[OwnPrice, ...]:
    from anmin.person.items import read_items

    made: list[OwnPrice] = []
    for number, each in enumerate(profile.prices):
        items = [item for item in read_items(each.product, knowledge) if item.substance]
        if not items:
            continue
        paid = money(each.price, "price", f"prices[{number}].price", knowledge, profile.country)
        made.append(
            OwnPrice(
                substance=items[0].substance or "",
                form=next(iter(items[0].forms), None),
                pack_price=paid.amount,
                currency=paid.currency,
                pieces=each.pieces,
                mg_per_piece=each.mg_per_piece,
            )
        )
    return tuple(made)


def _about_budget(person: Person, knowledge: Knowledge) -> tuple[Question, ...]:
    if person.budget_per_day is None or person.currency is not None:
        return ()
    return (question(knowledge, "currency", field="budget", blocks=()),)


def _with_flags(person: Person, profile: Profile, knowledge: Knowledge) -> Person:
    """Warning signs that were answered yes, and those that somebody like this has to be asked about."""
    answers = profile.red_flags or {}
    flags = [id for id, answer in answers.items() if answer]
    enough = person.duration_weeks is not None and person.duration_weeks >= knowledge.value("person.insomnia_weeks")
    if enough:  # how long it has lasted is the answer, whatever was said to the sign itself
        flags.append("persistent-insomnia")
    return msgspec.structs.replace(
        person, flags=_once(tuple(flags)), flags_unanswered=unanswered(answers, person, knowledge)
    )
