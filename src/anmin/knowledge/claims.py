"""The shapes of claims: what an article says, and how each sentence is checked.

A check is data: its kind names the computation, its fields say what the article claims and which facts to hold that
against. Figures that stand elsewhere (limits, windows, doses of trials, molar masses) are named by id, never copied;
what only the claim needs stands in a :class:`Record` of the source it was read in. The computations themselves are in
:mod:`anmin.audit`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, Union

import msgspec

from anmin.knowledge.model import Action, Source, Struct, Text
from anmin.knowledge.studies import Direction, OutcomeId

Verdict = Literal[
    "supported", "supported_with_caveat", "contradicted", "unverifiable", "computed_ok", "computed_wrong"
]  # fmt: skip
"""``computed_*``: arithmetic alone decides. ``unverifiable``: looked for and not found; it does not mean false."""

Weight = Literal["none", "low", "moderate", "high"]
"""What a reader who believes the sentence may lose in safety."""

ClaimKind = Literal["quantitative", "mechanism", "comparative", "safety", "timing", "dose", "market"]

Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=1e12)]
Span: TypeAlias = Union[float, tuple[float, float]]  # noqa: UP007 - resolved at run time
"""A number, or the lower and the upper end of a range. (No bounds here: msgspec cannot hold them beside a tuple.)"""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=40)]


class Record(Struct, frozen=True, kw_only=True):
    """What one source says about claims, and the figures of it that checks use.

    ``study``: the study of this id is the source (its own ``sources`` count). ``mr_result``: a published genetic
    result, whose figures count as the record's (odds_ratio, low, high, exposures, people, year, variants).
    ``figures`` have names that say their unit; one called ``..._change`` is 1 for rose, -1 for fell, 0 for neither.
    """

    id: str
    says: Text
    sources: tuple[Source, ...] = ()
    study: str | None = None
    mr_result: str | None = None
    figures: dict[str, Number] = msgspec.field(default_factory=dict)


class Check(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One way to hold a claim against what is known. ``beside``: shown with the claim, but does not decide it."""

    beside: bool = False


class Stoichiometry(Check, frozen=True, kw_only=True, tag="stoichiometry"):
    """So much of a magnesium compound (or of its element, or of the glycine it frees) is how much of another part?

    ``mg`` is taken ``times`` over; ``plus_mg`` is added to the result; ``percent_of`` names a study whose dose of
    glycine the result is a percentage of. Fits when ``claimed`` is within ``tolerance`` (a fraction) of the result,
    or of the range of results.
    """

    form: Name
    of: Literal["element", "compound", "glycine"]
    to: Literal["element", "compound", "glycine", "ligand"]
    mg: Span
    claimed: Positive
    tolerance: Positive = 0.02
    times: Positive = 1.0
    plus_mg: Number = 0.0
    percent_of: Name | None = None


class DoseNeeded(Check, frozen=True, kw_only=True, tag="dose_needed"):
    """Does the magnesium that comes along with so much glycine stay near or under these limits?"""

    form: Name
    glycine_mg: Positive
    limits: Names


class PFromInterval(Check, frozen=True, kw_only=True, tag="p_from_interval"):
    """Is the two-sided p that follows from an odds ratio and its 95 % interval below the claimed bound?"""

    record: Name
    below: Positive


class Temperature(Check, frozen=True, kw_only=True, tag="temperature"):
    """Degrees Celsius in Fahrenheit, to half a degree."""

    celsius: Span
    fahrenheit: Span


class Bonferroni(Check, frozen=True, kw_only=True, tag="bonferroni"):
    """Does the p from the interval hold when ``level`` is shared among all ``exposures`` of the record?"""

    record: Name
    level: Positive = 0.05


class Figure(Check, frozen=True, kw_only=True, tag="figure"):
    """A claimed number against a figure of a source."""

    record: Name
    figure: Name
    claimed: Span
    relation: Literal["equals", "at_least", "at_most"] = "equals"
    tolerance: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.005


class Order(Check, frozen=True, kw_only=True, tag="order"):
    """Is one figure of a source the highest of its figures (or of those named), by more than a trifle?"""

    record: Name
    figure: Name
    than: tuple[Name, ...] = ()
    trifle: bool = True


class Change(Check, frozen=True, kw_only=True, tag="change"):
    """Did something rise, fall or stay in the source as the claim says?"""

    record: Name
    figure: Name
    claimed: Literal["rose", "fell", "same"]


class StudyFigure(Check, frozen=True, kw_only=True, tag="study"):
    """A claimed property of a study against the table of studies. ``dose_mg`` is of its first ingredient."""

    study: Name
    figure: Literal[
        "n_randomised", "year", "weeks", "blinding", "country", "ages", "dose_mg", "compound_mg", "before_bed",
    ]  # fmt: skip
    claimed: Span | str


class Effect(Check, frozen=True, kw_only=True, tag="effect"):
    """A claimed result (and its p) against the row that the study printed. ``measure``: a part of the row's name."""

    study: Name
    outcome: OutcomeId
    claimed: Direction | None = None
    measure: str = ""
    p: Positive | None = None


class Pooled(Check, frozen=True, kw_only=True, tag="pooled"):
    """A claimed effect against the table of effects: the direction, and at least so much certainty."""

    component: Name
    outcome: OutcomeId
    claimed: Direction
    certainty: Literal["very_low", "low", "moderate", "high"] = "moderate"


class Largest(Check, frozen=True, kw_only=True, tag="largest"):
    """Is a study at least as large as the others named?"""

    study: Name
    among: Names


class DoseLimit(Check, frozen=True, kw_only=True, tag="limit"):
    """Does the whole claimed range of a daily dose stay within these limits?"""

    claimed_mg: Span
    limits: Names


class LimitValue(Check, frozen=True, kw_only=True, tag="limit_value"):
    """Is this number the value of these limits?"""

    claimed_mg: Positive
    limits: Names


class Margin(Check, frozen=True, kw_only=True, tag="margin"):
    """Does a limit lie well below the lowest harmful dose of a record (a conservative limit)?"""

    record: Name
    figure: Name
    limit: Name


class Window(Check, frozen=True, kw_only=True, tag="window"):
    """Are the claimed hours enough for both sides of these interaction rules?"""

    rules: Names
    claimed_h: Number


class Rule(Check, frozen=True, kw_only=True, tag="rule"):
    """Do rules of the gate exist that say what the claim says, with one of these actions?"""

    rules: Names
    actions: tuple[Action, ...]


class Hour(Check, frozen=True, kw_only=True, tag="hour"):
    """Do claimed minutes before bed lie in the window that studies used?"""

    timing: Name
    claimed_min: Span


class Bath(Check, frozen=True, kw_only=True, tag="bath"):
    """Does a claimed bath stay within these rules for water and time?"""

    rules: Names
    celsius: Span | None = None
    minutes: Span | None = None


class Shell(Check, frozen=True, kw_only=True, tag="shell"):
    """How many times larger is a hydrated ion than the bare one, in radius or in volume?"""

    record: Name
    claimed: Positive
    of: Literal["radius", "volume"]


class Scaling(Check, frozen=True, kw_only=True, tag="scaling"):
    """Is a dose given to rats, scaled by body surface, comparable with the dose people took in a study?"""

    record: Name
    figure: Name
    study: Name


class Dilution(Check, frozen=True, kw_only=True, tag="dilution"):
    """Do so many cups of salt in a bathtub reach the strength that a study used?"""

    cups: Span
    record: Name
    figure: Name


class Read(Check, frozen=True, kw_only=True, tag="record"):
    """What a source says about the claim, as a person read it. ``silent``: it does not say."""

    record: Name
    bearing: Literal["supports", "limits", "contradicts", "silent"]


class NotFound(Check, frozen=True, kw_only=True, tag="not_found"):
    """Looked for, and nothing was found."""

    looked_for: Literal["label", "study", "price", "source"]


AnyCheck: TypeAlias = Union[  # noqa: UP007 - msgspec resolves the alias at run time
    Stoichiometry, DoseNeeded, PFromInterval, Temperature, Bonferroni, Figure, Order, Change, StudyFigure, Effect,
    Pooled, Largest, DoseLimit, LimitValue, Margin, Window, Rule, Hour, Bath, Shell, Scaling, Dilution, Read, NotFound,
]  # fmt: skip
"""Every kind of check; the field ``kind`` picks one."""


class Claim(Struct, frozen=True, kw_only=True):
    """One sentence of an article, in our own words.

    ``article_line``: where it stands. ``right``: what is right instead, or more exactly. ``caveat``: what to know
    before believing either. ``verdict`` may be missing while a person is still at work; ``first_verdict`` is what an
    earlier reading said where a later one knew better (the caveat says why).
    """

    id: str
    topic: str
    kind: ClaimKind
    text: Text
    safety: Weight
    verdict: Verdict | None = None
    checks: tuple[AnyCheck, ...] = ()
    article_line: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None
    right: Text | None = None
    caveat: Text | None = None
    first_verdict: Verdict | None = None
