"""Magnesium from food: the person's own number, or a rough sum over the foods they named."""

from __future__ import annotations

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.person.answers import Diet
from anmin.person.fields import nearest
from anmin.person.quantities import per_week, within
from anmin.person.vocabulary import food


def diet_magnesium_mg(diet: Diet | None, knowledge: Knowledge) -> float | None:
    """mg of magnesium a day from food; None when nothing was said.

    Named foods are summed by portion and added to ``person.diet_rest_mg``, the judgment for the rest of a day's food.
    :class:`~anmin.errors.ProfileError` for a food that is not in ``foods.yaml``, and for a sum nobody eats.
    """
    if diet is None:
        return None
    if diet.magnesium_mg is not None or not diet.foods:
        return diet.magnesium_mg
    total = knowledge.value("person.diet_rest_mg")
    for typed, often in diet.foods.items():
        id = food(typed, knowledge)
        if id is None:
            known = tuple(knowledge.foods)
            raise ProfileError(f"diet.foods.{typed}", typed, ", ".join(known), nearest(typed, known))
        portion = knowledge.foods[id].mg_per_portion or 0.0
        total += portion * per_week(often, f"diet.foods.{typed}", knowledge) / 7
    return within(round(total), "diet_magnesium_mg", round(total), "diet.foods", knowledge)
