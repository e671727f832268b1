"""Bring two tables to the same allele, and say of every variant what became of it.

Actions, as the field numbers them: 1 takes every strand as written; 2 infers the strand of a palindrome (A/T, C/G)
from the allele frequencies and leaves out what lies near one half; 3 leaves out every palindrome. The decisions are
those of Hartwig et al. 2016 (doi 10.1093/ije/dyx028) and of Hemani et al. 2018 (doi 10.7554/eLife.34408).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from anmin.evidence.mr.model import Association, Matched, Reason

Action = Literal[1, 2, 3]

TOLERANCE = 0.08
"""A palindrome whose frequency lies within this of one half is ambiguous (the field's usual setting)."""

_PALINDROMES = ({"A", "T"}, {"C", "G"})
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True)
class _Coding:
    """The alleles of a variant in the two tables, while they are being matched."""

    a1: str
    a2: str | None
    b1: str
    b2: str | None
    sign: int = 1
    sign_exposure: int = 1
    flipped: bool = False
    recoded: bool = False

    def agrees(self) -> bool:
        return self.a1 == self.b1 and self.a2 == self.b2

    def crossed(self) -> bool:
        return self.a1 == self.b2 and self.a2 == self.b1

    def swap(self) -> _Coding:
        assert self.b2 is not None
        return replace(self, b1=self.b2, b2=self.b1, sign=-self.sign)

    def flip(self) -> _Coding:
        return replace(self, b1=_flip(self.b1) or "", b2=_flip(self.b2), flipped=True)

    def palindromic(self) -> bool:
        return {self.a1, self.a2} in _PALINDROMES or (self.a2 is None and {self.b1, self.b2} in _PALINDROMES)

    def indel(self) -> bool:
        return _is_indel(self.a1, self.a2)


def harmonise(
    exposure: Iterable[Association],
    outcome: Mapping[str, Association],
    action: Action = 2,
    tolerance: float = TOLERANCE,
) -> tuple[Matched, ...]:
    """Every variant of the exposure with the outcome's association of the same id, in the exposure's order."""
    seen: set[str] = set()
    found: list[Matched] = []
    for row in exposure:
        other = outcome.get(row.snp)
        if row.snp in seen:
            found.append(_out(row, "repeated"))
        elif other is None:
            found.append(_out(row, "not_in_outcome"))
        elif any(value is None for value in (row.beta, row.se, other.beta, other.se)):
            found.append(_out(row, "no_effect_or_error"))
        else:
            found.append(match(row, other, action, tolerance))
        seen.add(row.snp)
    return tuple(found)


def match(exposure: Association, outcome: Association, action: Action = 2, tolerance: float = TOLERANCE) -> Matched:
    """One variant: both effects for the exposure's effect allele, and the reason code."""
    start = _Coding(
        exposure.effect_allele.upper(), _upper(exposure.other_allele),
        outcome.effect_allele.upper(), _upper(outcome.other_allele),
    )  # fmt: skip
    if start.a2 is not None and start.b2 is not None:
        return _both_alleles(exposure, outcome, start, action, tolerance)
    if start.a2 is not None:
        coding, ambiguous, remove = _outcome_has_one(start, exposure.eaf, outcome.eaf, tolerance)
    elif start.b2 is not None:
        coding, ambiguous, remove = _exposure_has_one(start, exposure.eaf, outcome.eaf, tolerance)
    else:
        coding, ambiguous, remove = _each_has_one(start, exposure.eaf, outcome.eaf, tolerance)
    palindromic = coding.palindromic()
    keep = not remove and not (ambiguous and action > 1) and not (palindromic and action == 3)
    reason: Reason
    if remove:
        reason = "alleles_differ"
    elif not keep:
        reason = "one_allele_unclear"
    elif ambiguous:
        reason = "one_allele_as_written"
    else:
        reason = (
            "one_allele_by_frequency" if coding.sign * coding.sign_exposure > 0 else "one_allele_by_frequency_swapped"
        )
    return _matched(exposure, outcome, coding, reason, (palindromic, ambiguous, remove, keep))


def _both_alleles(
    exposure: Association, outcome: Association, start: _Coding, action: Action, tolerance: float
) -> Matched:
    coding, sound = (
        (_recode(start), _indel_is_sound(start)) if start.indel() or _outcome_indel(start) else (start, True)
    )
    if coding.crossed() and not coding.agrees():
        coding = coding.swap()
    palindromic = coding.palindromic()
    if not palindromic and not coding.agrees():
        coding = coding.flip()
        if not coding.agrees() and coding.crossed():
            coding = coding.swap()
    remove = not coding.agrees() or not sound
    after = _turned(outcome.eaf, coding.sign)
    ambiguous = palindromic and (_near_half(exposure.eaf, tolerance) or _near_half(after, tolerance))
    if action == 2 and palindromic and not remove and _other_side(exposure.eaf, after):
        coding = replace(coding, sign=-coding.sign)
    keep = not remove and not (ambiguous and action > 1) and not (palindromic and action == 3)
    reason = _reason(coding, action, (remove, palindromic, ambiguous), exposure.eaf is None or outcome.eaf is None)
    return _matched(exposure, outcome, coding, reason, (palindromic, ambiguous, remove, keep))


def _reason(coding: _Coding, action: Action, state: tuple[bool, bool, bool], no_frequency: bool) -> Reason:
    remove, palindromic, ambiguous = state
    if remove:
        return "alleles_differ"
    swapped = coding.sign < 0
    if palindromic:
        if action == 1:
            return "palindrome_as_written"
        if action == 3:
            return "palindrome"
        if ambiguous:
            return "palindrome_without_frequency" if no_frequency else "palindrome_near_half"
        return "palindrome_by_frequency_swapped" if swapped else "palindrome_by_frequency"
    if coding.recoded:
        return "indel_recoded_swapped" if swapped else "indel_recoded"
    if coding.flipped:
        return "other_strand_swapped" if swapped else "other_strand"
    return "swapped" if swapped else "same"


def _outcome_has_one(
    start: _Coding, fa: float | None, fb: float | None, tolerance: float
) -> tuple[_Coding, bool, bool]:
    """The outcome's other allele is missing: it is inferred when the frequencies agree with the effect allele."""
    coding = start
    remove = start.palindromic()
    if start.indel() or len(start.b1) > 1 or start.b1 in ("I", "D"):
        recoded = _recode_one(start)
        remove = remove or recoded is None or start.a1 == start.a2
        coding = recoded or start
    ambiguous = False
    if coding.a1 == coding.b1:
        ambiguous = not _same_side(fa, fb, tolerance)
        return replace(coding, b2=coding.a2), ambiguous, remove
    if coding.a2 == coding.b1:
        ambiguous = not _opposite_side(fa, fb, tolerance)
        return replace(coding, b1=coding.a1, b2=coding.b1, sign=-1), ambiguous, remove
    coding = replace(coding, b1=_flip(coding.b1) or "", flipped=True)
    if coding.a1 == coding.b1:
        return replace(coding, b2=coding.a2), True, remove
    if coding.a2 == coding.b1:
        return replace(coding, b1=coding.a1, b2=coding.b1, sign=-1), True, remove
    return coding, True, True


def _exposure_has_one(
    start: _Coding, fa: float | None, fb: float | None, tolerance: float
) -> tuple[_Coding, bool, bool]:
    """The exposure's other allele is missing: it is taken from the outcome."""
    coding = start
    assert start.b2 is not None
    remove = start.palindromic()
    if coding.a1 == coding.b1:
        return replace(coding, a2=coding.b2), not _same_side(fa, fb, tolerance), remove
    if coding.a1 == coding.b2:
        turned = replace(coding, a1=coding.b1, a2=coding.a1, sign_exposure=-1)
        return turned, not _opposite_side(fa, fb, tolerance), remove
    coding = replace(coding, a1=_flip(coding.a1) or "", flipped=True)
    if coding.a1 == coding.b1:
        return replace(coding, a2=coding.b2), True, remove
    if coding.a1 == coding.b2:
        return coding.swap(), True, remove
    return coding, True, True


def _each_has_one(start: _Coding, fa: float | None, fb: float | None, tolerance: float) -> tuple[_Coding, bool, bool]:
    """Only the effect alleles are known: the same letter, and frequencies on the same side."""
    same = start.a1 == start.b1
    return start, not (same and _same_side(fa, fb, tolerance)), not same


def _recode(coding: _Coding) -> _Coding:
    """I and D written out as the sequences of the other table, where one table has sequences."""
    assert coding.a2 is not None
    assert coding.b2 is not None
    codes = {"I", "D"}
    if {coding.b1, coding.b2} == codes and len(coding.a1) != len(coding.a2):
        long, short = sorted((coding.a1, coding.a2), key=len, reverse=True)
        b1, b2 = (long, short) if coding.b1 == "I" else (short, long)
        return replace(coding, b1=b1, b2=b2, recoded=True)
    if {coding.a1, coding.a2} == codes and len(coding.b1) != len(coding.b2):
        long, short = sorted((coding.b1, coding.b2), key=len, reverse=True)
        a1, a2 = (long, short) if coding.a1 == "I" else (short, long)
        return replace(coding, a1=a1, a2=a2, recoded=True)
    return coding


def _recode_one(coding: _Coding) -> _Coding | None:
    """The same where the outcome has one allele; None where the tables do not speak of the same kind of variant."""
    assert coding.a2 is not None
    if coding.b1 in ("I", "D") and len(coding.a1) != len(coding.a2):
        long, short = sorted((coding.a1, coding.a2), key=len, reverse=True)
        return replace(coding, b1=long if coding.b1 == "I" else short, recoded=True)
    if {coding.a1, coding.a2} == {"I", "D"} and coding.b1 not in ("I", "D"):
        return None
    return coding


def _indel_is_sound(coding: _Coding) -> bool:
    return coding.a1 != coding.a2 and coding.b1 != coding.b2


def _is_indel(first: str, second: str | None) -> bool:
    return len(first) > 1 or len(second or "") > 1 or first in ("I", "D")


def _outcome_indel(coding: _Coding) -> bool:
    return _is_indel(coding.b1, coding.b2)


def _flip(allele: str | None) -> str | None:
    return allele.translate(_COMPLEMENT) if allele else allele


def _upper(allele: str | None) -> str | None:
    return allele.upper() if allele else None


def _turned(eaf: float | None, sign: int) -> float | None:
    return eaf if eaf is None or sign > 0 else 1.0 - eaf


def _near_half(eaf: float | None, tolerance: float) -> bool:
    return eaf is None or 0.5 - tolerance < eaf < 0.5 + tolerance


def _other_side(fa: float | None, fb: float | None) -> bool:
    if fa is None or fb is None:
        return False
    return (fa < 0.5 < fb) or (fb < 0.5 < fa)


def _same_side(fa: float | None, fb: float | None, tolerance: float) -> bool:
    if fa is None or fb is None:
        return False
    low, high = 0.5 - tolerance, 0.5 + tolerance
    return (fa < low and fb < low) or (fa > high and fb > high)


def _opposite_side(fa: float | None, fb: float | None, tolerance: float) -> bool:
    return fb is not None and _same_side(fa, 1.0 - fb, tolerance)


def _matched(
    exposure: Association, outcome: Association, coding: _Coding, reason: Reason, state: tuple[bool, bool, bool, bool]
) -> Matched:
    palindromic, ambiguous, remove, keep = state
    assert exposure.beta is not None
    assert outcome.beta is not None
    return Matched(
        snp=exposure.snp, reason=reason, keep=keep, effect_allele=coding.a1, other_allele=coding.a2,
        outcome_effect_allele=coding.b1, outcome_other_allele=coding.b2,
        beta_exposure=coding.sign_exposure * exposure.beta, se_exposure=exposure.se,
        beta_outcome=coding.sign * outcome.beta, se_outcome=outcome.se,
        eaf_exposure=_turned(exposure.eaf, coding.sign_exposure), eaf_outcome=_turned(outcome.eaf, coding.sign),
        palindromic=palindromic, ambiguous=ambiguous, remove=remove,
    )  # fmt: skip


def _out(row: Association, reason: Reason) -> Matched:
    return Matched(
        snp=row.snp, reason=reason, keep=False, effect_allele=row.effect_allele, other_allele=row.other_allele,
        beta_exposure=row.beta, se_exposure=row.se, eaf_exposure=row.eaf, remove=True,
    )  # fmt: skip
