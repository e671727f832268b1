"""Made-up outcome files in FinnGen's format, for examples and tests where the real file may not be shipped.

Every number in them is drawn from a stated truth with a stated seed. They say nothing about the world.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from anmin.evidence.mr.model import Association

HEADER = (
    "#chrom", "pos", "ref", "alt", "rsids", "nearest_genes", "pval", "mlogp", "beta", "sebeta",
    "af_alt", "af_alt_cases", "af_alt_controls",
)  # fmt: skip
_BLOCK = 60_000
_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def write_finngen(
    path: Path,
    instruments: Iterable[Association],
    *,
    log_odds_per_sd: float,
    people: float,
    case_share: float,
    background: int = 20_000,
    seed: int = 1,
) -> None:
    """A bgzip file of ``background`` unrelated variants and the instruments, whose effect on the disease is
    ``log_odds_per_sd`` times their effect on the exposure, plus sampling error for that many people.

    Positions are invented. One instrument stands in a list of two rsids and one has a second, foreign allele, as real
    files have.
    """  # fmt: skip
    rows = sorted(_rows(tuple(instruments), log_odds_per_sd, people, case_share, background, seed))
    text = "\n".join(["\t".join(HEADER), *(row for _, _, row in rows), ""]).encode()
    blocks = (bgzip_block(text[i : i + _BLOCK]) for i in range(0, len(text), _BLOCK))
    path.write_bytes(b"".join([*blocks, _END]))


def bgzip_block(data: bytes) -> bytes:
    """One block of the blocked gzip format (SAM specification, section 4.1), at most 64 KiB packed."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    size = len(body) + 25
    head = struct.pack("<4BI2BH2B2H", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, size)
    return head + body + struct.pack("<2I", zlib.crc32(data), len(data))


def _rows(
    instruments: tuple[Association, ...], effect: float, people: float, share: float, background: int, seed: int
) -> Iterator[tuple[int, int, str]]:
    from anmin.evidence.mr.tails import neg_log10_p

    random = np.random.default_rng(seed)

    def line(place: tuple[int, int], alleles: tuple[str, str], name: str, truth: float, eaf: float) -> str:
        se = 1.0 / float(np.sqrt(2.0 * eaf * (1.0 - eaf) * people * share * (1.0 - share)))
        beta = float(random.normal(truth, se))
        mlogp = neg_log10_p(beta / se)
        numbers = (f"{10.0**-mlogp:.4g}", f"{mlogp:.5g}", f"{beta:.6g}", f"{se:.6g}", *[f"{eaf:.5g}"] * 3)
        return "\t".join((str(place[0]), str(place[1]), *alleles, name, "SYNTHETIC", *numbers))

    letters = np.array([["A", "G"], ["C", "T"], ["A", "C"], ["G", "T"]])
    for i in range(background):
        place = (int(random.integers(1, 23)), int(random.integers(1, 10**8)))
        ref, alt = random.permutation(letters[int(random.integers(4))])
        yield (*place, line(place, (str(ref), str(alt)), f"rs9{i:09d}", 0.0, float(random.uniform(0.02, 0.98))))
    for i, row in enumerate(instruments):
        place = (int(random.integers(1, 23)), int(random.integers(1, 10**8)))
        turned = bool(random.integers(2))
        eaf, truth = row.eaf or 0.5, effect * (row.beta or 0.0)
        alleles = (
            (row.effect_allele, row.other_allele or "N") if turned else (row.other_allele or "N", row.effect_allele)
        )
        name = f"{row.snp},rs8{i:09d}" if i == 0 else row.snp
        yield (*place, line(place, alleles, name, -truth if turned else truth, 1.0 - eaf if turned else eaf))
        if i == 1:
            foreign = next(letter for letter in "ACGT" if letter not in (row.effect_allele, row.other_allele))
            yield (*place, line(place, (alleles[0], foreign), row.snp, 0.0, 0.01))
