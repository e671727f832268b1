"""Does a blend beat its parts? What the shipped studies say, and what made ones would."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from click.testing import CliRunner

from anmin.cli.evidence import evidence_group
from anmin.evidence import blends
from anmin.evidence.blends import answer
from anmin.evidence.model import Effect
from anmin.evidence.pool import pool
from anmin.evidence.reading import reading, sizes
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang
from anmin.knowledge.studies import StudyOutcome
from anmin.report.network import answer_lines
from anmin.report.wrap import cells

Table = dict[tuple[str, str], Effect]


def test_the_studies_cannot_tell(knowledge: Knowledge) -> None:
    found = answer(knowledge)
    assert found.told == 0
    by = {(blend.study, blend.outcome): blend for blend in found.blends}
    langan = by["langan-evans-2023", "sleep_onset_latency"]
    assert langan.best == "magnesium"
    assert set(langan.unmeasured) == {"l_tryptophan", "glycine", "tart_cherry"}
    assert by["rondanelli-2011", "psqi"].beyond_best is None


def test_the_difference_is_the_one_through_the_comparator(knowledge: Knowledge, table: Table) -> None:
    """24 min of the blend less 17.36 of magnesium, errors added in squares; less theanine's 3 for the sum."""
    blend = next(each for each in answer(knowledge).blends if each.outcome == "sleep_onset_latency")
    part = table["magnesium", "sleep_onset_latency"]
    assert part.gain is not None
    assert part.low is not None
    assert part.high is not None
    assert blend.beyond_best is not None
    assert blend.beyond_best.effect == pytest.approx(blend.gain - part.gain)
    widths = [(blend.high - blend.low) / 2, (part.high - part.low) / 2]
    assert blend.beyond_best.high - blend.beyond_best.effect == pytest.approx(math.hypot(*widths), rel=1e-9)
    assert blend.beyond_sum is not None
    assert blend.beyond_sum.effect == pytest.approx(blend.gain - part.gain - 3.0)


def test_the_one_trial_of_both_is_found(knowledge: Knowledge) -> None:
    """Yamatsu 2015: the pair did not beat GABA on latency, nor rafuma on deep sleep."""
    pairs = [pair for pair in answer(knowledge).side_by_side if pair.study == "yamatsu-2015"]
    assert {(pair.part, pair.more) for pair in pairs} == {("gaba", False), ("rafuma", False)}


def test_a_clear_blend_would_be_told(knowledge: Knowledge) -> None:
    """With a blend of 60 min and a small error the same code says that it beats its best part."""
    study = knowledge.studies["langan-evans-2023"]
    row = StudyOutcome(
        outcome="sleep_onset_latency", measure="made", metric="MD", direction="better", better="lower", effect=-60.0,
        low=-64.0, high=-56.0, n=16,
    )  # fmt: skip
    made = msgspec.structs.replace(study, outcomes=(row,), components=("magnesium", "l_theanine"))
    other = msgspec.structs.replace(knowledge, studies={**knowledge.studies, made.id: made})
    found = answer(other)
    blend = next(each for each in found.blends if each.study == made.id)
    assert found.told == 1
    assert blend.unmeasured == ()
    assert blend.beyond_sum is not None  # all parts have a size: what working together adds
    assert blend.beyond_sum.low > 0.0
    assert any("working together" in line for line in answer_lines(found, other, "en"))


def test_the_trial_that_would_tell_is_sized_by_the_usual_formula(knowledge: Knowledge) -> None:
    outcome = knowledge.outcomes["sleep_onset_latency"]
    assert outcome.sd is not None
    assert outcome.threshold is not None
    share = knowledge.value(outcome.sd) / knowledge.value(outcome.threshold)
    people = blends._people(outcome, knowledge)
    assert people == math.ceil(2 * ((1.959964 + 0.841621) * share) ** 2)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_the_answer_first(knowledge: Knowledge, lang: Lang) -> None:
    lines = answer_lines(answer(knowledge), knowledge, lang)
    found = answer(knowledge)
    assert lines[0].startswith(knowledge.say("evidence.network.unknown", lang, blends=len(found.blends), told=0)[:20])
    assert all(cells(line) <= 88 for line in lines)


def test_commands() -> None:
    run = CliRunner().invoke(evidence_group, ["network", "--json"])
    assert run.exit_code == 0
    assert json.loads(run.output)["told"] == 0
    shown = CliRunner().invoke(evidence_group, ["show", "magnesium", "--json"])
    assert {use["example"] for use in json.loads(shown.output)["used_in"]} >= {"cipro", "taiwan-34"}


def test_bayesian_reading_of_a_pool_needs_no_tau(knowledge: Knowledge, table: Table) -> None:
    """A flat prior gives the printed interval of a published pool back; the sceptic pulls it towards nothing."""
    for effect in table.values():
        found = reading(effect, knowledge)
        if found is None:
            continue
        assert abs(found.sceptical.mean) < abs(found.flat.mean)
        if found.settled:
            assert found.flat.mean == pytest.approx(effect.gain, rel=0.05)
            assert found.chances()[0] > found.chances()[1] or found.flat.mean < 0
        else:
            assert found.flat.high - found.flat.low > 2 * 1.96 * sizes(effect, knowledge)[0][1] * 0.99


def test_bayesian_reading_of_single_trials_is_that_of_their_rows(knowledge: Knowledge, table: Table) -> None:
    effect = table["lemon_balm", "isi"]
    ((gain, se),) = sizes(effect, knowledge)
    assert gain == pytest.approx(effect.gain)
    assert pool([gain], [se * se]).effect == pytest.approx(effect.gain)


def test_the_reading_is_in_the_json_too() -> None:
    shown = json.loads(CliRunner().invoke(evidence_group, ["show", "magnesium", "--json"]).output)
    latency = next(each for each in shown["bayes"] if each["outcome"] == "sleep_onset_latency")
    assert latency["settled"]
    assert latency["flat"][0] > latency["sceptical"][0] > 0
    assert 0 <= latency["sceptical"][3] < latency["flat"][3] <= 1
