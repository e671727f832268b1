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
    """A file format: ``marks`` are columns only it has, ``columns`` its names for ours (all in small letters)."""

    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, str]
    build: str | None = None


@dataclass(frozen=True)
class Layout:
    """Where the values stand in a row."""

    dialect: str
    at: Mapping[str, int]
    build: str | None = None
    ratio: bool = False
    """The effect is an odds ratio; its logarithm is the beta."""
    width: int = 0
    header: tuple[str, ...] = field(default=())

    @cached_property
    def last_key(self) -> int:
        """Beyond this column a row need not be cut to know whether it is wanted."""
        return max(self.at.get(name, 0) for name in ("snp", "chromosome", "position"))


DIALECTS: tuple[Dialect, ...] = (
    Dialect("FinnGen", ("sebeta", "af_alt"), {
        "snp": "rsids", "chromosome": "#chrom", "position": "pos", "effect_allele": "alt", "other_allele": "ref",
        "beta": "beta", "se": "sebeta", "eaf": "af_alt", "p": "pval", "neg_log10_p": "mlogp",
    }, "GRCh38"),
    Dialect("GWAS-SSF", ("base_pair_location", "standard_error"), {
        "snp": "rsid", "chromosome": "chromosome", "position": "base_pair_location", "effect_allele": "effect_allele",
        "other_allele": "other_allele", "beta": "beta", "odds_ratio": "odds_ratio", "se": "standard_error",
        "eaf": "effect_allele_frequency", "p": "p_value", "neg_log10_p": "neg_log_10_p_value", "n": "n",
    }),
    Dialect("REGENIE", ("genpos", "allele0", "log10p"), {
        "snp": "id", "chromosome": "chrom", "position": "genpos", "effect_allele": "allele1",
        "other_allele": "allele0", "beta": "beta", "se": "se", "eaf": "a1freq", "neg_log10_p": "log10p", "n": "n",
    }),
    Dialect("BOLT-LMM", ("allele0", "p_bolt_lmm_inf"), {
        "snp": "snp", "chromosome": "chr", "position": "bp", "effect_allele": "allele1", "other_allele": "allele0",
        "beta": "beta", "se": "se", "eaf": "a1freq", "p": "p_bolt_lmm_inf",
    }),
    Dialect("SAIGE", ("markerid", "af_allele2"), {
        "snp": "markerid", "chromosome": "chr", "position": "pos", "effect_allele": "allele2",
        "other_allele": "allele1", "beta": "beta", "se": "se", "eaf": "af_allele2", "p": "p.value", "n": "n",
    }),
    Dialect("PLINK 2", ("a1", "obs_ct", "ref", "alt"), {
        "snp": "id", "chromosome": "#chrom", "position": "pos", "effect_allele": "a1", "ref": "ref", "alt": "alt",
        "beta": "beta", "odds_ratio": "or", "se": "se", "log_ratio_se": "log(or)_se", "eaf": "a1_freq", "p": "p",
        "n": "obs_ct",
    }),
)  # fmt: skip

PLAIN: Mapping[str, tuple[str, ...]] = {
    "snp": ("snp", "rsid", "rsids", "variant", "variant_id", "markername", "id"),
    "chromosome": ("chr", "chrom", "#chrom", "chromosome"),
    "position": ("pos", "bp", "position", "base_pair_location"),
    "effect_allele": ("effect_allele", "ea", "alt"),
    "other_allele": ("other_allele", "nea", "non_effect_allele", "ref"),
    "beta": ("beta", "b", "effect"),
    "odds_ratio": ("or", "odds_ratio"),
    "se": ("se", "standard_error", "stderr", "sebeta"),
    "eaf": ("eaf", "effect_allele_frequency", "freq", "effect_allele_freq", "af_alt"),
    "p": ("p", "pval", "p_value", "pvalue", "p-value"),
    "neg_log10_p": ("mlogp", "neg_log_10_p_value", "log10p", "nlog10p", "lp"),
    "n": ("n", "samplesize", "n_total", "sample_size"),
}
"""Names in plain tables; a suffix ``.exposure`` or ``.outcome`` is cut off first."""

_NEEDED = ("effect_allele", "se")


def layout_of(header: Sequence[str], file: str) -> Layout:
    """The layout of a header row; :class:`InputError` names what is missing or doubled."""
    names = [name.strip().strip('"').lower() for name in header]
    plain = [name.removesuffix(".exposure").removesuffix(".outcome") for name in names]
    for dialect in DIALECTS:
        if all(mark in names for mark in dialect.marks):
            at = {ours: names.index(theirs) for ours, theirs in dialect.columns.items() if theirs in names}
            if "se" not in at and "log_ratio_se" in at:
                at["se"] = at["log_ratio_se"]
            if dialect.name == "GWAS-SSF" and "snp" not in at and "variant_id" in names:
                at["snp"] = names.index("variant_id")
            return _checked(dialect.name, at, dialect.build, tuple(names), file)
    at = {}
    for ours, theirs in PLAIN.items():
        found = [plain.index(name) for name in theirs if name in plain]
        if found:
            at[ours] = found[0]
        if any(plain.count(name) > 1 for name in theirs):
            raise InputError(file, ours, "one column for each value")
    return _checked("plain", at, None, tuple(names), file)


def _checked(dialect: str, at: dict[str, int], build: str | None, names: tuple[str, ...], file: str) -> Layout:
    missing = [name for name in _NEEDED if name not in at]
    if "beta" not in at and "odds_ratio" not in at:
        missing.append("beta")
    if "snp" not in at and not ("chromosome" in at and "position" in at):
        missing.append("snp")
    if missing:
        shown = ", ".join(names[:20])
        raise InputError(file, shown, f"a header with columns for {', '.join(missing)}")
    return Layout(dialect, at, build, "beta" not in at, len(names), names)
