"""A scan of many exposures on many outcomes as text: first how many pairs pass."""

from __future__ import annotations

from anmin.evidence.mr.index import Indexed
from anmin.evidence.mr.scan_out import Hit, Scan
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.page import Page
from anmin.report.wrap import cells

_SHOWN_FAILURES = 10


def scan_page(found: Scan, knowledge: Knowledge, lang: Lang) -> None:
    """Print the summary."""
    page = Page(knowledge, lang, "mr_scan")
    method = knowledge.say(f"mr.method.{found.method}", lang)
    if found.limit is None:
        page.answer(page.say("nothing"))
    else:
        page.answer(page.say(
            "answer", tested=f"{found.tested:,}", method=method, bonferroni=found.bonferroni, fdr=found.fdr,
            limit=f"{found.limit:.2g}",
        ))  # fmt: skip
    page.line(page.say(
        "counts", exposures=found.exposures, outcomes=found.outcomes, computed=found.computed, reused=found.reused
    ))  # fmt: skip
    notes = {
        "waiting": found.waiting, "read_whole": found.read_whole, "elsewhere": found.elsewhere, "unsure": found.unsure,
    }  # fmt: skip
    for message, count in notes.items():
        if count:
            page.line(page.say(message, count=count))
    if found.failed:
        page.line()
        page.line(page.say("failed", count=len(found.failed)), bold=True)
        for each in found.failed[:_SHOWN_FAILURES]:
            page.item(f"{each.name}: {each.error}")
    if found.hits:
        page.heading("hits")
        for hit in found.hits:
            page.line(_hit(hit, max(cells(each.exposure) for each in found.hits)), indent=2)
        if found.fdr > len(found.hits):
            page.line(page.say("more", count=found.fdr - len(found.hits)), indent=2)
        page.line(page.say("caution"), indent=2)
    if found.reasons:
        page.heading("fates")
        for reason, count in sorted(found.reasons.items(), key=lambda item: -item[1]):
            page.line(f"{count:>9,}  {knowledge.say(f'mr.reason.{reason}', lang)}", indent=2)
    if found.pairs:
        page.footer(page.say("written", out=found.out))


def indexed_page(found: Indexed, file: str, beside: bool, knowledge: Knowledge, lang: Lang) -> None:
    """Print what was indexed. ``beside``: where it is found by itself."""
    page = Page(knowledge, lang, "mr_scan")
    page.answer(page.say(
        "indexed" if beside else "indexed_there",
        out=found.path, rows=f"{found.rows:,}", file=file, dialect=found.dialect,
        build=found.build or page.say("build_unknown"),
    ))  # fmt: skip


def _hit(hit: Hit, width: int) -> str:
    name = hit.exposure + " " * (width - cells(hit.exposure))
    p = f"{hit.p:.2g}" if hit.p > 0.0 else f"1e-{hit.neg_log10_p:.0f}"
    mark = "*" if hit.bonferroni else " "
    return f"{mark} {name} → {hit.outcome}: {hit.estimate:.3g} ({hit.low:.3g} – {hit.high:.3g}), p {p}, n {hit.n}"
