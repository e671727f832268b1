"""Treatments made of parts: does a blend do what its parts do added up?

Additive component network meta-analysis: a treatment's effect is the sum of its components', an inactive one
(placebo) adds nothing; an interaction is one more component that only the blends have which hold all of its parts.
Networks in separate pieces are joined where they share components. What the studies do not determine is None, never
the smallest number that would fit. Rücker, Petropoulou & Schwarzer 2020 (doi 10.1002/bimj.201800167); Welton 2009
(doi 10.1093/aje/kwp014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.contrasts import Between, Block, Comparison, Fit, Model, blocks
from anmin.evidence.network import (
    Difference,
    Heterogeneity,
    connected,
    design,
    difference,
    heterogeneity,
    inconsistency,
    treatments_of,
)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A component's (or an interaction's) own effect; ``effect`` None where the studies do not determine it."""

    name: str
    effect: Difference | None


class ComponentNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A fitted component network.

    ``additive``: what is left when blends are sums (plus the interactions given), at τ² = 0. ``standard``: what is
    left when every blend is a treatment of its own, within each connected piece. ``surplus`` is their difference: the
    test of additivity; no degrees means that nothing tests it. ``blends``: every treatment against nothing (its
    components added up); ``pieces``: the separate parts of the network.
    """

    treatments: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    studies: int
    method: Between
    level: float
    tau2: float
    i2: float | None
    additive: Heterogeneity
    standard: Heterogeneity
    surplus: Heterogeneity
    parts: tuple[Part, ...]
    blends: tuple[Part, ...]

    def part(self, name: str) -> Part:
        """The component of this name; :class:`InputError` if there is none."""
        for each in self.parts:
            if each.name == name:
                return each
        raise InputError("component", name, ", ".join(each.name for each in self.parts))


def fit(
    comparisons: Sequence[Comparison],
    *,
    inactive: str | None = None,
    composition: Mapping[str, Sequence[str]] | None = None,
    interactions: Sequence[tuple[str, ...]] = (),
    method: Between = "REML",
    level: float = 0.95,
) -> ComponentNetwork:
    """The component network.

    ``composition`` names the components of each treatment; without it a treatment's name is its components joined by
    ``+``. ``inactive``: the treatment, or component, without any effect (placebo). ``interactions``: sets of
    components that together do more, or less, than their sum.
    """
    data = blocks(comparisons)
    treatments = treatments_of(data)
    made_of = {name: frozenset(_components(name, composition)) - {inactive} for name in treatments}
    names = sorted(set().union(*made_of.values()))
    columns = [(name,) for name in names] + [_interaction(each, names) for each in interactions]
    if not columns:
        raise InputError("comparisons", ", ".join(treatments), "treatments with at least one active component")
    build = np.array([[float(made_of[name].issuperset(column)) for column in columns] for name in treatments])
    model = Model(data, design(data, treatments) @ build)
    made = model.fit(method)
    additive = heterogeneity(model.at(0.0).q, model.df)
    standard = _standard(data)
    wide = [np.eye(len(columns))[i] for i in range(len(columns))]
    return ComponentNetwork(
        treatments=treatments,
        pieces=connected(data),
        studies=len(data),
        method=method,
        level=level,
        tau2=made.tau2,
        i2=inconsistency(additive),
        additive=additive,
        standard=standard,
        surplus=heterogeneity(max(0.0, additive.q - standard.q), additive.df - standard.df),
        parts=tuple(
            _part("*".join(column), weights, made, level) for column, weights in zip(columns, wide, strict=True)
        ),
        blends=tuple(
            _part(name, row, made, level) for name, row in zip(treatments, build, strict=True) if made_of[name]
        ),
    )


def _components(treatment: str, composition: Mapping[str, Sequence[str]] | None) -> Sequence[str]:
    if composition is None:
        return [part.strip() for part in treatment.split("+") if part.strip()]
    if treatment not in composition:
        raise InputError("composition", treatment, "the components of every treatment")
    return composition[treatment]


def _interaction(parts: tuple[str, ...], names: Sequence[str]) -> tuple[str, ...]:
    wrong = [part for part in parts if part not in names]
    if wrong or len(set(parts)) < 2:
        raise InputError("interactions", "*".join(parts), f"two or more of {', '.join(names)}")
    return parts


def _part(name: str, weights: np.typing.NDArray[np.float64], made: Fit, level: float) -> Part:
    found = made.contrast(weights)
    return Part(name=name, effect=None if found is None else difference(name, "", *found, level))


def _standard(data: Sequence[Block]) -> Heterogeneity:
    """What is left when every treatment is one of its own, piece by piece."""
    model = Model(data, design(data, treatments_of(data)))
    return heterogeneity(model.at(0.0).q, model.df)
