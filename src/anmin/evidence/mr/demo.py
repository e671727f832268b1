"""The worked example: does magnesium in the blood lower the odds of insomnia, and could six variants tell?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from anmin.evidence.mr.analyse import Analysis, analyse
from anmin.evidence.mr.beside import Beside, beside
from anmin.evidence.mr.diagnostics import explained, p_of_interval
from anmin.evidence.mr.harmonise import Action, harmonise
from anmin.evidence.mr.instruments import association_of, usable_instruments
from anmin.evidence.mr.power import power, se_of_log_odds, smallest_effect
from anmin.evidence.mr.read import read_outcome
from anmin.evidence.mr.stream import Progress
from anmin.evidence.mr.synthetic import write_finngen
from anmin.evidence.mr.tails import z_of
from anmin.knowledge.load import Knowledge

EXPOSURE = "magnesium"
PUBLISHED = "mr-medicine-2025-magnesium"


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What the instruments find where ``case_share`` of the people are ill. ``smallest``: log odds per SD."""

    case_share: float
    se: float
    power: float
    smallest: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A published odds ratio against the number of exposures tried."""

    log_odds: float
    se: float
    p: float
    tests: int
    needed: float
    passes: bool
    power_alone: float
    """Chance of p < 0.05 were the printed ratio exactly true."""
    power_among: float
    """The same below ``needed``."""
    smallest_among: float
    """Log odds that a study with this error finds below ``needed`` with the wanted chance."""


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """The whole example. ``synthetic``: the outcome file was made up, so its estimate says nothing of the world."""

    synthetic: bool
    outcome_file: str
    dialect: str
    rows: int
    analysis: Analysis
    explained: float
    people: float
    reach: tuple[Reach, ...]
    published: Verdict
    touching: tuple[str, ...]
    """Variants that also touch the kidney or blood pressure."""
    beside: Beside


def run(
    knowledge: Knowledge,
    outcome: Path | None = None,
    *,
    cases: int | None = None,
    controls: int | None = None,
    action: Action = 2,
    draws: int = 1000,
    seed: int = 1,
    progress: Progress | None = None,
) -> Demo:
    """The example on ``outcome``, or on a made-up file in the same format if none is given."""
    instruments = usable_instruments(knowledge, EXPOSURE)
    wanted = [association_of(each) for each in instruments]
    result = knowledge.mr_results[PUBLISHED]
    known = knowledge.judgments["mr.demo.case-share"]
    shares = tuple(value for value in (known.low, known.value, known.high) if value is not None)
    people = float(result.n or 0)
    if cases and controls:
        people, shares = float(cases + controls), (cases / (cases + controls),)
    with tempfile.TemporaryDirectory() as folder:
        path = outcome
        if path is None:
            path = Path(folder) / "synthetic_FinnGen_format_INSOMNIA.gz"
            truth = knowledge.value("mr.demo.true-log-odds")
            write_finngen(
                path, wanted, log_odds_per_sd=truth, people=people, case_share=known.value, background=2000, seed=seed
            )
        reading = read_outcome(path, wanted, progress=progress)
    analysis = analyse(
        harmonise(wanted, reading.found, action),
        people_exposure=float(instruments[0].n or 0), people_outcome=people, draws=draws, seed=seed,
    )  # fmt: skip
    share = sum(explained(z_of(each.neg_log10_p or 0.0), each.n or 0.0) for each in wanted)
    verdict = published(knowledge)
    return Demo(
        synthetic=outcome is None, outcome_file=path.name, dialect=reading.dialect, rows=reading.rows,
        analysis=analysis, explained=share, people=people,
        reach=tuple(_reach(share, people, each, verdict.log_odds, knowledge) for each in shares),
        published=verdict,
        touching=tuple(
            each.snp for each in instruments
            if any(other.group in ("kidney", "blood_pressure") for other in each.other_traits)
        ),
        beside=beside(knowledge, people, shares[len(shares) // 2]),
    )  # fmt: skip


def published(knowledge: Knowledge) -> Verdict:
    """The printed magnesium result: p recomputed from its interval, held against the exposures tried beside it."""
    result = knowledge.mr_results[PUBLISHED]
    assert result.ratio is not None
    assert result.low is not None
    assert result.high is not None
    log_odds, se, p = p_of_interval(result.ratio, result.low, result.high)
    tests = result.tests or 1
    needed = 0.05 / tests
    return Verdict(
        log_odds=log_odds, se=se, p=p, tests=tests, needed=needed, passes=p < needed,
        power_alone=power(log_odds, se), power_among=power(log_odds, se, needed),
        smallest_among=smallest_effect(se, knowledge.value("mr.power.wanted"), needed),
    )  # fmt: skip


def _reach(share: float, people: float, case_share: float, effect: float, knowledge: Knowledge) -> Reach:
    se = se_of_log_odds(share, people, case_share)
    smallest = smallest_effect(se, knowledge.value("mr.power.wanted"))
    return Reach(case_share=case_share, se=se, power=power(effect, se), smallest=smallest)
