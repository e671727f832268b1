"""The shapes of studies: what a paper printed, as it was read, before anything is computed from it.

Minutes are minutes, masses milligrams a day (elemental for minerals), ages years. ``None`` means *not found in what
was read*; it never means zero. An effect is always active minus comparator, in the unit that the paper printed, and
``better`` says which way of that number is good for the person.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import ReadIn, Source, Struct, Text

StudyKind = Literal["trial", "meta_analysis", "review", "cohort", "self_experiment", "animal"]
OutcomeId = Literal[
    "sleep_onset_latency", "wake_after_sleep_onset", "total_sleep_time", "sleep_efficiency", "slow_wave_sleep",
    "sleep_quality", "isi", "psqi", "ais", "daytime_fatigue", "other",
]  # fmt: skip
"""What was measured. ``other``: kept and shown, never pooled and never planned from."""

Metric = Literal["MD", "SMD", "log_ratio", "percent", "slope", "mean", "odds_ratio", "p_only"]
"""``MD``: difference of means. ``SMD``: in standard deviations. ``log_ratio``: difference of natural logs.
``percent``: difference in percent of the comparator or of baseline. ``p_only``: no size was printed."""

Tool = Literal["diary", "polysomnography", "eeg", "actigraphy", "wearable", "questionnaire", "laboratory", "mixed"]
Contrast = Literal["between", "within", "regression", "association"]
"""``between``: against the comparator. ``within``: against baseline; not an effect of the thing taken."""

Direction = Literal["better", "worse", "none", "unclear"]
Domain = Literal["risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"]


class StudyDose(Struct, frozen=True, kw_only=True):
    """One ingredient of what was given a day. ``mg`` is elemental for magnesium and zinc; None where not stated."""

    substance: str
    mg: float | None
    mg_high: float | None = None
    form: str = ""
    compound_mg: float | None = None
    second_hand: bool = False


class StudyArm(Struct, frozen=True, kw_only=True):
    """The figures of one arm, as printed."""

    role: Literal["active", "comparator", "other"]
    label: str
    n: int | None = None
    baseline_mean: float | None = None
    baseline_sd: float | None = None
    post_mean: float | None = None
    post_sd: float | None = None
    change_mean: float | None = None
    change_sd: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    second_hand: bool = False


class StudyOutcome(Struct, frozen=True, kw_only=True):
    """One row of results.

    ``low`` and ``high`` are the printed 95 % interval; ``sd_paired`` the SD of the within-person differences of a
    crossover; ``p_bound`` says whether ``p`` was printed as a value or a bound. ``component`` names the arm's own
    substance where a study tests several.
    """

    outcome: OutcomeId
    measure: str
    metric: Metric
    direction: Direction
    better: Literal["lower", "higher"] | None = None
    tool: Tool | None = None
    unit: str | None = None
    contrast: Contrast = "between"
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    sd_paired: float | None = None
    p: float | None = None
    p_bound: Literal["=", "<", "<=", ">"] = "="
    d_printed: float | None = None
    i2_percent: float | None = None
    k: int | None = None
    n: int | None = None
    comparator_low: float | None = None
    comparator_high: float | None = None
    arms: tuple[StudyArm, ...] = ()
    component: str | None = None
    read_in: ReadIn | None = None
    note: str = ""


class DomainJudgment(Struct, frozen=True, kw_only=True):
    """What somebody judged about one domain of certainty: how far it lowers it, and the message that says why."""

    domain: Domain
    down: int
    reason: str
    outcome: OutcomeId | None = None


class Study(Struct, frozen=True, kw_only=True):
    """A trial, a pooled analysis, a review, a cohort or a self-experiment.

    ``components`` are substance ids; more than one means a mixture, which no single component can be credited with
    unless an outcome row names its own ``component``. ``maker_funded``: paid or written by people of the maker.
    """

    id: str
    label: str
    kind: StudyKind
    design: str
    components: tuple[str, ...]
    comparator: Text
    population: Text
    sources: tuple[Source, ...]
    outcomes: tuple[StudyOutcome, ...]
    title: str = ""
    year: int | None = None
    randomised: bool | None = None
    crossover: bool = False
    blinding: Literal["double", "single", "open"] | None = None
    route: Literal["oral", "skin", "bath", "none"] = "oral"
    age_low: float | None = None
    age_high: float | None = None
    age_mean: float | None = None
    poor_sleepers: bool | None = None
    low_magnesium: bool | None = None
    n_randomised: int | None = None
    n_analysed: int | None = None
    k: int | None = None
    includes: tuple[str, ...] = ()
    country: str = ""
    doses: tuple[StudyDose, ...] = ()
    weeks: float | None = None
    duration: str = ""
    before_bed_min: float | None = None
    before_bed_max: float | None = None
    timing: str = ""
    funding: str = ""
    interests: str = ""
    maker_funded: bool | None = None
    registry: str = ""
    judged: tuple[DomainJudgment, ...] = ()
    doubts: tuple[Text, ...] = ()
    note: str = ""


class Outcome(Struct, frozen=True, kw_only=True):
    """An outcome that plans are made from: its name, unit, which way is better, and what difference matters.

    ``threshold`` and ``sd`` are ids of judgments: the smallest difference that matters, and the standard deviation
    between people that turns a standardised difference into the unit (None: no conversion is made). ``scale``: the
    lowest and highest total of a questionnaire whose answers are whole numbers. ``complaints``
    lists the sleep problems that it speaks about; the outcome that a problem is first about has rank 1.
    """

    id: OutcomeId
    name: Text
    unit: Text
    unit_code: Literal["min", "percent", "points", "SD"]
    better: Literal["lower", "higher"]
    threshold: str | None = None
    sd: str | None = None
    scale: tuple[int, int] | None = None
    complaints: dict[str, int] = msgspec.field(default_factory=dict)
