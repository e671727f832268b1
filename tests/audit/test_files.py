"""Claims files of others: what is read, what is refused and where, and the format as JSON Schema."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from anmin.audit.draft import MAX_TEXT, candidates, prepare
from anmin.audit.read import MAX_TEXT as MAX_VALUE
from anmin.audit.read import parse_article, read_article
from anmin.audit.schema import claims_schema
from anmin.audit.walk import audit
from anmin.errors import ClaimError
from anmin.knowledge.load import load
from anmin.knowledge.rows import DATA

US = "limit-magnesium-us-iom-1997-9-years-and-over"

GOOD = f"""\
article: Tea and sleep
claims:
- id: T1
  kind: dose
  text: 500 mg of magnesium a day is fine
  safety: high
  verdict: contradicted
  checks:
  - {{kind: limit, claimed_mg: 500, limits: [{US}]}}
- {{id: T2, kind: comparative, text: {{en: Tea is best, ja: お茶がいちばん}},
   checks: [{{kind: record, record: tea-2020, bearing: silent}}]}}
- {{id: T3, kind: market, text: 大家都愛喝茶}}
records:
- {{id: tea-2020, says: It does not say, sources: [{{label: A page on tea, read_in: weak}}]}}
"""


def _row(**fields: object) -> str:
    row = {"id": "T1", "kind": "dose", "text": "x", **fields}
    return json.dumps({"claims": [row]}, ensure_ascii=False)


def test_another_text_is_audited_with_its_own_records() -> None:
    article = parse_article(GOOD, "tea.yaml")
    result = audit(article, load())
    assert result.title == "Tea and sleep"
    assert [judged.verdict for judged in result.claims] == ["contradicted", "unverifiable", None]
    assert [judged.claim.id for judged in result.open()] == ["T3"]
    assert not result.problems()
    assert article.claims[1].claim.text.zh_hant == "Tea is best"
    assert article.claims[1].claim.text.ja == "お茶がいちばん"
    assert [placed.line for placed in article.claims] == [3, 10, 12]


def test_json_is_read_too() -> None:
    assert parse_article(_row(), "x.json").claims[0].claim.text.ja == "x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with `claims:`"),
        ("claims: []", "at least one claim"),
        ("claims: {}", "a list"),
        ("article: 5\nclaims:\n- {id: a}", "article"),
        ("claimz:\n- {id: a}", "claimz"),
        ("claims:\n- {id: a, kind: dose}", r"x.yaml:2.*text"),
        ("claims:\n- 5", "x.yaml:2"),
        (_row(safety="big"), "safety.*none, low, moderate, high"),
        (_row(kind="talk"), "kind.*quantitative"),
        (_row(verdict="true"), "verdict.*contradicted"),
        (_row(extra=1), "extra"),
        (_row(id="../x"), "id"),
        (_row(checks=[{"kind": "magic"}]), r"checks\[0\].kind.*stoichiometry"),
        (_row(checks=[{"kind": "limit", "claimed_mg": 5, "limits": []}]), r"checks\[0\].limits"),
        (_row(checks=[{"kind": "limit", "claimed_mg": 5, "limits": ["nope"]}]), r"T1.checks\[0\].limits.*nope"),
        (_row(checks=[{"kind": "limit", "claimed_mg": 5, "limits": [US[:-1]]}]), f"Did you mean: {US}"),
        (_row(checks=[{"kind": "limit", "claimed_mg": [9, 5], "limits": [US]}]), "lower end first"),
        (_row(checks=[{"kind": "record", "record": "mine", "bearing": "silent"}]), "mine"),
        (_row(checks=[{"kind": "stoichiometry", "form": "citrate", "of": "element", "to": "glycine", "mg": 5,
                       "claimed": 5}]), "holds glycine"),
        (_row(checks=[{"kind": "stoichiometry", "form": "oxide", "of": "element", "to": "compound", "mg": 5,
                       "claimed": -5}]), r"checks\[0\].claimed"),
        (_row(article_line=0), "article_line"),
        (_row(checks=[{"kind": "limit", "claimed_mg": 10**40, "limits": [US]}]), "at most 1e"),
        (_row(checks=["@"]).replace('"@"', '{"kind": "limit", "claimed_mg": 1.0e+999, "limits": ["a"]}'), "claimed_mg"),
        (_row(text="x" * (MAX_VALUE + 1)), str(MAX_VALUE)),
        (_row(text="calm \x1b[2J"), "text.*printable"),
        (_row(text="calm \u202ethgin"), "text.*printable"),
        ("claims: &a\n- *a", "anchors"),
        ("claims: !!python/object/apply:os.system ['true']", "tags"),
        ("[" * 300 + "]" * 300, "nesting"),
        ('{"a":' * 300, "nesting"),
        ("claims:\n- {id: a, kind: dose, text: no}", "quotes"),
        ("claims:\n- {id: a, kind: dose, text: x}\n- {id: a, kind: dose, text: y}", "line 2"),
        ("claims:\n- {id: a, id: b, kind: dose, text: x}", "given twice"),
        ("claims:\n- {? [a] : b}", "a word"),
        ("? [a]\n: b", "a word"),
        ("\x00", "control characters"),
        ("claims:\n- [" + "1," * 61_000 + "]", "60000"),
    ],
)  # fmt: skip
def test_a_bad_file_names_field_and_line(text: str, words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        audit(parse_article(text, "x.yaml"), load())


def test_the_line_of_a_bad_field_is_named() -> None:
    text = GOOD.replace("safety: high", "safety: huge")
    with pytest.raises(ClaimError, match=r"tea.yaml:6: safety"):
        parse_article(text, "tea.yaml")
    wrong = GOOD.replace(US, "limit-of-nowhere")
    with pytest.raises(ClaimError, match=r"tea.yaml:9: T1.checks\[0\].limits"):
        audit(parse_article(wrong, "tea.yaml"), load())


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for name, data in (("big.yaml", b"#" * (1024 * 1024 + 1)), ("latin.yaml", b"claims: \xff\xfe")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ClaimError):
            read_article(tmp_path / name)
    with pytest.raises(ClaimError):
        read_article(tmp_path)
    with pytest.raises(ClaimError):
        read_article(tmp_path / "none.yaml")


@settings(max_examples=150, deadline=None)
@given(st.one_of(
    st.text(max_size=200),
    st.text(alphabet="claims:-[]{}&*!?\n 'id1.e", max_size=120).map(lambda text: f"claims:\n- {text}"),
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8),
                 lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                     st.sampled_from(["id", "kind", "text", "checks", "limits", "claimed_mg", "record", "safety"]),
                     inner, max_size=5), max_leaves=12).map(lambda row: json.dumps({"claims": [row]})),
))  # fmt: skip
def test_no_file_ends_in_anything_but_an_answer_or_a_named_error(text: str) -> None:
    with contextlib.suppress(ClaimError):
        audit(parse_article(text, "x.yaml"), load())


def test_the_schema_fits_our_own_files_and_refuses_what_the_reader_refuses() -> None:
    schema = claims_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    claims: list[object] = []
    for path in sorted((DATA / "claims").glob("*.yaml")):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        claims += rows.get("claims", [])
        file = {"claims": rows.get("claims") or [{"id": "a", "kind": "dose", "text": "x"}],
                "records": rows.get("records", [])}  # fmt: skip
        assert not list(validator.iter_errors(file)), path.name
    assert len(claims) == 164
    validator.validate(yaml.safe_load(GOOD))
    for bad in ({}, {"claims": []}, {"claims": [{"id": "a", "kind": "dose", "text": "x", "safety": "big"}]},
                {"claims": [{"id": "a", "kind": "dose", "text": "x", "checks": [{"kind": "magic"}]}]}):  # fmt: skip
        assert list(validator.iter_errors(bad)), bad


ARTICLE = """\
# Better nights
Choose magnesium glycinate with 200-400 mg of elemental magnesium. My cat sleeps all day.
Keep ciprofloxacin and other quinolone antibiotics two hours away from magnesium.
At about 23.5 % the glycinate is the best absorbed. Thank you for reading!

鎂在睡前 30 到 60 分鐘服用最好。今天天氣很好。
三克甘胺酸能縮短入睡時間，腎臟病患者請小心。
環丙沙星與鎂至少間隔兩小時。

お湯は38〜40℃、15〜20分つかりましょう。うちの猫はよく寝ます。
酸化マグネシウム414mgを1日2回で、マグネシウム500mgになります。
トリプトファン420mgは強い量です。
"""


def test_sentences_worth_checking_are_found_in_three_languages() -> None:
    found = candidates(ARTICLE, load())
    assert [each.sentence.line for each in found] == [2, 3, 4, 6, 7, 8, 10, 11, 12]
    assert [each.sentence.lang for each in found] == ["en"] * 3 + ["zh-Hant"] * 3 + ["ja"] * 3
    assert not any("cat" in each.sentence.text or "猫" in each.sentence.text for each in found)


@pytest.mark.parametrize(
    ("line", "claim_id"),
    [(2, "C084"), (3, "C136"), (4, "C003"), (6, "C100"), (8, "C136"), (10, "C124"), (11, "C032"), (12, "C157")],
)
def test_known_claims_are_recognised_in_other_words(line: int, claim_id: str) -> None:
    assert claim_id in next(each for each in candidates(ARTICLE, load()) if each.sentence.line == line).like


@pytest.mark.parametrize(
    ("line", "kind", "units"),
    [(2, "dose", {"mg"}), (3, "timing", {"h"}), (4, "comparative", {"percent"}), (6, "timing", {"min"}),
     (7, "safety", {"g"}), (10, "timing", {"c", "min"}), (12, "dose", {"mg"})],
)  # fmt: skip
def test_numbers_are_read_with_their_units(line: int, kind: str, units: set[str]) -> None:
    found = next(each for each in candidates(ARTICLE, load()) if each.sentence.line == line)
    assert found.kind == kind
    assert {quantity.unit for quantity in found.signals.quantities} == units


def test_a_draft_reads_back_and_is_open_throughout() -> None:
    made = prepare(ARTICLE, 'nights "x": y\t.txt', load())
    result = audit(parse_article(made, "draft.yaml"), load())
    assert len(result.open()) == len(result.claims) == 9
    assert not result.problems()
    assert f"limits: [{US}" in made or US in made
    assert "mg-ciprofloxacin" in made


def test_suggested_checks_compute_once_they_are_taken() -> None:
    lines = prepare(ARTICLE, "x", load()).splitlines()
    taken = [line.replace("  # checks:", "  checks:").replace("  # - {", "  - {") for line in lines]
    verdicts = [judged.verdict for judged in audit(parse_article("\n".join(taken), "x.yaml"), load()).claims]
    assert verdicts[0] == "supported_with_caveat", "400 mg is within some limits and over others"
    assert verdicts[1] == verdicts[5] == "contradicted", "two hours are not enough"


@pytest.mark.parametrize("text", ["", "Nothing here.", "x" * (MAX_TEXT + 1)])
def test_an_article_without_anything_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(ClaimError):
        prepare(text, "x.txt", load())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='0159.,-–~ 一二百半mgh%克小時分鐘鎂マグネシウムp<=:"\\\n\u2028\x07&*!{}[]#', max_size=300))
def test_any_text_makes_a_draft_that_reads_back(text: str) -> None:
    try:
        made = prepare(text, text[:40], load())
    except ClaimError:
        return
    assert parse_article(made, "draft.yaml").claims
