"""Every cross-check, shown with a snippet that breaks it."""

from pathlib import Path

import pytest

from anmin.errors import KnowledgeError
from anmin.knowledge.compile import build

SOUND = """
substances:
- {id: magnesium, name: {en: magnesium, zh_hant: 鎂, ja: マグネシウム}, sedating: false}
- {id: glycine, name: {en: glycine, zh_hant: 甘胺酸, ja: グリシン}, sedating: true, rule_ids: [gly]}
forms:
- id: oxide
  name: {en: magnesium oxide, zh_hant: 氧化鎂, ja: 酸化マグネシウム}
  formula: MgO
  alkaline: true
  oral: true
  aliases: [MgO]
  sources: [{label: formula, read_in: derived}]
condition_keys:
- {id: ckd_3, name: {en: kidney disease, zh_hant: 腎臟病, ja: 腎臓病}}
interactions:
- id: mg-cipro
  substance: magnesium
  drugs: {en: ciprofloxacin, zh_hant: 環丙沙星, ja: シプロフロキサシン}
  atc: [J01MA02]
  severity: major
  action: separate
  reason: {en: binds, zh_hant: 結合, ja: 結合する}
  grade: A
  salts: any
  before_h: 2
  strict_before_h: 4
  strict_after_h: 6
  readings: [{source: label, before_h: 4}]
  sources: [{label: label text, read_in: label}]
conditions:
- id: kidney
  name: {en: kidney, zh_hant: 腎, ja: 腎}
  applies_to: [magnesium, gly, any_sedating_ingredient]
  action: consult
  severity: major
  reason: {en: reason, zh_hant: 理由, ja: 理由}
  keys: [ckd_3, pregnant]
  threshold: {egfr_from: 30, egfr_below: 60}
  sources: [{label: guideline, read_in: guideline}]
limits:
- id: ul
  substance: magnesium
  jurisdiction: US
  countries: [US]
  body: IOM
  kind: UL
  population: adults
  scope: supplements
  binding: true
  value_mg: 350
  age_from: 9
  sources: [{label: IOM, read_in: secondary}]
judgments:
- {id: test.value, value: 0.3, low: 0.2, high: 0.4, unit: share, reason: {en: 'a {n}', zh_hant: 'b {n}', ja: 'c {n}'}}
code_sets:
- {id: set, codes: [C03, ckd_3], reason: {en: r, zh_hant: r, ja: r}}
timing:
- id: timing-magnesium
  substance: magnesium
  nearest_min: 30
  preferred_min: 45
  farthest_min: 60
  reason: {en: r, zh_hant: r, ja: r}
  sources: [{label: trial, read_in: abstract}]
prices:
- {id: price, substance: magnesium, form: oxide, country: JP, currency: JPY, product: p, pack_price: 1980, pieces: 100,
   mg_per_piece: 199, sources: [{label: shop, read_in: secondary}]}
foods:
- {id: rice, name: {en: rice, zh_hant: 飯, ja: ごはん}, portion: {en: a, zh_hant: b, ja: c}, portion_g: 150,
   mg_per_100g: 7, sources: [{label: table, read_in: secondary}]}
"""

BROKEN = {
    "substance of a rule": ("substance: magnesium\n  drugs", "substance: magnesum\n  drugs", "no substance 'magnesum'"),
    "substance of a condition": ("applies_to: [magnesium, gly", "applies_to: [magnesium, glycin", "'glycin'"),
    "substance of a limit": ("- id: ul\n  substance: magnesium", "- id: ul\n  substance: mg", "no substance 'mg'"),
    "condition key": ("keys: [ckd_3", "keys: [ckd3", "no condition key 'ckd3'"),
    "form of a price": ("form: oxide", "form: oxid", "no form 'oxid'"),
    "ATC too long": ("[J01MA02]", "[J01MA021]", "no ATC code"),
    "ATC letter": ("[J01MA02]", "[K01MA02]", "no ATC code"),
    "ATC in small letters": ("[J01MA02]", "[j01ma02]", "no ATC code"),
    "hours below zero": ("strict_after_h: 6", "strict_after_h: -6", "less than zero"),
    "milligrams below zero": ("value_mg: 350", "value_mg: -350", "less than zero"),
    "strictest is not strictest": ("strict_before_h: 4", "strict_before_h: 2", "less than the strictest reading 4"),
    "strict below usual": ("before_h: 2\n", "before_h: 5\n", "larger than"),
    "separate without hours": (
        "  strict_before_h: 4\n  strict_after_h: 6\n  readings: [{source: label, before_h: 4}]\n",
        "",
        "no hour is given",
    ),
    "window without salts": ("  salts: any\n", "", "which salts"),
    "grade A without an official text": ("read_in: label}", "read_in: abstract}", "grade A does not follow"),
    "interval upside down": ("egfr_from: 30", "egfr_from: 90", "larger than"),
    "ages upside down": ("age_from: 9", "age_from: 9\n  age_below: 4", "larger than"),
    "windows upside down": ("nearest_min: 30", "nearest_min: 50", "larger than"),
    "judgment outside its range": ("low: 0.2, high: 0.4", "low: 0.4, high: 0.2", "larger than"),
    "judgment above its range": ("value: 0.3,", "value: 0.9,", "larger than"),
    "a number without its unit": ("unit: share,", "unit: '',", "needs its unit"),
    "a code that is none": ("codes: [C03, ckd_3]", "codes: [C03, ckd_9]", "neither an ATC code"),
    "a source is missing": ("sources: [{label: IOM, read_in: secondary}]", "sources: []", "source is missing"),
    "a source without a label": ("{label: IOM,", "{label: ' ',", "needs a label"),
    "a judgment that claims a source": ("unit: share,", "unit: share, read_in: label,", "source is missing"),
    "a condition that never applies": (
        "  keys: [ckd_3, pregnant]\n  threshold: {egfr_from: 30, egfr_below: 60}\n", "", "never apply"),
    "a binding limit that says nothing": ("  value_mg: 350\n", "", "neither a value nor a status"),
    "a place that one language lacks": ("ja: 'c {n}'", "ja: 'c'", "other places in braces"),
    "an empty English sentence": ("{en: binds,", "{en: '',", "English sentence is empty"),
    "an id with spaces": ("- id: ul\n", "- id: u l\n", "small letters"),
    "a typed-in molar mass": ("formula: MgO", "formula: MgO\n  molar_mass: 40.3", "computed from the formula"),
    "a formula that is none": ("formula: MgO", "formula: Xx2", "cannot be read"),
    "a compound without magnesium": ("formula: MgO", "formula: CaO", "cannot be read"),
    "a form without formula and note": ("formula: MgO", "formula: null", "needs a note"),
    "a price of nothing": ("pack_price: 1980, ", "", "give price_per_g"),
    "a food of nothing": ("mg_per_100g: 7,", "", "give mg_per_portion"),
}  # fmt: skip


def _build(text: str, tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(text, encoding="utf-8")
    build(tmp_path)


def test_the_sound_snippet_is_sound(tmp_path: Path) -> None:
    _build(SOUND, tmp_path)


@pytest.mark.parametrize("case", BROKEN)
def test_a_fact_that_does_not_fit_is_refused(case: str, tmp_path: Path) -> None:
    old, new, reason = BROKEN[case]
    assert SOUND.count(old) == 1, f"{case}: the snippet has changed"
    with pytest.raises(KnowledgeError) as error:
        _build(SOUND.replace(old, new), tmp_path)
    assert reason in error.value.reason
    assert error.value.file == "facts.yaml"
    assert error.value.line is not None
    broken = SOUND.replace(old, new).splitlines()
    assert 1 <= error.value.line <= len(broken)


def test_the_line_is_that_of_the_broken_field(tmp_path: Path) -> None:
    text = SOUND.replace("keys: [ckd_3", "keys: [ckd3")
    with pytest.raises(KnowledgeError) as error:
        _build(text, tmp_path)
    assert "ckd3" in text.splitlines()[(error.value.line or 0) - 1]


def test_grade_b_on_relayed_pages_is_refused(tmp_path: Path) -> None:
    text = SOUND.replace("grade: A\n", "grade: B\n").replace("read_in: label}", "read_in: weak}")
    with pytest.raises(KnowledgeError, match="grade B does not follow"):
        _build(text, tmp_path)


def test_two_forms_cannot_share_a_name_in_any_width(tmp_path: Path) -> None:
    second = SOUND[SOUND.index("- id: oxide") : SOUND.index("condition_keys:")].replace("id: oxide", "id: other")
    second = second.replace("magnesium oxide", "x").replace("氧化鎂", "y").replace("酸化マグネシウム", "z")
    with pytest.raises(KnowledgeError, match="already a name of 'oxide'"):
        _build(SOUND.replace("condition_keys:", second.replace("MgO]", "ｍｇＯ]") + "condition_keys:"), tmp_path)


def test_a_message_stands_in_the_file_of_its_room(tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "plan.yaml").write_text("- id: report.x\n  text: {en: a, zh_hant: b, ja: c}\n")
    with pytest.raises(KnowledgeError, match="has to start with 'plan'"):
        build(tmp_path)
