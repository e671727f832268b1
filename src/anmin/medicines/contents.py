"""What a medicine brings along that the ledger of the day has to count."""

from __future__ import annotations

from anmin.knowledge.drugs import Contained
from anmin.knowledge.load import Knowledge
from anmin.medicines.model import Reading


def contents(reading: Reading, knowledge: Knowledge) -> tuple[Contained, ...]:
    """The counted substances in what was read: magnesium of an antacid, caffeine of a headache tablet.

    For a question, those of every candidate; for a class word, what the class often holds. Amounts differ by product
    and are never assumed.
    """
    offered = () if reading.why == "class_word" else reading.candidates
    ids = [*reading.drugs, *(drug_id for candidate in offered for drug_id in candidate.drugs)]
    found = (each for drug_id in dict.fromkeys(ids) for each in _with_parts(drug_id, knowledge))
    return tuple({(each.substance, each.form): each for each in found}.values())


def _with_parts(drug_id: str, knowledge: Knowledge) -> tuple[Contained, ...]:
    drug = knowledge.drugs[drug_id]
    if drug.kind == "class":
        return drug.contains
    own = tuple((each.substance, each) for each in drug.contains)
    named = {substance for substance, _ in own}
    parts = [each for part in drug.of for each in _with_parts(part, knowledge) if each.substance not in named]
    return (*drug.contains, *parts)
