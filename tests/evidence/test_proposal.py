"""A new study is tried on; a broken or hostile file is one readable error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import AnminError
from anmin.evidence.proposal import propose, read_studies
from anmin.knowledge.load import Knowledge

STUDY = """
studies:
- id: new-2030
  label: New 2030
  kind: trial
  design: parallel RCT
  components: [glycine]
  randomised: true
  blinding: double
  comparator: {en: placebo, zh_hant: 安慰劑, ja: プラセボ}
  population: {en: 400 poor sleepers, zh_hant: 400 位睡不好的人, ja: 眠りの悪い400名}
  n_analysed: 400
  doses: [{substance: glycine, mg: 3000}]
  sources: [{label: New 2030, read_in: full_text}]
  outcomes:
  - {outcome: sleep_onset_latency, measure: diary latency, metric: MD, direction: better, better: lower, tool: diary,
     unit: min, effect: -6.0, low: -9.0, high: -3.0}
"""


def test_a_sound_study_gives_glycine_its_first_size(tmp_path: Path, knowledge: Knowledge) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    found = propose(read_studies(file, knowledge), knowledge)
    assert [(change.after.component, change.after.outcome) for change in found.changes] == [
        ("glycine", "sleep_onset_latency")
    ]
    (change,) = found.changes
    assert change.before is not None
    assert change.before.gain is None
    assert change.after.gain == pytest.approx(6.0)
    assert change.after.certainty == "high"
    assert not found.doubts
    assert "new-2030" not in knowledge.studies


def test_a_study_that_contradicts_itself_is_said_so(tmp_path: Path, knowledge: Knowledge) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY.replace("low: -9.0, high: -3.0", "low: -9.2, high: -0.9"), encoding="utf-8")
    (verdict,) = propose(read_studies(file, knowledge), knowledge).doubts
    assert verdict.kind == "interval"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "studies"),
        ("studies: []", "studies"),
        ("drugs: []\nstudies: 3", "list of rows"),
        ("messages:\n- {id: x.y, text: {en: a, zh_hant: b, ja: c}}", "not a study"),
        (STUDY.replace("components: [glycine]", "components: [moon_dust]"), "moon_dust"),
        (STUDY.replace("id: new-2030", "id: abbasi-2012"), "taken"),
        (STUDY.replace("low: -9.0", "low: 9.0"), "above high"),
        (STUDY.replace("better: lower, ", ""), "better"),
        (STUDY.replace("effect: -6.0", "effect: -1.0e300"), "effect"),
        (STUDY.replace("effect: -6.0", "effect: .nan"), "nan"),
        (STUDY.replace("ja: プラセボ", "ja: ''"), "three languages"),
        (STUDY.replace("metric: MD", "metric: magic"), "magic"),
        ("studies: &a\n- *a", "anchors"),
        ("studies: " + "[" * 500, "deeper"),
        ("studies: " + "x" * 70_000, "KiB"),
        ("studies:\n- !!python/object/apply:os.system ['true']", "tags"),
    ],
)
def test_broken_and_hostile_files_are_one_error(text: str, says: str, tmp_path: Path, knowledge: Knowledge) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AnminError, match=says):
        read_studies(file, knowledge)


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=200))
def test_no_bytes_make_a_traceback(raw: bytes, tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> None:
    file = tmp_path_factory.mktemp("any") / "study.yaml"
    file.write_bytes(raw)
    with pytest.raises(AnminError):
        read_studies(file, knowledge)


@pytest.mark.parametrize(
    ("typed", "instead", "says"),
    [
        ("n_analysed: 400", "n_analysed: -1", "n_analysed is -1"),
        ("n_analysed: 400", "n_analysed: 0", "n_analysed is 0"),
        ("mg: 3000", "mg: -3000", "mg is -3000"),
        ("high: -3.0", "high: -3.0, p: 1.5", "p is 1.5"),
        ("high: -3.0", "high: -3.0, d_printed: 0.3, n: -4", "n is -4"),
        ("high: -3.0", "high: -3.0, sd_paired: 0.0", "sd_paired is 0"),
    ],
)
def test_what_nothing_can_have_is_named(
    typed: str, instead: str, says: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY.replace(typed, instead), encoding="utf-8")
    with pytest.raises(AnminError, match=says):
        propose(read_studies(file, knowledge), knowledge)


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_command_shows_before_and_after(lang: str, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from anmin.cli.evidence import evidence_group

    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    made = CliRunner().invoke(evidence_group, ["add", str(file), "--lang", lang], catch_exceptions=False)
    assert made.exit_code == 0
    assert "New 2030" in made.output
    assert "    − " in made.output
    assert "    + " in made.output
