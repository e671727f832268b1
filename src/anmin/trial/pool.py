"""Many people's trials of one thing together: the mean, how people differ, and what each may really expect.

A bundle is all that anybody hands over: an estimate with its error, no dates, no nights, no words. Two stages: each
trial was analysed at home; here the estimates are pooled with random effects (REML), and each person's own is pulled
towards the mean by as much as its error deserves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.own import OwnResult
from anmin.evidence.pool import pool

MAX_BUNDLE = 4096
"""Bytes of a bundle."""


class Bundle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one person shares: see :class:`~anmin.evidence.own.OwnResult`, without the name of the trial."""

    anmin_bundle: Literal[1] = 1
    substance: str
    outcome: str
    unit: str
    gain: float
    sd: float
    share: float
    nights: int
    firm: bool


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person's gain as measured, and pulled towards the mean, with its standard error."""

    gain: float
    sd: float
    pulled: float
    pulled_sd: float


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """The pooled answer. ``spread``: standard deviation of true gains between people; ``expect_*``: where the true gain
    of one more person lies with 95 %; ``left_out``: results whose blind may not have held."""

    substance: str
    outcome: str
    unit: str
    people: int
    left_out: int
    gain: float
    low: float
    high: float
    spread: float | None
    expect_low: float | None
    expect_high: float | None
    each: tuple[Person, ...]


def bundle_of(own: OwnResult) -> Bundle:
    """The bundle of a finished trial."""
    return Bundle(
        substance=own.substance, outcome=own.outcome, unit=own.unit, gain=own.gain, sd=own.sd, share=own.share,
        nights=own.nights, firm=own.firm,
    )  # fmt: skip


def read_bundle(data: bytes) -> Bundle:
    """A bundle from outside; :class:`InputError` for anything else."""
    if len(data) > MAX_BUNDLE:
        raise InputError("bundle", f"{len(data)} bytes", f"at most {MAX_BUNDLE} bytes")
    try:
        bundle = msgspec.json.decode(data, type=Bundle)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        allowed = "a bundle that `anmin trial report --bundle` wrote"
        raise InputError("bundle", data[:20], allowed, f"({error})") from None
    if not (math.isfinite(bundle.gain) and 0 < bundle.sd < math.inf):
        raise InputError("bundle", (bundle.gain, bundle.sd), "a finite gain and an error above zero")
    return bundle


def pool_people(bundles: Sequence[Bundle]) -> Together:
    """Pool the results whose blind held; :class:`InputError` when they speak of different things or none is left."""
    kinds = {(bundle.substance, bundle.outcome, bundle.unit) for bundle in bundles}
    if len(kinds) != 1:
        raise InputError("bundles", sorted(kinds), "results on one substance and one outcome")
    firm = [bundle for bundle in bundles if bundle.firm]
    if not firm:
        raise InputError("bundles", len(bundles), "at least one result whose blind held")
    found = pool([bundle.gain for bundle in firm], [bundle.sd**2 for bundle in firm])
    ((substance, outcome, unit),) = kinds
    return Together(
        substance=substance,
        outcome=outcome,
        unit=unit,
        people=len(firm),
        left_out=len(bundles) - len(firm),
        gain=found.effect,
        low=found.low,
        high=found.high,
        spread=None if found.tau2 is None else math.sqrt(found.tau2),
        expect_low=found.prediction_low,
        expect_high=found.prediction_high,
        each=tuple(_pulled(bundle, found.effect, found.tau2 or 0.0, found.se, len(firm)) for bundle in firm),
    )


def _pulled(bundle: Bundle, mean: float, between: float, mean_error: float, people: int) -> Person:
    """Empirical Bayes, with the error of the mean itself (Morris 1983, doi 10.1080/01621459.1983.10477920)."""
    if people < 2:
        return Person(gain=bundle.gain, sd=bundle.sd, pulled=bundle.gain, pulled_sd=bundle.sd)
    own = between / (between + bundle.sd**2)
    variance = own * bundle.sd**2 + ((1 - own) * mean_error) ** 2
    return Person(
        gain=bundle.gain, sd=bundle.sd, pulled=own * bundle.gain + (1 - own) * mean, pulled_sd=math.sqrt(variance)
    )
