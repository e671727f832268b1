"""What the reading of a medicine's name can end in."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Route as Route

SYSTEMIC_GUT: frozenset[Route] = frozenset({"oral"})
"""Routes by which a medicine meets a supplement in the gut."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One medicine a typed text may mean."""

    name: str
    atc: tuple[str, ...]
    route: Route
    drugs: tuple[str, ...] = ()
    """Ids in ``Knowledge.drugs``; more than one for a combination that is no row of its own."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The reading of one typed text.

    ``recognised``: exactly one meaning; ``atc`` holds every ingredient of a combination product.
    ``question``: several meanings, a class word or a near miss; ``candidates`` to choose from, ``atc`` is the union
    of what the candidates could be, so that the gate can use the more dangerous reading meanwhile.
    ``unknown``: not checked; nobody may say "no interaction".
    """

    typed: str
    status: Literal["recognised", "question", "unknown"]
    why: Literal["exact", "class_word", "ambiguous", "prefix", "near_miss", "route", "not_found"]
    atc: tuple[str, ...] = ()
    route: Route = "oral"
    candidates: tuple[Candidate, ...] = ()
    drugs: tuple[str, ...] = ()
    """Ids in ``Knowledge.drugs`` of what was recognised, for what the medicine contains."""
