"""Instruments out of the facts, with standardised effects derived where a paper prints only p, frequency and n."""

from __future__ import annotations

import math

from anmin.evidence.mr.model import Association
from anmin.evidence.mr.tails import z_of
from anmin.knowledge.load import Knowledge
from anmin.knowledge.mr import Instrument


def standardised(p: float, eaf: float, n: float) -> tuple[float, float]:
    """Effect of one allele in SD of the trait, and its standard error: z / √(2f(1−f)(n+z²)) (Zhu 2016).

    doi 10.1038/ng.3538. The sign is that of the allele that raises the trait.

    >>> [round(value, 5) for value in standardised(2e-36, 0.54, 23829)]
    [0.11546, 0.00916]
    """
    z = z_of(-math.log10(p))
    se = 1.0 / math.sqrt(2.0 * eaf * (1.0 - eaf) * (n + z * z))
    return z * se, se


def usable_instruments(knowledge: Knowledge, substance: str) -> tuple[Instrument, ...]:
    """The instruments of one exposure that can be used together."""
    return tuple(each for each in knowledge.instruments.values() if each.substance == substance and each.usable)


def association_of(instrument: Instrument) -> Association:
    """The instrument in SD of its exposure; missing what is not known."""
    beta = se = None
    if instrument.eaf is not None and instrument.n is not None:
        beta, se = standardised(instrument.p, instrument.eaf, instrument.n)
    return Association(
        snp=instrument.snp, effect_allele=instrument.effect_allele or "", other_allele=instrument.other_allele,
        beta=beta, se=se, eaf=instrument.eaf, neg_log10_p=-math.log10(instrument.p), n=instrument.n,
    )  # fmt: skip
