"""What a person's own finished trial says about one component, and what it does to the belief.

The belief before is normal; the trial's estimate is normal with its own error; the belief after is their
inverse-variance weighted average. Where the studies gave no number, the belief before is the one that every component
starts from: nothing on average, and rarely more than one difference that matters.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.belief import Belief
from anmin.evidence.model import Certainty
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import OutcomeId


class OwnResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a finished trial. ``gain`` positive when better, in ``unit``, at ``share`` of a studied dose.

    ``firm``: the blind is known to have held; else the number counts for less.
    """

    trial: str
    substance: str
    outcome: OutcomeId
    unit: str
    gain: float
    sd: float
    share: float
    nights: int
    firm: bool
    word: Literal["worth_it", "no_effect", "worse", "not_enough", "withheld"]

    def __post_init__(self) -> None:
        """Refuse numbers that no trial gives; names the field."""
        if not (math.isfinite(self.gain) and abs(self.gain) <= 1440):
            raise InputError("gain", self.gain, "a finite gain, at most a day")
        if not (math.isfinite(self.sd) and self.sd > 0):
            raise InputError("sd", self.sd, "a standard error above zero")
        if not 0 < self.share <= 1:
            raise InputError("share", self.share, "a share above 0, at most 1")


MAX_BYTES = 1 << 20
"""Bytes of a result file."""


class _File(msgspec.Struct, frozen=True, kw_only=True):
    anmin_trial: Literal[1]
    own: OwnResult | tuple[OwnResult, ...]


def read_results(data: bytes) -> tuple[OwnResult, ...]:
    """The lines for the next plan in a file that `anmin trial report --out` wrote; :class:`InputError` otherwise."""
    if len(data) > MAX_BYTES:
        raise InputError("--results", f"{len(data)} bytes", f"at most {MAX_BYTES >> 20} MiB")
    try:
        own = msgspec.json.decode(data, type=_File).own
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        allowed = "a file that `anmin trial report --out` wrote"
        raise InputError("--results", data[:20], allowed, f"({error})") from None
    return own if isinstance(own, tuple) else (own,)


def learn(before: Belief | None, own: OwnResult, share: float, knowledge: Knowledge) -> Belief:
    """The belief after the trial, for a dose that is ``share`` of a studied one.

    An infirm result enters with its error widened by the doubt that a study of very low certainty gets.
    """
    rules = knowledge.outcomes[own.outcome]
    matters = knowledge.value(rules.threshold) if rules.threshold is not None else 1.0
    factor = min(1.0, share / own.share)
    gain, error = own.gain * factor, own.sd * factor
    if not own.firm:
        error = math.hypot(error, knowledge.value("evidence.belief.doubt_very_low") * matters)
    if before is None:
        before = Belief(
            component=own.substance, outcome=own.outcome, unit=own.unit, mean=0.0,
            sd=knowledge.value("evidence.belief.prior_pooled") * matters, room=math.inf, threshold=matters,
            certainty="very_low",
        )  # fmt: skip
    prior, data = 1 / max(before.sd, 1e-9) ** 2, 1 / error**2
    certainty: Certainty = "moderate" if own.firm and before.certainty in ("very_low", "low") else before.certainty
    return msgspec.structs.replace(
        before,
        mean=(prior * before.mean + data * gain) / (prior + data),
        sd=math.sqrt(1 / (prior + data)),
        certainty=certainty,
    )
