"""Which column of a summary-statistics file holds what: a dialect is recognised by its header, never guessed.

``allele1`` is the effect allele for BOLT and REGENIE and the other one for SAIGE, so a header with only ``allele1`` and
``allele2`` and no sign of its maker is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from anmin.errors import InputError


@dataclass(frozen=True)
class Dialect:
    """A file format: ``marks`` are columns only it has, ``columns`` its names for ours, the first one there counting.

    All names are in small letters and without the ``#`` that some formats put before the first.
    """

    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    build: str | None = None


@dataclass(frozen=True)
class Layout:
    """Where the values stand in a row."""

    dialect: str
    at: Mapping[str, int]
    build: str | None = None
    width: int = 0
    header: tuple[str, ...] = field(default=())
    offset: int = 0
    """Added to a position to count from 1."""

    @cached_property
    def last_key(self) -> int:
        """Beyond this column a row need not be cut to know whether it is wanted."""
        return max(self.at.get(name, 0) for name in ("snp", "chromosome", "position"))

    @property
    def places(self) -> bool:
        """Whether rows say where they stand in the genome."""
        return "chromosome" in self.at and "position" in self.at


def _columns(**names: str) -> Mapping[str, tuple[str, ...]]:
    return {ours: tuple(theirs.split()) for ours, theirs in names.items()}


DIALECTS: tuple[Dialect, ...] = (
    Dialect("GWAS-VCF", ("chrom", "pos", "ref", "alt", "info", "format"), _columns(
        snp="id", chromosome="chrom", position="pos", ref="ref", alt="alt", format="format",
    )),
    Dialect("FinnGen", ("sebeta", "af_alt"), _columns(
        snp="rsids", chromosome="chrom", position="pos", effect_allele="alt", other_allele="ref",
        beta="beta", se="sebeta", eaf="af_alt", p="pval", neg_log10_p="mlogp",
    ), "GRCh38"),
    Dialect("GWAS Catalog, harmonised", ("hm_effect_allele", "standard_error"), _columns(
        snp="hm_rsid rsid", chromosome="hm_chrom", position="hm_pos", effect_allele="hm_effect_allele",
        other_allele="hm_other_allele", beta="hm_beta", odds_ratio="hm_odds_ratio", se="standard_error",
        eaf="hm_effect_allele_frequency", p="p_value", neg_log10_p="neg_log_10_p_value", n="n",
    )),
    Dialect("GWAS-SSF", ("base_pair_location", "standard_error"), _columns(
        snp="rsid variant_id", chromosome="chromosome", position="base_pair_location", effect_allele="effect_allele",
        other_allele="other_allele", beta="beta", odds_ratio="odds_ratio hazard_ratio", se="standard_error",
        eaf="effect_allele_frequency", p="p_value", neg_log10_p="neg_log_10_p_value", n="n",
    )),
    Dialect("REGENIE", ("genpos", "allele0", "log10p"), _columns(
        snp="id", chromosome="chrom", position="genpos", effect_allele="allele1", other_allele="allele0",
        beta="beta", se="se", eaf="a1freq", neg_log10_p="log10p", n="n", test="test",
    )),
    Dialect("BOLT-LMM", ("allele0", "p_bolt_lmm_inf"), _columns(
        snp="snp", chromosome="chr", position="bp", effect_allele="allele1", other_allele="allele0",
        beta="beta", se="se", eaf="a1freq", p="p_bolt_lmm p_bolt_lmm_inf",
    )),
    Dialect("SAIGE", ("allele1", "allele2", "af_allele2"), _columns(
        snp="markerid snpid rsid", chromosome="chr", position="pos", effect_allele="allele2", other_allele="allele1",
        beta="beta", se="se", eaf="af_allele2", p="p.value", n="n",
    )),
    Dialect("METAL", ("markername", "allele1", "allele2", "effect", "stderr"), _columns(
        snp="markername", chromosome="chromosome", position="position", effect_allele="allele1",
        other_allele="allele2", beta="effect", se="stderr", eaf="freq1", p="p-value", n="totalsamplesize weight n",
    )),
    Dialect("PLINK 2", ("a1", "obs_ct", "ref", "alt"), _columns(
        snp="id", chromosome="chrom", position="pos", effect_allele="a1", other_allele="omitted ax", ref="ref",
        alt="alt", beta="beta", odds_ratio="or", se="se log(or)_se", eaf="a1_freq", p="p",
        neg_log10_p="neg_log10_p log10_p", n="obs_ct", test="test",
    )),
)  # fmt: skip

PLAIN = _columns(
    snp="snp rsid rsids rs_id rs_number variant variant_id markername marker snpid id",
    chromosome="chr chrom chromosome hg19chr", position="pos bp position base_pair_location base_pair_position",
    effect_allele="effect_allele ea alt", other_allele="other_allele oa nea non_effect_allele ref",
    beta="beta b effect", odds_ratio="or odds_ratio", se="se standard_error stderr sebeta",
    eaf="eaf effect_allele_frequency freq effect_allele_freq freq1 af_alt",
    p="p pval p_value pvalue p-value", neg_log10_p="neg_log10_p mlogp neg_log_10_p_value log10p nlog10p mlog10p lp",
    n="n samplesize n_total sample_size totalsamplesize",
)  # fmt: skip
"""Names in plain tables; a suffix ``.exposure`` or ``.outcome`` is cut off first."""

_NEEDED = ("effect_allele", "se")


def layout_of(header: Sequence[str], file: str) -> Layout:
    """The layout of a header row; :class:`InputError` names what is missing or doubled."""
    names = [name.strip().strip('"').lower().removeprefix("#") for name in header]
    plain = [name.removesuffix(".exposure").removesuffix(".outcome") for name in names]
    for dialect in DIALECTS:
        if all(mark in names for mark in dialect.marks):
            at = _found(dialect.columns, names, file)
            if dialect.name == "GWAS-VCF":
                return _vcf(at, tuple(names), file)
            return _checked(dialect.name, at, dialect.build, tuple(names), file)
    return _checked("plain", _found(PLAIN, plain, file), None, tuple(names), file)


def _found(columns: Mapping[str, tuple[str, ...]], names: Sequence[str], file: str) -> dict[str, int]:
    at = {}
    for ours, theirs in columns.items():
        there = [name for name in theirs if name in names]
        if any(names.count(name) > 1 for name in there):
            raise InputError(file, ours, "one column for each value")
        if there:
            at[ours] = names.index(there[0])
    return at


def _vcf(at: dict[str, int], names: tuple[str, ...], file: str) -> Layout:
    sample = at["format"] + 1
    if len(names) != sample + 1:
        raise InputError(file, f"{len(names) - sample} samples", "a VCF with one trait")
    return Layout("GWAS-VCF", at | {"sample": sample}, None, len(names), names)


def _checked(dialect: str, at: dict[str, int], build: str | None, names: tuple[str, ...], file: str) -> Layout:
    missing = [name for name in _NEEDED if name not in at]
    if "beta" not in at and "odds_ratio" not in at:
        missing.append("beta")
    if "snp" not in at and not ("chromosome" in at and "position" in at):
        missing.append("snp")
    if missing:
        shown = ", ".join(names[:20])
        raise InputError(file, shown, f"a header with columns for {', '.join(missing)}")
    return Layout(dialect, at, build, len(names), names)
