"""The 164 claims: every verdict follows from its checks, and moves when the claimed number moves."""

from __future__ import annotations

import math
import re
from functools import cache

import msgspec
import pytest

from anmin.audit.book import Book
from anmin.audit.model import Judged, Placed
from anmin.audit.walk import audit, follows, judge, shipped
from anmin.errors import ClaimError
from anmin.knowledge import claims as kinds
from anmin.knowledge.claims import Check, Claim, Record
from anmin.knowledge.load import load
from anmin.knowledge.model import Text

COUNTS = {
    "quantitative": (19, 10, 3, 3, 10, 0),
    "mechanism": (9, 11, 1, 16, 0, 0),
    "comparative": (2, 7, 4, 11, 1, 0),
    "safety": (7, 8, 2, 4, 0, 1),
    "timing": (0, 4, 2, 3, 0, 0),
    "dose": (2, 4, 4, 1, 1, 0),
    "market": (1, 1, 1, 11, 0, 0),
}
"""The fact check this room began with: supported, with caveat, contradicted, unverifiable, computed right, wrong."""

WRONG = {
    "C003", "C011", "C021", "C035", "C046", "C068", "C070", "C078", "C084", "C085", "C087", "C106", "C124", "C130",
    "C136", "C143", "C149", "C157",
}  # fmt: skip

REVISED = {"C100": ("unverifiable", "supported_with_caveat")}
"""Claims of which we know more now than the first fact check did."""


@cache
def _book() -> Book:
    return Book(knowledge=load(), records=load().records)


@cache
def _judged() -> dict[str, Judged]:
    knowledge = load()
    return {judged.claim.id: judged for judged in audit(shipped(knowledge), knowledge).claims}


def _verdict(claim: Claim, *checks: Check, book: Book | None = None) -> str | None:
    changed = msgspec.structs.replace(claim, checks=checks) if checks else claim
    return judge(Placed(claim=changed), book or _book()).verdict


def _outcome(claim: Claim, check: Check) -> str:
    """What one check finds when it stands alone."""
    return judge(Placed(claim=msgspec.structs.replace(claim, checks=(check,))), _book()).findings[0].outcome


def test_there_are_164_claims_in_the_order_of_the_article() -> None:
    assert list(_judged()) == [f"C{number:03}" for number in range(1, 165)]


def test_every_stated_verdict_follows_from_its_checks() -> None:
    for judged in _judged().values():
        assert judged.problem is None, (judged.claim.id, judged.problem)
        assert judged.claim.verdict == judged.verdict


def test_the_counts_are_those_of_the_first_fact_check_but_for_what_was_revised() -> None:
    order = ("supported", "supported_with_caveat", "contradicted", "unverifiable", "computed_ok", "computed_wrong")
    for kind, wanted in COUNTS.items():
        of_kind = [judged.claim for judged in _judged().values() if judged.claim.kind == kind]
        first = [claim.first_verdict or claim.verdict for claim in of_kind]
        assert tuple(first.count(verdict) for verdict in order) == wanted, kind
    assert tuple(map(sum, zip(*COUNTS.values(), strict=True))) == (40, 45, 17, 49, 12, 1)


def test_a_revised_verdict_says_why() -> None:
    revised = {claim_id: (judged.claim.first_verdict, judged.verdict) for claim_id, judged in _judged().items()
               if judged.claim.first_verdict}  # fmt: skip
    assert revised == REVISED
    assert all(_judged()[claim_id].claim.caveat for claim_id in REVISED)


def test_exactly_these_are_wrong_and_each_says_what_is_right() -> None:
    knowledge = load()
    wrong = audit(shipped(knowledge), knowledge).wrong()
    assert {judged.claim.id for judged in wrong} == WRONG
    assert all(judged.claim.right is not None for judged in wrong)
    weights = [judged.claim.safety for judged in wrong]
    assert weights == sorted(weights, key=["high", "moderate", "low", "none"].index), "safety first"
    assert weights.count("high") == 7


def test_half_of_the_claims_are_computed() -> None:
    assert sum(judged.computed for judged in _judged().values()) >= 82


def test_whatever_decides_can_be_checked_by_somebody_else() -> None:
    for judged in _judged().values():
        for finding in judged.findings:
            assert finding.says.en
            assert finding.how.en
            assert finding.sources or finding.kind in ("temperature", "not_found"), (judged.claim.id, finding.kind)


_NUMBERS = ("mg", "claimed", "glycine_mg", "below", "fahrenheit", "claimed_mg", "claimed_h", "claimed_min", "celsius",
            "minutes", "p")  # fmt: skip
_FACTORS = (0.1, 0.5, 0.7, 1.5, 3.0, 20.0)


def _scaled(check: Check, field: str, factor: float) -> Check:
    value = getattr(check, field)
    ends = tuple(end * factor for end in value) if isinstance(value, tuple) else value * factor
    return msgspec.structs.replace(check, **{field: ends})


def _variants(check: Check) -> list[Check]:
    """The same check with one claimed number, direction or study changed."""
    made: list[Check] = []
    for field in _NUMBERS:
        value = getattr(check, field, None)
        if isinstance(value, tuple | float | int) and not isinstance(value, bool):
            made += [_scaled(check, field, factor) for factor in _FACTORS]
    if isinstance(check, kinds.Change):
        made += [msgspec.structs.replace(check, claimed=other) for other in ("rose", "fell", "same")]
    if isinstance(check, kinds.Effect | kinds.Pooled):
        made += [msgspec.structs.replace(check, claimed=other) for other in ("better", "worse", "none")]
    if isinstance(check, kinds.StudyFigure) and isinstance(check.claimed, str):
        made.append(msgspec.structs.replace(check, claimed="another"))
    if isinstance(check, kinds.StudyFigure) and check.figure == "compound_mg":
        made.append(msgspec.structs.replace(check, claimed=828.0))
    if isinstance(check, kinds.Rule):
        made.append(msgspec.structs.replace(check, actions=("none",)))
    if isinstance(check, kinds.Largest):
        made.append(msgspec.structs.replace(check, among=("held-2002",)))
    if isinstance(check, kinds.Order):
        made.append(msgspec.structs.replace(check, figure=check.than[0] if check.than else "singapore_years", than=()))
    if isinstance(check, kinds.Dilution):
        made.append(msgspec.structs.replace(check, cups=(60.0, 90.0)))
    return [each for each in made if each != check]


_RIGHT: dict[tuple[str, int], dict[str, object]] = {
    ("C011", 1): {"claimed": 301.5},
    ("C035", 0): {"claimed": "none", "p": 0.37},
    ("C106", 0): {"of": "volume"},
}
"""Claims too far off for a scaled number: what makes them right."""


_COMPUTED = [
    (claim_id, place)
    for claim_id, claim in sorted(load().claims.items())
    for place, check in enumerate(claim.checks)
    if not isinstance(check, kinds.Read | kinds.NotFound | kinds.Bonferroni | kinds.Margin | kinds.Scaling)
    and not (isinstance(check, kinds.Order) and check.trifle)
]
"""What is not here claims no number of its own; it is moved by the figures of its source, below."""


@pytest.mark.parametrize(("claim_id", "place"), _COMPUTED)
def test_a_computation_moves_when_what_is_claimed_moves(claim_id: str, place: int) -> None:
    claim = load().claims[claim_id]
    check = claim.checks[place]
    alone = _outcome(claim, check)
    outcomes = set()
    variants = [*_variants(check), msgspec.structs.replace(check, **_RIGHT.get((claim_id, place), {}))]
    for variant in variants:
        try:
            outcomes.add(_outcome(claim, variant))
        except ClaimError:
            continue
    assert outcomes - {alone}, f"{claim_id}: {check} is {alone} whatever is claimed"


@pytest.mark.parametrize(
    "claim_id",
    [claim_id for claim_id, judged in sorted(_judged().items()) if judged.verdict == "computed_ok"],
)
def test_arithmetic_that_is_right_turns_wrong_with_another_number(claim_id: str) -> None:
    claim = load().claims[claim_id]
    check = claim.checks[0]
    field = {kinds.Temperature: "fahrenheit", kinds.PFromInterval: "below"}.get(type(check), "claimed")
    factor = 0.5 if isinstance(check, kinds.PFromInterval) else 1.1
    assert _verdict(claim, _scaled(check, field, factor), *claim.checks[1:]) == "computed_wrong"


@pytest.mark.parametrize(
    ("claim_id", "place", "field", "value"),
    [
        ("C011", 0, "claimed", 828), ("C035", 0, "p", None), ("C068", 0, "glycine_mg", 1500),
        ("C084", 0, "claimed_mg", (150, 250)), ("C085", 0, "claimed_mg", (100, 250)), ("C106", 0, "of", "volume"),
        ("C021", 0, "claimed", "rose"), ("C157", 0, "claimed", 1000), ("C149", 0, "among", ("held-2002",)),
        ("C087", 0, "figure", "singapore_years"),
    ],
)  # fmt: skip
def test_what_is_wrong_turns_right_with_the_right_number(claim_id: str, place: int, field: str, value: object) -> None:
    claim = load().claims[claim_id]
    check = msgspec.structs.replace(claim.checks[place], **{field: value})
    if claim_id == "C035":
        check = msgspec.structs.replace(check, claimed="none")
    assert _verdict(claim, check) in ("supported", "computed_ok")
    assert _judged()[claim_id].verdict in ("contradicted", "computed_wrong")


def _with_figure(record_id: str, figure: str, value: float) -> Book:
    record = _book().records[record_id]
    changed = msgspec.structs.replace(record, mr_result=None, figures={**_book().figures(record), figure: value})
    return Book(knowledge=load(), records={**_book().records, record_id: changed})


@pytest.mark.parametrize(
    ("claim_id", "record", "figure", "value", "place"),
    [
        ("C001", "mr-medicine-2025", "exposures", 1, 0), ("C001", "mr-medicine-2025", "high", 1.2, 0),
        ("C043", "mr-medicine-2025", "high", 1.2, 0), ("C003", "schuette-1994", "oxide_percent", 11.8, 1),
        ("C070", "schuette-1994", "oxide_percent", 11.8, 0), ("C130", "jp-dri-2025", "harmful_from_mg", 900, 0),
        ("C049", "kawai-2015", "dose_g_per_kg", 0.3, 1), ("C106", "skin-2016", "hydrated_angstrom", 260, 0),
        ("C021", "abbasi-2012", "renin_change", -1, 0), ("C002", "mr-medicine-2025", "people", 400000, 0),
    ],
)  # fmt: skip
def test_a_computation_moves_with_the_figures_of_its_source(
    claim_id: str, record: str, figure: str, value: float, place: int
) -> None:
    claim = load().claims[claim_id]
    only = msgspec.structs.replace(claim, checks=(claim.checks[place],))
    before = judge(Placed(claim=only), _book()).findings[0].outcome
    after = judge(Placed(claim=only), _with_figure(record, figure, value)).findings[0].outcome
    assert before != after


@pytest.mark.parametrize(
    ("claim_id", "place", "words"),
    [
        ("C032", 0, "499.3"), ("C060", 0, "1,419"), ("C061", 0, "1,235"), ("C065", 0, "3,089"), ("C058", 0, "14.1"),
        ("C059", 0, "85.9"), ("C068", 0, "485.7"), ("C043", 0, "0.0346"), ("C001", 0, "0.00333"), ("C011", 1, "301.5"),
        ("C067", 0, "41.2–51.5"), ("C106", 0, "7.3"), ("C106", 0, "393"), ("C123", 0, "100.4–104"),
        ("C049", 1, "22.7"), ("C068", 0, "139–194 %"), ("C121", 1, "0.6–1.7"),
    ],
)  # fmt: skip
def test_published_numbers_are_recomputed(claim_id: str, place: int, words: str) -> None:
    """Stoichiometry from IUPAC masses; p from the interval; a record's own figures."""
    assert words in _judged()[claim_id].findings[place].says.en


def test_a_verdict_without_any_check_is_a_problem() -> None:
    for claim in load().claims.values():
        bare = judge(Placed(claim=msgspec.structs.replace(claim, checks=())), _book())
        assert bare.verdict is None
        assert bare.problem is not None


def test_a_verdict_that_its_checks_do_not_bear_is_a_problem() -> None:
    for claim in load().claims.values():
        other = "supported" if claim.verdict != "supported" else "contradicted"
        problem = judge(Placed(claim=msgspec.structs.replace(claim, verdict=other)), _book()).problem
        assert problem is not None
        assert problem.ja


def test_what_stands_beside_decides_nothing() -> None:
    claim = load().claims["C065"]
    assert claim.checks[1].beside
    assert _judged()["C065"].findings[1].outcome == "against"
    assert _judged()["C065"].verdict == "computed_ok"
    deciding = msgspec.structs.replace(claim.checks[1], beside=False)
    alone = judge(Placed(claim=msgspec.structs.replace(claim, checks=(deciding,))), _book())
    assert follows(alone.findings) == "contradicted"


def test_a_missing_fact_is_an_error_that_names_it() -> None:
    claim = load().claims["C084"]
    with pytest.raises(ClaimError, match=r"C084.checks\[0\].limits.*limit-of-nowhere"):
        _verdict(claim, msgspec.structs.replace(claim.checks[0], limits=("limit-of-nowhere",)))


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"odds_ratio": 0, "low": 1, "high": 2},
        {"odds_ratio": 1, "low": 2, "high": 1},
        {"odds_ratio": 1, "low": 1, "high": 1},
        {"odds_ratio": -1, "low": -1, "high": 1},
    ],
)
def test_figures_that_make_no_p_are_an_error(figures: dict[str, float]) -> None:
    record = Record(id="x", says=Text(en="x", zh_hant="x", ja="x"), figures=figures)
    book = Book(knowledge=load(), records={"x": record})
    with pytest.raises(ClaimError):
        _verdict(load().claims["C043"], kinds.PFromInterval(record="x", below=0.05), book=book)


def test_no_number_of_a_computation_is_written_into_the_wording_alone() -> None:
    """A claim that speaks of milligrams, and is judged, has a check with a number, a figure or a record."""
    for judged in _judged().values():
        if judged.verdict != "unverifiable":
            assert any(finding.decides for finding in judged.findings)


def test_no_wording_repeats_another() -> None:
    for lang in ("en", "zh-Hant", "ja"):
        texts = [judged.claim.text.get(lang) for judged in _judged().values()]
        assert len(set(texts)) == len(texts)
        assert max(map(len, texts)) < 160


def test_the_three_languages_tell_the_same_numbers() -> None:
    def numbers(text: str) -> set[float]:
        plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)}

    spoken = {"two": 2, "three": 3, "five": 5, "eight": 8, "fifteen": 15}
    for claim in load().claims.values():
        en = numbers(claim.text.en) | {value for word, value in spoken.items() if word in claim.text.en.lower()}
        for other in (claim.text.zh_hant, claim.text.ja):
            missing = {number for number in numbers(claim.text.en) if number >= 10 and not math.isclose(number, 12)}
            assert missing <= numbers(other), (claim.id, other)
            assert {number for number in numbers(other) if number >= 10} <= en | numbers(other), claim.id


@pytest.mark.parametrize(("hours", "outcome"), [(2, "against"), (4, "against"), (6, "against"), (8, "fits")])
def test_a_flat_window_has_to_be_enough_for_every_medicine_named(hours: float, outcome: str) -> None:
    """Moxifloxacin after magnesium: 8 h by its label."""
    claim = load().claims["C136"]
    assert _outcome(claim, msgspec.structs.replace(claim.checks[0], claimed_h=hours)) == outcome


@pytest.mark.parametrize(
    ("minutes", "outcome"), [((5, 10), "fits"), ((5, 12), "in_part"), ((5, 20), "against"), (15, "in_part")]
)
def test_the_longest_bath_of_a_range_counts(minutes: kinds.Span, outcome: str) -> None:
    claim = load().claims["C124"]
    check = next(check for check in claim.checks if isinstance(check, kinds.Bath))
    assert _outcome(claim, msgspec.structs.replace(check, minutes=minutes)) == outcome


@pytest.mark.parametrize("claim_id", ["C033", "C034", "C036", "C094"])
def test_the_right_direction_with_another_p_is_wrong(claim_id: str) -> None:
    claim = load().claims[claim_id]
    assert _outcome(claim, msgspec.structs.replace(claim.checks[0], p=0.0123)) == "against"
