"""The shape of genetic instruments and of published Mendelian randomization results."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class OtherTrait(Struct, frozen=True, kw_only=True):
    """Another trait that a variant touches: a way around the exposure; ``beta`` for the same effect allele."""

    trait: Text
    group: Literal["kidney", "blood_pressure", "other"]
    beta: float
    se: float
    p: float
    sources: tuple[Source, ...]


class Instrument(Struct, frozen=True, kw_only=True):
    """A variant that shifts an exposure. ``beta`` and ``se`` as printed, in ``unit``; ``None`` where not printed.

    ``usable``: both alleles, frequency and strength are known and nothing contradicts them, so that a standardised
    effect can be derived from p, frequency and n.
    """

    id: str
    trait: Text
    snp: str
    p: float
    sources: tuple[Source, ...]
    set: str
    """The genome-wide study it comes from; instruments of one set are used together."""
    substance: str | None = None
    gene: str = ""
    effect_allele: str | None = None
    other_allele: str | None = None
    eaf: float | None = None
    beta: float | None = None
    se: float | None = None
    unit: str | None = None
    n: int | None = None
    ancestry: str = ""
    genome_wide: bool = False
    usable: bool = False
    other_traits: tuple[OtherTrait, ...] = ()
    note: str = ""


class MrResult(Struct, frozen=True, kw_only=True):
    """A published estimate: odds ratio with its 95 % interval, or only the direction that was told.

    ``tests``: how many exposures were tried in the same paper. ``per``: the unit of the exposure, where printed.
    """

    id: str
    exposure: Text
    outcome: Text
    label: str
    sources: tuple[Source, ...]
    method: str = ""
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    per: str = ""
    snps: int | None = None
    tests: int | None = None
    p_threshold: float | None = None
    n: int | None = None
    n_cases: int | None = None
    n_controls: int | None = None
    year: int | None = None
    note: str = ""


class ChecklistItem(Struct, frozen=True, kw_only=True):
    """A point of a reporting checklist and what one analysis can say to it.

    ``answer`` holds under the condition ``when``; else ``missing`` says why not. Both may have places to fill.
    """

    id: str
    number: str
    """As printed, with the letter of its part."""
    part: Literal["title", "introduction", "methods", "results", "discussion", "other"]
    name: Text
    """What it asks for."""
    when: Literal["always", "never", "estimate", "several", "three", "direction", "demo"]
    sources: tuple[Source, ...]
    answer: Text | None = None
    missing: Text | None = None
