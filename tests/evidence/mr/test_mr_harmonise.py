"""Every allele coding decides as TwoSampleMR 0.7.9 decides, row by row, and no variant goes without a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.evidence.mr.harmonise import harmonise, match
from anmin.evidence.mr.model import Association, Reason

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "mr-harmonise.json").read_text())


def _rows() -> Iterator[tuple[Association, Association]]:
    columns = GOLDEN["input"]
    for i, snp in enumerate(columns["SNP"]):
        yield tuple(  # type: ignore[misc]
            Association(
                snp=snp,
                effect_allele=columns[f"effect_allele.{side}"][i],
                other_allele=columns[f"other_allele.{side}"][i],
                eaf=columns[f"eaf.{side}"][i],
                beta=columns[f"beta.{side}"][i],
                se=columns[f"se.{side}"][i],
            )
            for side in ("exposure", "outcome")
        )


@pytest.mark.parametrize("action", [1, 2, 3])
def test_every_row_is_decided_as_the_reference_decides(action: Any) -> None:
    table = GOLDEN["result"][f"action{action}"]
    expected = {snp: {name: table[name][i] for name in table} for i, snp in enumerate(table["SNP"])}
    wrong = []
    for exposure, outcome in _rows():
        found, row = match(exposure, outcome, action), expected[exposure.snp]
        ours = (
            found.effect_allele, found.other_allele, found.outcome_effect_allele, found.outcome_other_allele,
            found.beta_exposure, found.beta_outcome, found.palindromic, found.ambiguous, found.remove, found.keep,
        )  # fmt: skip
        theirs = (
            row["effect_allele.exposure"], row["other_allele.exposure"], row["effect_allele.outcome"],
            row["other_allele.outcome"], row["beta.exposure"], row["beta.outcome"], row["palindromic"],
            row["ambiguous"], row["remove"], row["mr_keep"],
        )  # fmt: skip
        if ours != theirs:
            wrong.append((exposure, outcome, ours, theirs))
        for side in ("exposure", "outcome"):
            freq, other = getattr(found, f"eaf_{side}"), row[f"eaf.{side}"]
            if (freq is None) != (other is None) or (freq is not None and abs(freq - other) > 1e-12):
                wrong.append((exposure, outcome, freq, other))
    assert len(expected) == 1050
    assert not wrong, f"{len(wrong)} rows, first {wrong[:3]}"


KEPT = set(get_args(Reason)[:12])


@pytest.mark.parametrize("action", [1, 2, 3])
def test_the_reason_says_kept_exactly_when_it_is_kept(action: Any) -> None:
    seen = set()
    for exposure, outcome in _rows():
        found = match(exposure, outcome, action)
        assert (found.reason in KEPT) == found.keep
        seen.add(found.reason)
    assert len(seen) > 5


def test_what_cannot_be_matched_is_named_not_dropped() -> None:
    row = Association(snp="rs1", effect_allele="A", other_allele="G", beta=0.1, se=0.01, eaf=0.2)
    silent = Association(snp="rs3", effect_allele="A", other_allele="G", beta=0.1, se=None)
    found = harmonise(
        [row, row, Association(snp="rs2", effect_allele="A", beta=1, se=1), silent], {"rs1": row, "rs3": row}
    )
    assert [(each.reason, each.keep) for each in found] == [
        ("same", True), ("repeated", False), ("not_in_outcome", False), ("no_effect_or_error", False),
    ]  # fmt: skip


_ALLELE = st.sampled_from("ACGT")
_EAF = st.none() | st.floats(0.01, 0.99)


@given(a=st.tuples(_ALLELE, _ALLELE).filter(lambda pair: pair[0] != pair[1]), fa=_EAF, fb=_EAF)
def test_writing_the_outcome_the_other_way_round_changes_nothing(
    a: tuple[str, str], fa: float | None, fb: float | None
) -> None:
    exposure = Association(snp="rs1", effect_allele=a[0], other_allele=a[1], beta=0.1, se=0.01, eaf=fa)
    straight = Association(snp="rs1", effect_allele=a[0], other_allele=a[1], beta=0.2, se=0.02, eaf=fb)
    turned = Association(
        snp="rs1", effect_allele=a[1], other_allele=a[0], beta=-0.2, se=0.02, eaf=None if fb is None else 1 - fb
    )
    one, two = match(exposure, straight), match(exposure, turned)
    assert one.keep == two.keep
    assert one.beta_outcome == two.beta_outcome


def test_two_palindromes_at_the_same_frequency_keep_their_sign() -> None:
    """A peer reverses A/T against A/T at equal frequency, because the match also satisfies 'complement and swapped'."""
    row = Association(snp="rs1", effect_allele="A", other_allele="T", beta=0.1, se=0.01, eaf=0.2)
    found = match(row, row)
    assert (found.beta_outcome, found.keep, found.reason) == (0.1, True, "palindrome_by_frequency")
