"""Small files of one truth in many formats, for the tests of reading and of scans."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from anmin.evidence.mr.model import Association
from anmin.evidence.mr.synthetic import HEADER, bgzip_block, tabix_index

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
PAIRS = (("A", "G"), ("C", "T"), ("A", "T"), ("C", "G"), ("AT", "A"), ("T", "C"))


def genome(count: int, seed: int = 1) -> tuple[Association, ...]:
    """Variants in the order of the genome, a few at the same place with another allele, a few with a list of names."""
    random = np.random.default_rng(seed)
    places = sorted((int(random.integers(1, 24)), int(random.integers(1, 3_000_000))) for _ in range(count))
    rows: list[Association] = []
    for number, (chromosome, position) in enumerate(places):
        effect, other = PAIRS[int(random.integers(len(PAIRS)))]
        row = Association(
            snp=f"rs{1000 + number}", effect_allele=effect, other_allele=other,
            beta=round(float(random.normal(0, 0.1)), 6), se=round(float(random.uniform(0.01, 0.05)), 6),
            eaf=round(float(random.uniform(0.02, 0.98)), 4), neg_log10_p=round(float(random.uniform(0, 20)), 4),
            chromosome="X" if chromosome == 23 else str(chromosome), position=position, build="GRCh38",
        )  # fmt: skip
        rows.append(row)
        if number % 40 == 0:
            foreign = next(letter for letter in "ACGT" if letter not in (effect, other))
            rows.append(msgspec.structs.replace(row, effect_allele=foreign, beta=9.0, se=1.0))
    return tuple(rows)


def finngen_text(rows: Sequence[Association]) -> bytes:
    lines = ["\t".join(HEADER)]
    for number, row in enumerate(rows):
        name = f"rs7{number},{row.snp}" if number % 17 == 0 else row.snp
        cells = (
            "23" if row.chromosome == "X" else row.chromosome, row.position, row.other_allele, row.effect_allele, name,
            "GENE", "0", row.neg_log10_p, row.beta, row.se, row.eaf, row.eaf, row.eaf,
        )  # fmt: skip
        lines.append("\t".join(map(str, cells)))
    return ("\n".join(lines) + "\n").encode()


def bgzip(data: bytes, block: int = 20_000) -> bytes:
    return b"".join(bgzip_block(data[at : at + block]) for at in range(0, len(data), block)) + END


def write_outcome(path: Path, rows: Sequence[Association], *, index: bool = True) -> Path:
    path.write_bytes(bgzip(finngen_text(rows)))
    if index:
        assert tabix_index(path)
    return path


def write_instruments(path: Path, rows: Sequence[Association], *, build: bool = True) -> Path:
    lines = ["SNP,chr,pos,effect_allele,other_allele,beta,se,eaf"]
    lines += [
        f"{row.snp},{row.chromosome},{row.position},{row.effect_allele},{row.other_allele},{row.beta},{row.se},{row.eaf}"
        for row in rows
    ]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path
