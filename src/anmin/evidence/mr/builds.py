"""Where in the genome: the names of builds and chromosomes, as every program writes them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from anmin.errors import InputError

Place: TypeAlias = tuple[str, int]
"""Chromosome (``1`` … ``22``, ``X``, ``Y``, ``MT``) and 1-based position."""

BUILDS = ("NCBI36", "GRCh37", "GRCh38", "T2T-CHM13")
_ALIASES = {
    "ncbi36": "NCBI36", "hg18": "NCBI36", "b36": "NCBI36", "36": "NCBI36",
    "grch37": "GRCh37", "hg19": "GRCh37", "b37": "GRCh37", "hs37d5": "GRCh37", "37": "GRCh37",
    "grch38": "GRCh38", "hg38": "GRCh38", "b38": "GRCh38", "38": "GRCh38",
    "t2t-chm13": "T2T-CHM13", "chm13": "T2T-CHM13", "chm13v2": "T2T-CHM13", "hs1": "T2T-CHM13",
}  # fmt: skip
_FIRST_CHROMOSOME = {247249719: "NCBI36", 249250621: "GRCh37", 248956422: "GRCh38", 248387328: "T2T-CHM13"}
"""Length of chromosome 1 in each assembly (Genome Reference Consortium; T2T Consortium)."""

# PLINK's numbers; its 25 is the shared part of X and Y, which other programs count to X.
_CHROMOSOMES = {"23": "X", "24": "Y", "25": "X", "XY": "X", "26": "MT", "M": "MT"}
_NAMED_PLACE = re.compile(r"(?:chr)?([0-9]{1,2}|X|Y|XY|M|MT)[:_]([0-9]{1,9})(?:[:_]([ACGT]+)[:_]([ACGT]+))?", re.I)


def build_of(text: str, field: str = "build") -> str:
    """The assembly behind a name such as ``hg38`` or ``38``; :class:`InputError` for an unknown one."""
    name = text.strip().lower()
    found = _ALIASES.get(name) or _ALIASES.get(re.sub(r"\.p\d+$", "", name))
    if found is None:
        raise InputError(field, text, ", ".join(BUILDS))
    return found


def build_in(lines: list[str]) -> str | None:
    """The assembly that the ``##`` lines of a VCF name, by its name or by the length of chromosome 1."""
    for line in lines:
        length = re.match(r"##contig=<.*\bID=(?:chr)?1\b.*\blength=(\d+)", line)
        if length and int(length[1]) in _FIRST_CHROMOSOME:
            return _FIRST_CHROMOSOME[int(length[1])]
    for line in lines:
        if line.startswith(("##contig", "##reference", "##assembly", "##genome")):
            for word in re.findall(r"[a-z0-9]+", line.lower()):
                if not word.isdigit() and word in _ALIASES:
                    return _ALIASES[word]
    return None


@lru_cache(maxsize=1024)
def chromosome_of(text: str) -> str:
    """One name for each chromosome.

    >>> [chromosome_of(name) for name in ("chr1", "01", "23", "chrM", "x")]
    ['1', '1', 'X', 'MT', 'X']
    """
    name = text.strip().upper().removeprefix("CHR").lstrip("0")
    return _CHROMOSOMES.get(name, name)


def place_named(snp: str) -> tuple[Place, frozenset[str]] | None:
    """The place and the alleles inside a name such as ``7:1234:A:G``; ``None`` for any other name."""
    found = _NAMED_PLACE.fullmatch(snp)
    if found is None:
        return None
    alleles = frozenset(allele.upper() for allele in found.groups()[2:] if allele)
    return (chromosome_of(found[1]), int(found[2])), alleles
