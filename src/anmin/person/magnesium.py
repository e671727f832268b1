"""A magnesium item: which compound, and whether its amount is the element's mass or the compound's.

"Magnesium citrate 300 mg" can be 300 mg of magnesium or 48 mg. Without a word that decides, the larger counts.
Only 酸化マグネシウム with the strength of a Japanese tablet (330 mg) is that tablet, whose strength is the compound's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from anmin.errors import AmountError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.stoichiometry import FILLER, MAGNESIUM, buffer_of, fraction_of, magnesium_scale
from anmin.person.amounts import Doubt, Reading, checked, pieces_of, possible, total_mg
from anmin.person.items import Item
from anmin.person.lexicon import Name, fold
from anmin.person.tokens import Token
from anmin.units.stoichiometry import ROUNDING

Basis = Literal["elemental", "compound", "open"]

_OF_THE_ION = ("mEq",)
_MOLAR = ("mmol", *_OF_THE_ION)


def read_magnesium(item: Item, knowledge: Knowledge, unsaid: Basis = "open") -> Reading:
    """mg of magnesium in one taking, the compound, and what stays open; ``unsaid``: the basis if no word tells it."""
    form = item.forms[0] if len(item.forms) == 1 else None
    labelled = labelled_share(item, knowledge)
    alkaline = is_alkaline(item, labelled, knowledge)
    doubts: tuple[Doubt, ...] = () if item.forms else (Doubt(kind="salt"),)
    amounts = item.of("amount") or item.of("number")
    if not amounts:
        doubts += (Doubt(kind="amount"),)
        return Reading(mg=0.0, form=form, alkaline=alkaline, labelled=labelled, doubts=doubts)
    basis = basis_of(item, labelled)
    if basis == "open":
        basis = "compound" if _is_tablet_strength(item, amounts, knowledge) else unsaid
    if any(token.unit in _MOLAR for token in amounts):
        mg, more = _from_moles(item, amounts, knowledge)
        compound = None
    elif len(amounts) == 2 and item.forms and (basis != "open" or _names_element(item)):
        mg, compound, more = _both_masses(item, amounts, knowledge)
    else:
        mg, compound, more = _from_mass(item, amounts, basis, labelled, knowledge)
    number, pieces = pieces_of(item, mg, knowledge)
    return Reading(
        mg=checked(mg * number, item, knowledge),
        form=form,
        alkaline=alkaline,
        compound_mg=None if compound is None else compound * number,
        labelled=labelled,
        doubts=(*doubts, *more, *pieces),
    )


def labelled_share(item: Item, knowledge: Knowledge) -> float | None:
    """The share of magnesium that the text prints, ``(18 % Mg)``; :class:`AmountError` above that of the oxide."""
    richest = fraction_of(knowledge.forms[FILLER])
    for token, _, after in item.around():
        if token.kind != "percent" or not item.forms or (after and after.meaning in ("of_daily_value", "pure")):
            continue
        share = token.value / 100
        if not 0 < share <= richest + ROUNDING:
            raise AmountError(
                "amount", token.text, f"a share of magnesium up to {richest * 100:.1f} %, that of the oxide"
            )
        return share
    return None


def is_alkaline(item: Item, labelled: float | None, knowledge: Knowledge) -> bool | None:
    """True where oxide is in it, said or shown by its share of magnesium; None where that is not known."""
    forms = [knowledge.forms[form] for form in item.forms]
    if item.says("buffered") or any(form.alkaline for form in forms):
        return True
    if len(forms) != 1:
        return None if not forms else False
    if labelled is not None and forms[0].magnesium_fraction is not None:
        return buffer_of(forms[0], labelled, knowledge).buffered
    return False


def basis_of(item: Item, labelled: float | None = None) -> Basis:
    """What the words say: elemental, compound, or (nothing, or both) open. Plain "magnesium" is the element.

    An outright "compound" outweighs the way of a label, "magnesium (as oxide)", which only implies the element.
    """
    outright, implied = _says_elemental(item), _implies_elemental(item)
    compound = _says_compound(item) or labelled is not None
    if not item.forms or ((outright or implied) and not compound):
        return "elemental"
    return "compound" if compound and not outright and (item.says("compound") or not implied) else "open"


def _says_elemental(item: Item) -> bool:
    """``elemental``, ``元素``, ``マグネシウムとして``, ``以鎂計``, "as magnesium"."""
    if item.says("elemental") or any(name.elemental for name in item.names):
        return True
    return any(name.form is None for name in _counted_as(item))


def _implies_elemental(item: Item) -> bool:
    """Such as "200 mg magnesium as oxide", "Mg (oxide) 200 mg": the compound only says where the magnesium is from."""
    return _names_element(item) and (item.says("as") or len({token.depth for token in item.of("name")}) > 1)


def _says_compound(item: Item) -> bool:
    """``compound``, a medicine's strength, ``酸化マグネシウムとして``, ``以氧化鎂計``, ``酸化マグネシウム330mg錠``."""
    if item.says("compound") or any(name.strength for name in item.names):
        return True
    if any(name.form is not None for name in _counted_as(item)):
        return True
    return item.tablet_of_medicine and any(
        token.meaning == "tablet" and before is not None and before.kind == "amount"
        for token, before, _ in item.around()
    )


def _is_tablet_strength(item: Item, amounts: tuple[Token, ...], knowledge: Knowledge) -> bool:
    """``酸化マグネシウム330mg``: the Japanese name and a strength of its tablets, and no word for the element."""
    if len(item.forms) != 1 or len(amounts) != 1 or _names_element(item) or _says_elemental(item):
        return False
    form, amount = knowledge.forms[item.forms[0]], amounts[0]
    named = any(token.text == fold(form.name.ja) for token in item.of("name"))
    return named and amount.unit == "mg" and amount.values in [(strength,) for strength in form.strengths_mg]


def _counted_as(item: Item) -> Iterator[Name]:
    """What the amount is said to be of: ``…として``, ``以…計``, "as magnesium"; "as oxide" decides nothing."""
    for token, before, after in item.around():
        pointed = {"as_after": before, "count_as": after, "as": after}.get(token.meaning)
        if pointed is not None and pointed.name is not None and (token.meaning != "as" or pointed.name.form is None):
            yield pointed.name


def _from_mass(
    item: Item, amounts: tuple[Token, ...], basis: Basis, labelled: float | None, knowledge: Knowledge
) -> tuple[float, float | None, tuple[Doubt, ...]]:
    """mg of magnesium, and mg of the compound where the amount is that, out of amounts written as masses."""
    fraction = labelled or _richest(item, knowledge)
    high = possible(MAGNESIUM, knowledge)
    stated, doubts = total_mg(
        item, amounts, magnesium_scale(knowledge), high if basis == "elemental" else high / (fraction or 1.0)
    )
    if basis == "elemental":
        return stated, None, doubts
    if fraction is None:
        return stated, None, (*doubts, Doubt(kind="formula", counted_mg=stated))
    inside = stated * fraction
    if basis == "compound" or stated * pieces_of(item, stated, knowledge)[0] > high:
        return inside, stated, doubts
    return stated, None, (*doubts, Doubt(kind="basis", counted_mg=stated, other_mg=inside))


def _from_moles(item: Item, amounts: tuple[Token, ...], knowledge: Knowledge) -> tuple[float, tuple[Doubt, ...]]:
    """Moles and equivalents are the ion's; but a mole of the compound, if that is meant, may hold several ions."""
    scale = magnesium_scale(knowledge)
    stated, doubts = total_mg(item, amounts, scale, possible(MAGNESIUM, knowledge))
    ions = 1
    for form in (knowledge.forms[form] for form in item.forms):
        if form.molar_mass and form.magnesium_fraction and scale.molar_mass:
            ions = max(ions, round(form.molar_mass * form.magnesium_fraction / scale.molar_mass))
    if ions == 1 or basis_of(item) == "elemental" or any(token.unit in _OF_THE_ION for token in amounts):
        return stated, doubts
    return stated * ions, (*doubts, Doubt(kind="basis", counted_mg=stated * ions, other_mg=stated))


def _both_masses(
    item: Item, amounts: tuple[Token, ...], knowledge: Knowledge
) -> tuple[float, float, tuple[Doubt, ...]]:
    """The compound's and the element's mass are both written: the smaller is the element's."""
    high = possible(MAGNESIUM, knowledge) / (_richest(item, knowledge) or 1.0)
    pair = [total_mg(item, (token,), magnesium_scale(knowledge), high)[0] for token in amounts]
    element, compound = min(pair), max(pair)
    most = compound * fraction_of(knowledge.forms[FILLER])
    if element > most:
        return element, compound, (Doubt(kind="conflict", counted_mg=element, other_mg=most),)
    return element, compound, ()


def _richest(item: Item, knowledge: Knowledge) -> float | None:
    """Of several compounds any may make up the whole, so the one with most magnesium counts; None if one is unknown."""
    shares = [knowledge.forms[form].magnesium_fraction for form in item.forms]
    known = [share for share in shares if share is not None]
    return max(known) if known and len(known) == len(shares) else None


def _names_element(item: Item) -> bool:
    """Whether "magnesium" stands by itself beside the name of a compound."""
    return bool(item.forms) and any(name.form is None for name in item.names)
