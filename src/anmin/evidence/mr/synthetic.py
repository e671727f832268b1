"""Made-up outcome files in FinnGen's format, for examples and tests where the real file may not be shipped.

Every number in them is drawn from a stated truth with a stated seed. They say nothing about the world.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.model import Association

if TYPE_CHECKING:
    import polars as pl

HEADER = (
    "#chrom", "pos", "ref", "alt", "rsids", "nearest_genes", "pval", "mlogp", "beta", "sebeta",
    "af_alt", "af_alt_cases", "af_alt_controls",
)  # fmt: skip
_BLOCK = 60_000
_CHUNK = 500_000
_FIRST_NAME, _LIST_EVERY = 1_000_000_000, 101
_MEGABASES = (
    249,
    242,
    198,
    190,
    182,
    171,
    159,
    145,
    138,
    134,
    135,
    133,
    114,
    107,
    102,
    90,
    83,
    80,
    59,
    64,
    47,
    51,
    156,
)
"""Rough lengths of chromosomes 1 to 22 and X, which FinnGen writes as 23."""
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


def write_large(
    path: Path, rows: int, *, seed: int = 1, level: int = 3, instruments: Iterable[Association] = ()
) -> None:
    """A sorted bgzip file in FinnGen's format with ``rows`` unrelated variants, as many as a real one (21 million).

    ``instruments`` stand among them, with an effect of zero, at their places or at invented ones. Needs polars; packs
    at ``level``.
    """
    import polars as pl

    lengths = np.array(_MEGABASES)
    counts = np.floor(rows * lengths / lengths.sum()).astype(np.int64)
    counts[0] += rows - counts.sum()
    placed = [
        row
        if row.chromosome and row.position
        else msgspec.structs.replace(row, chromosome="1", position=20_000 + number)
        for number, row in enumerate(instruments)
    ]
    temporary = path.with_name(f".{path.name}.part")
    rest = ("\t".join(HEADER) + "\n").encode()
    begun = 0
    with temporary.open("wb") as out:
        for number, count in enumerate(counts):
            random = np.random.default_rng([seed, number])
            positions = np.sort(random.integers(10_000, int(lengths[number] * 1e6), count))
            for start in range(0, len(positions), _CHUNK):
                part = positions[start : start + _CHUNK]
                table = _drawn(number + 1, part, random, begun)
                begun += len(part)
                low, high = int(part[0]) if start else 0, int(part[-1]) if start + _CHUNK < count else 1 << 40
                own = [
                    row for row in placed
                    if row.chromosome == str(number + 1) and row.position and low <= row.position < high
                ]  # fmt: skip
                if own:
                    table = pl.concat([table, _own(number + 1, own)]).sort("pos", maintain_order=True)
                text = table.write_csv(separator="\t", include_header=False, float_precision=6, quote_style="never")
                data = rest + text.encode()
                whole = len(data) - len(data) % _BLOCK
                for at in range(0, whole, _BLOCK):
                    out.write(bgzip_block(data[at : at + _BLOCK], level))
                rest = data[whole:]
        out.write(bgzip_block(rest, level) + _END)
    temporary.replace(path)


def tabix_index(path: Path) -> bool:
    """Write FILE.tbi, as FinnGen ships one; whether pysam was there to do it."""
    try:
        import pysam
    except ImportError:
        return False
    pysam.tabix_index(str(path), seq_col=0, start_col=1, end_col=1, meta_char="#", force=True)
    return True


def _drawn(chromosome: int, positions: NDArray[np.int64], random: np.random.Generator, begun: int) -> pl.DataFrame:
    import polars as pl

    count = len(positions)
    letters = np.array(["A\tG", "C\tT", "A\tC", "G\tT", "T\tC", "G\tA"])
    eaf = random.uniform(0.001, 0.999, count)
    se = 0.02 / np.sqrt(2.0 * eaf * (1.0 - eaf))
    beta = random.normal(0.0, se)
    pair = letters[random.integers(0, len(letters), count)]
    number = pl.int_range(begun, begun + count, dtype=pl.Int64, eager=True)
    name = "rs" + (_FIRST_NAME + number).cast(pl.String)
    # Real files have lists of names now and then.
    lists = name + ",rs" + (2 * _FIRST_NAME + number).cast(pl.String)
    names = lists.zip_with(number % _LIST_EVERY == 0, name)
    return _table(chromosome, positions, pair, names, beta, se, eaf)


def _own(chromosome: int, rows: list[Association]) -> pl.DataFrame:
    import polars as pl

    pair = np.array([f"{row.other_allele}\t{row.effect_allele}" for row in rows])
    positions = np.array([row.position for row in rows], dtype=np.int64)
    zero = np.zeros(len(rows))
    eaf = np.array([row.eaf or 0.5 for row in rows])
    return _table(chromosome, positions, pair, pl.Series([row.snp for row in rows]), zero, zero + 0.02, eaf)


def _table(
    chromosome: int, positions: NDArray[np.int64], pair: NDArray[np.str_], names: pl.Series,
    beta: NDArray[np.float64], se: NDArray[np.float64], eaf: NDArray[np.float64],
) -> pl.DataFrame:  # fmt: skip
    """One column for both alleles, which writes itself as two."""
    import polars as pl

    z = beta / se
    # Close enough for a file in which nothing is true: the tail of the normal distribution by its bound.
    mlogp = (0.5 * z * z + np.log1p(np.abs(z))) / np.log(10.0)
    table = pl.DataFrame({
        "pos": positions, "pair": pair, "names": names, "pval": 10.0**-mlogp, "mlogp": mlogp, "beta": beta, "se": se,
        "eaf": eaf, "cases": np.clip(eaf + 0.001, 0, 1), "controls": eaf,
    })  # fmt: skip
    return table.select(
        pl.lit(chromosome).alias("chrom"), "pos", "pair", "names", pl.lit("SYNTHETIC").alias("gene"),
        "pval", "mlogp", "beta", "se", "eaf", "cases", "controls",
    )  # fmt: skip


def bgzip_block(data: bytes, level: int = 6) -> bytes:
    """One block of the blocked gzip format (SAM specification, section 4.1), at most 64 KiB packed."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
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
