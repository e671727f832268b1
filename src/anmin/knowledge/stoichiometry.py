"""The magnesium compounds as amounts: what the rows of ``forms.yaml`` say, in the types of :mod:`anmin.units`."""

from __future__ import annotations

from anmin.errors import AmountError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Form
from anmin.units.amount import Compound, Elemental, Free, Scale
from anmin.units.stoichiometry import Buffer, buffer, compound_holding, element_in, freed_by

MAGNESIUM = "magnesium"
GLYCINE = "glycine"
FILLER = "oxide"
"""The compound with which a chelate is buffered."""

ION_CHARGE = 2
"""The magnesium ion is Mg²⁺: two equivalents in a mole."""


def magnesium_scale(knowledge: Knowledge) -> Scale:
    """What converts magnesium to mmol and mEq: its atomic mass, from a compound with one atom of it."""
    oxide = knowledge.forms[FILLER]
    assert oxide.molar_mass is not None
    assert oxide.magnesium_fraction is not None
    return Scale(molar_mass=oxide.molar_mass * oxide.magnesium_fraction, valence=ION_CHARGE)


def fraction_of(form: Form) -> float:
    """Mass of magnesium in the mass of the compound; :class:`AmountError` where the compound has no one formula."""
    if form.magnesium_fraction is None:
        raise AmountError(
            "compound", form.id, "a compound of one formula", "Give the elemental magnesium that its label states."
        )
    return form.magnesium_fraction


def magnesium_in(compound: Compound, knowledge: Knowledge) -> Elemental:
    """The magnesium in so much of a compound, whose id is ``compound.of``."""
    return element_in(compound, MAGNESIUM, fraction_of(knowledge.forms[compound.of]))


def compound_of(magnesium: Elemental, form: Form) -> Compound:
    """So much of the compound as holds the magnesium."""
    return compound_holding(magnesium, form.id, fraction_of(form))


def glycine_with(magnesium: Elemental, form: Form) -> Free | None:
    """The free glycine that the pure chelate gives up along with the magnesium; None for any other compound."""
    if form.glycine_per_magnesium is None:
        return None
    return freed_by(magnesium, GLYCINE, form.glycine_per_magnesium)


def buffer_of(form: Form, labelled: float, knowledge: Knowledge) -> Buffer:
    """What a label's share of magnesium says about the powder, taken as a mixture of the compound and the oxide."""
    return buffer(labelled, fraction_of(form), fraction_of(knowledge.forms[FILLER]))
