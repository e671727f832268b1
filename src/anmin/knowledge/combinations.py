"""What two ingredients do to each other."""

from __future__ import annotations

from anmin.knowledge.model import Action, Grade, Severity, Source, Struct, Text

ANY_SEDATING = "any_sedating_ingredient"
"""Every substance whose row says ``sedating: true``."""
ANY_SLEEP_INGREDIENT = "any_sleep_ingredient"
"""Every substance that is swallowed and has a pathway to sleep."""


class Combination(Struct, frozen=True, kw_only=True):
    """A pair of ingredients taken on the same day, in either order.

    ``first`` and ``second`` are substance ids, or :data:`ANY_SEDATING` or :data:`ANY_SLEEP_INGREDIENT`; a group never
    pairs a substance with itself. Of several rows for a pair the most specific counts: both ingredients named, then one
    named with :data:`ANY_SEDATING`, then one named with :data:`ANY_SLEEP_INGREDIENT`, then two groups.
    ``atc``: medicines that are ``first`` under another name. ``from_mg``: only when a day holds at least so much of
    ``second``. ``apart_h``: for ``separate``, the hours between them either way.
    """

    id: str
    first: str
    second: str
    severity: Severity
    action: Action
    reason: Text
    grade: Grade
    sources: tuple[Source, ...]
    atc: tuple[str, ...] = ()
    from_mg: float | None = None
    apart_h: float | None = None
    theoretical: bool = False
    note: str = ""
