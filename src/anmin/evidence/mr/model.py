"""The objects of a Mendelian randomization: associations of variants, a matched pair, an estimate."""

from __future__ import annotations

from typing import Literal

import msgspec

Reason = Literal[
    "same", "swapped", "other_strand", "other_strand_swapped", "palindrome_by_frequency",
    "palindrome_by_frequency_swapped", "palindrome_as_written", "indel_recoded", "indel_recoded_swapped",
    "one_allele_by_frequency", "one_allele_by_frequency_swapped", "one_allele_as_written",
    "alleles_differ", "palindrome", "palindrome_near_half", "palindrome_without_frequency", "one_allele_unclear",
    "not_in_outcome", "no_effect_or_error", "repeated",
]  # fmt: skip
"""What became of a variant: the first twelve are kept, the others left out."""


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """One variant with one trait.

    ``beta``: change of the trait (log odds for a disease) for each effect allele, with standard error ``se``.
    ``neg_log10_p`` is kept as such, because p itself underflows to zero beyond about 308. ``build`` is the genome
    build of ``position`` (1-based).
    """

    snp: str
    effect_allele: str
    beta: float | None
    se: float | None
    other_allele: str | None = None
    eaf: float | None = None
    neg_log10_p: float | None = None
    n: float | None = None
    chromosome: str | None = None
    position: int | None = None
    build: str | None = None


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """One variant after harmonisation: both effects for the same allele, or the reason why it is left out."""

    snp: str
    reason: Reason
    keep: bool
    effect_allele: str = ""
    other_allele: str | None = None
    outcome_effect_allele: str = ""
    outcome_other_allele: str | None = None
    beta_exposure: float | None = None
    se_exposure: float | None = None
    beta_outcome: float | None = None
    se_outcome: float | None = None
    eaf_exposure: float | None = None
    eaf_outcome: float | None = None
    palindromic: bool = False
    ambiguous: bool = False
    remove: bool = False


Weights = Literal["first", "delta2", "none"]
"""Variance of a ratio: ``first`` se_y²/b_x²; ``delta2`` adds b_y² se_x²/b_x⁴; ``none`` equal weights."""


class Convention(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an estimate was made, so that two programs that differ can be told apart."""

    weights: Weights | None = None
    distribution: Literal["normal", "t", "profile", "bootstrap"] = "normal"
    floor: float | None = None
    """Smallest residual standard error allowed; 1 means never narrower than a fixed-effect model; None: no floor."""
    spread: Literal["fixed", "multiplicative", "additive"] = "fixed"
    se: Literal["closed", "bootstrap", "sandwich", "information"] = "closed"
    draws: int | None = None
    seed: int | None = None
    detail: str = ""


class Estimate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A causal estimate per unit of the exposure, on the scale of the outcome's betas.

    ``intervals`` holds every interval where a likelihood has several; ``low`` and ``high`` are their outer ends.
    ``None`` where the method cannot say (a single variant has no Egger slope): ``why_not`` then names the reason.
    """

    method: str
    n: int
    convention: Convention
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    intercept: float | None = None
    intercept_se: float | None = None
    intercept_p: float | None = None
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    residual_se: float | None = None
    intervals: tuple[tuple[float, float], ...] = ()
    left_out: tuple[int, ...] = ()
    tuning: float | None = None
    """The method's own dial as used: bandwidth, penalty, spread of the invalid, number of invalid variants."""
    why_not: Literal["", "too_few_variants", "too_many_variants", "no_solution", "beyond_numbers"] = ""
    """``beyond_numbers``: on the way something grew larger or smaller than floating point can hold; the convention's
    detail says what."""
