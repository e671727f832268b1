"""A new study, read from a file and tried on before it is accepted: what it would change, and whether it contradicts
itself. Nothing is written."""

from __future__ import annotations

from pathlib import Path

import msgspec

from anmin.errors import InputError
from anmin.evidence.doubt import Verdict, recompute
from anmin.evidence.model import Effect
from anmin.evidence.table import effects
from anmin.knowledge.load import Knowledge
from anmin.knowledge.plain import Bounds, read_text
from anmin.knowledge.rows import Row, read_file
from anmin.knowledge.studies import Study

LARGEST = 1e6
"""No effect is larger."""
_BOUNDS = Bounds(size=64 * 1024, depth=12, values=10_000, text=4000)
"""A study that a person could have typed."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One effect before and after; ``before`` None where there was none."""

    before: Effect | None
    after: Effect


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What accepting the studies would do, and their own contradictions."""

    studies: tuple[Study, ...]
    changes: tuple[Change, ...]
    doubts: tuple[Verdict, ...]


def read_studies(path: Path, knowledge: Knowledge) -> tuple[Study, ...]:
    """The studies of a file with a top-level ``studies:`` list, as in the package's own data.

    A file that is too big, too deep, not UTF-8 or not a study is an error naming file, line and field; so is an id that
    exists already, or a substance that nobody knows.
    """
    rows = list(read_file(read_text(path, _BOUNDS), path.name, _BOUNDS))
    for kind, row in rows:
        if kind != "studies":
            raise row.error(f"{kind!r} is not a study; only a list under 'studies:' is read")
    if not rows:
        raise InputError("file", str(path), "a list under 'studies:'")
    return tuple(_known(row, knowledge) for _, row in rows)


def propose(studies: tuple[Study, ...], knowledge: Knowledge) -> Proposal:
    """Compare the table with and without the studies."""
    wider = msgspec.structs.replace(knowledge, studies={**knowledge.studies, **{study.id: study for study in studies}})
    before = {(effect.component, effect.outcome): effect for effect in effects(knowledge)}
    changes = [
        Change(before=before.get((after.component, after.outcome)), after=after)
        for after in effects(wider)
        if after != before.get((after.component, after.outcome))
    ]
    doubts = [verdict for study in studies for verdict in recompute(study, wider) if not verdict.ok]
    return Proposal(studies=studies, changes=tuple(changes), doubts=tuple(doubts))


_COUNTS = ("n", "n_randomised", "n_analysed", "k")
_POSITIVE = ("sd_paired", "baseline_sd", "post_sd", "change_sd", "weeks")
_AMOUNTS = ("mg", "mg_high", "compound_mg", "age_low", "age_high", "age_mean", "i2_percent")


def _possible(row: Row, study: Study) -> None:
    """Refuse counts, spreads and amounts that nothing can have; formulas take them for granted."""
    parts: list[tuple[tuple[str | int, ...], object]] = [((), study)]
    parts += [(("doses", i), dose) for i, dose in enumerate(study.doses)]
    for i, outcome in enumerate(study.outcomes):
        parts.append((("outcomes", i), outcome))
        parts += [(("outcomes", i, "arms", j), arm) for j, arm in enumerate(outcome.arms)]
    for path, part in parts:
        for fields, least, words in ((_COUNTS, 1, "1 or more"), (_POSITIVE, 0, "above 0"), (_AMOUNTS, 0, "0 or more")):
            for field in fields:
                value = getattr(part, field, None)
                if value is not None and (value < least or (value == 0 and fields is _POSITIVE)):
                    raise row.error(f"{field} is {value:g}, not {words}", *path, field)
        p = getattr(part, "p", None)
        if p is not None and not 0 <= p <= 1:
            raise row.error(f"p is {p:g}, not 0 to 1", *path, "p")


def _known(row: Row, knowledge: Knowledge) -> Study:
    study = row.fact
    assert isinstance(study, Study)
    if study.id in knowledge.studies:
        raise row.error(f"id {study.id!r} is taken", "id")
    known = set(knowledge.substances) | {part for other in knowledge.studies.values() for part in other.components}
    for component in (*study.components, *(outcome.component for outcome in study.outcomes if outcome.component)):
        if component not in known:
            raise row.error(f"unknown substance {component!r}", "components")
    for i, outcome in enumerate(study.outcomes):
        for field in ("effect", "low", "high", "sd_paired", "p"):
            value = getattr(outcome, field)
            if value is not None and not abs(value) < LARGEST:
                raise row.error(f"{field} is not below {LARGEST:g}", "outcomes", i, field)
        if outcome.low is not None and outcome.high is not None and outcome.low > outcome.high:
            raise row.error("low is above high", "outcomes", i, "low")
        if outcome.outcome != "other" and outcome.outcome not in knowledge.outcomes:
            raise row.error(f"unknown outcome {outcome.outcome!r}", "outcomes", i, "outcome")
        if outcome.effect is not None and outcome.metric != "mean" and outcome.better is None:
            raise row.error("an effect needs 'better: lower' or 'better: higher'", "outcomes", i)
    _possible(row, study)
    for text in (study.population, study.comparator, *study.doubts):
        if not (text.en.strip() and text.zh_hant.strip() and text.ja.strip()):
            raise row.error("a text needs all three languages", "population")
    if not study.sources:
        raise row.error("a study needs a source", "sources")
    return study
