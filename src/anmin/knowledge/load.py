"""Everything that is known, from one compiled file.

The YAML files are for people; :mod:`anmin.knowledge.compile` checks them and writes ``compiled.msgpack``, which loads
in a few milliseconds. The installed program never reads YAML of its own.
"""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from anmin.errors import KnowledgeError
from anmin.knowledge import model, profile_facts
from anmin.knowledge.body_bath import BathPoint, BodyTable
from anmin.knowledge.body_models import BodyModel, BodyPoint
from anmin.knowledge.claims import Claim, Record
from anmin.knowledge.combinations import Combination
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.drugs import Drug, MedicineWords
from anmin.knowledge.eating import Diet, Food, Intake, Price
from anmin.knowledge.model import Lang, Struct, Text
from anmin.knowledge.mr import ChecklistItem, Instrument, MrResult
from anmin.knowledge.studies import Outcome, Study
from anmin.knowledge.texts import Filling, fill
from anmin.knowledge.trials import ProtocolItem

COMPILED = Path(__file__).with_name("compiled.msgpack")

_TABLE: Any = msgspec.field(default_factory=dict)


class Knowledge(Struct, frozen=True, kw_only=True):
    """All facts by kind and id. Read only: the dictionaries are shared by everybody."""

    version: str
    """SHA-256 of the YAML files, so that an output can name the facts it rests on."""
    interactions: dict[str, model.Interaction] = _TABLE
    combinations: dict[str, Combination] = _TABLE
    conditions: dict[str, model.Condition] = _TABLE
    condition_keys: dict[str, model.ConditionKey] = _TABLE
    limits: dict[str, model.Limit] = _TABLE
    red_flags: dict[str, model.RedFlag] = _TABLE
    bath_rules: dict[str, model.BathRule] = _TABLE
    forms: dict[str, model.Form] = _TABLE
    substances: dict[str, model.Substance] = _TABLE
    drugs: dict[str, Drug] = _TABLE
    medicine_words: dict[str, MedicineWords] = _TABLE
    studies: dict[str, Study] = _TABLE
    outcomes: dict[str, Outcome] = _TABLE
    judgments: dict[str, model.Judgment] = _TABLE
    prices: dict[str, Price] = _TABLE
    intakes: dict[str, Intake] = _TABLE
    diets: dict[str, Diet] = _TABLE
    foods: dict[str, Food] = _TABLE
    timing: dict[str, model.Timing] = _TABLE
    ranges: dict[str, profile_facts.Range] = _TABLE
    equations: dict[str, profile_facts.Equation] = _TABLE
    code_sets: dict[str, profile_facts.CodeSet] = _TABLE
    day_times: dict[str, profile_facts.DayTime] = _TABLE
    choices: dict[str, profile_facts.Choice] = _TABLE
    components: dict[str, ComponentFact] = _TABLE
    records: dict[str, Record] = _TABLE
    claims: dict[str, Claim] = _TABLE
    instruments: dict[str, Instrument] = _TABLE
    mr_results: dict[str, MrResult] = _TABLE
    checklist: dict[str, ChecklistItem] = _TABLE
    trial_items: dict[str, ChecklistItem] = _TABLE
    protocol_items: dict[str, ProtocolItem] = _TABLE
    body_models: dict[str, BodyModel] = _TABLE
    body_points: dict[str, BodyPoint] = _TABLE
    body_tables: dict[str, BodyTable] = _TABLE
    bath_points: dict[str, BathPoint] = _TABLE
    messages: dict[str, model.Message] = _TABLE

    def text(self, message_id: str, **params: Filling) -> Text:
        """The message in all three languages, its places filled; :class:`KnowledgeError` if there is none."""
        message = self.messages.get(message_id)
        if message is None:
            raise KnowledgeError("messages", None, f"no message {message_id!r}")
        try:
            return fill(message.text, params)
        except KeyError as missing:
            raise KnowledgeError("messages", None, f"{message_id!r} needs a value for {missing}") from None

    def say(self, message_id: str, lang: Lang, **params: Filling) -> str:
        """The message in one language."""
        return self.text(message_id, **params).get(lang)

    def value(self, judgment_id: str) -> float:
        """The number of a judgment; :class:`KnowledgeError` if there is none."""
        judgment = self.judgments.get(judgment_id)
        if judgment is None:
            raise KnowledgeError("judgments.yaml", None, f"no judgment {judgment_id!r}")
        return judgment.value


def read_compiled(data: bytes) -> Knowledge:
    """The facts out of the bytes of a compiled file; :class:`KnowledgeError` when they do not fit this version."""
    collecting = gc.isenabled()
    gc.disable()  # tens of thousands of new objects and not one cycle among them: collecting doubles the time
    try:
        return msgspec.msgpack.decode(data, type=Knowledge)
    except msgspec.MsgspecError as error:
        raise KnowledgeError(COMPILED.name, None, f"{error}; run python -m anmin.knowledge.compile") from None
    finally:
        if collecting:
            gc.enable()


@cache
def load() -> Knowledge:
    """All facts; read once for the life of the process."""
    try:
        data = COMPILED.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error}); run python -m anmin.knowledge.compile"
        raise KnowledgeError(COMPILED.name, None, reason) from None
    return read_compiled(data)
