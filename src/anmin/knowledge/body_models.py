"""The shape of the body's models: published parameters, and the published points they are held against."""

from __future__ import annotations

from anmin.errors import KnowledgeError
from anmin.knowledge.model import ReadIn, Source, Struct, Text


class ModelValue(Struct, frozen=True, kw_only=True):
    """One parameter of a model. ``None`` means *not known*; a model that needs it then answers nothing.

    ``low`` and ``high``: how far it may be off (people differ, studies conflict), never what somebody may take.
    """

    name: str
    unit: str
    read_in: ReadIn
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


class BodyModel(Struct, frozen=True, kw_only=True):
    """One model: its equation as text, its parameters, and for whom and what it holds."""

    id: str
    name: Text
    equation: str
    values: tuple[ModelValue, ...]
    validity: Text
    sources: tuple[Source, ...]
    note: str = ""

    def get(self, name: str) -> ModelValue:
        """A parameter by name; :class:`KnowledgeError` when the row has none."""
        found = next((each for each in self.values if each.name == name), None)
        if found is None:
            raise KnowledgeError("body_models.yaml", None, f"{self.id}: no value {name!r}")
        return found

    def number(self, name: str) -> float:
        """A parameter that the model cannot do without; :class:`KnowledgeError` where it is not known."""
        value = self.get(name).value
        if value is None:
            raise KnowledgeError("body_models.yaml", None, f"{self.id}: {name!r} is not known")
        return value

    def numbers(self) -> dict[str, float]:
        """Every parameter that is known, by name."""
        return {each.name: each.value for each in self.values if each.value is not None}

    def span(self, name: str) -> tuple[float, float, float]:
        """Low, best and high; a missing end is the value itself."""
        best = self.number(name)
        value = self.get(name)
        return (best if value.low is None else value.low), best, (best if value.high is None else value.high)


class BodyPoint(Struct, frozen=True, kw_only=True):
    """A published observation that a model is held against; never used to choose a parameter unless ``tuned`` says so.

    ``given``: the conditions it was seen under, by name (``dose_mg``, ``lux``), as far as they are printed.
    """

    id: str
    model: str
    what: Text
    unit: str
    sources: tuple[Source, ...]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    n: int | None = None
    given: dict[str, float] = {}  # noqa: RUF012 - msgspec copies an empty default
    tuned: bool = False
    note: str = ""
