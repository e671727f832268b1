"""The audit as one HTML page: no script, no network, nothing outside the file; tables that a screen reader can walk."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.contract import by_kind
from anmin.audit.model import VERDICTS, WRONG, Audit, Finding, Judged
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source

_STYLE = """
:root { color-scheme: light dark; }
body { font: 100%/1.6 system-ui, "Noto Sans TC", "Noto Sans JP", sans-serif;
  max-width: 62rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
th, td { border: 1px solid #8888; padding: .35rem .5rem; text-align: left; vertical-align: top; }
td.number { text-align: right; }
article { border-top: 1px solid #8888; padding: .5rem 0; }
h3 { font-size: 1rem; margin: .5rem 0; }
.wrong { border-left: .4rem solid #b3261e; padding-left: .6rem; }
.verdict { font-weight: bold; }
.source { overflow-wrap: anywhere; }
.small { font-size: .9rem; }
@media (max-width: 40rem) { table { display: block; overflow-x: auto; } }
""".strip()


def page(audit: Audit, knowledge: Knowledge, lang: Lang) -> str:
    """The whole page in one language."""
    return "\n".join(_Page(audit, knowledge, lang).lines()) + "\n"


class _Page:
    def __init__(self, audit: Audit, knowledge: Knowledge, lang: Lang) -> None:
        self.audit, self.knowledge, self.lang = audit, knowledge, lang

    def say(self, message: str, **params: str | int) -> str:
        return escape(self.knowledge.say(message, self.lang, **params))

    def lines(self) -> Iterator[str]:
        title = self.say("audit.title", title=self.audit.title)
        yield "<!DOCTYPE html>"
        yield f'<html lang="{self.lang}">'
        yield '<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>'
        yield f"<title>{title}</title>"
        yield f"<style>\n{_STYLE}\n</style></head>"
        yield f"<body><main><h1>{title}</h1>"
        yield f"<p>{self.say('audit.summary', **summary(self.audit))}</p>"
        yield f"<p>{self.say('audit.not_false')} {self.say('audit.not_advice')}</p>"
        yield from self.wrong()
        yield from self.counts()
        yield f"<section><h2>{self.say('audit.heading.all')}</h2>"
        for judged in self.audit.claims:
            yield from self.claim(judged)
        yield f'</section></main><footer><p class="small">{escape(self.knowledge.version[:12])}</p></footer>'
        yield "</body></html>"

    def wrong(self) -> Iterator[str]:
        wrong = self.audit.wrong()
        if not wrong:
            yield f"<p>{self.say('audit.all_fine')}</p>"
            return
        yield f"<table><caption>{self.say('audit.heading.wrong')}</caption>"
        yield from self.head("id", "line", "claim", "right", "safety")
        yield "<tbody>"
        for judged in wrong:
            claim = judged.claim
            right = claim.right.get(self.lang) if claim.right else deciding(judged, self.lang)
            yield (
                f'<tr><th scope="row"><a href="#{escape(claim.id)}">{escape(claim.id)}</a></th>'
                f'<td class="number">{claim.article_line or ""}</td><td>{escape(claim.text.get(self.lang))}</td>'
                f"<td>{escape(right)}</td><td>{self.say(f'knowledge.safety.{claim.safety}')}</td></tr>"
            )
        yield "</tbody></table>"

    def head(self, *columns: str) -> Iterator[str]:
        cells = "".join(f'<th scope="col">{self.say(f"audit.column.{column}")}</th>' for column in columns)
        yield f"<thead><tr>{cells}</tr></thead>"

    def counts(self) -> Iterator[str]:
        yield f"<table><caption>{self.say('audit.heading.counts')}</caption>"
        names = "".join(f'<th scope="col">{self.say(f"knowledge.verdict.{verdict}")}</th>' for verdict in VERDICTS)
        first, last = self.say("audit.column.kind"), self.say("audit.column.sum")
        yield f'<thead><tr><th scope="col">{first}</th>{names}<th scope="col">{last}</th></tr></thead><tbody>'
        rows = by_kind(self.audit)
        for kind, row in rows.items():
            yield self.row(self.say(f"audit.kind.{kind}"), list(row.values()))
        yield self.row(last, [sum(row[verdict] for row in rows.values()) for verdict in VERDICTS])
        yield "</tbody></table>"

    def row(self, name: str, values: list[int]) -> str:
        cells = "".join(f'<td class="number">{value}</td>' for value in [*values, sum(values)])
        return f'<tr><th scope="row">{name}</th>{cells}</tr>'

    def claim(self, judged: Judged) -> Iterator[str]:
        claim = judged.claim
        verdict = self.say(f"knowledge.verdict.{judged.verdict}" if judged.verdict else "audit.undecided")
        wrong = ' class="wrong"' if judged.verdict in WRONG else ""
        yield f'<article id="{escape(claim.id)}"{wrong}><h3>{escape(claim.id)} {escape(claim.text.get(self.lang))}</h3>'
        about = [f'<span class="verdict">{verdict}</span>', self.say(f"audit.kind.{claim.kind}")]
        if claim.article_line:
            about.append(f"{self.say('audit.column.line')} {claim.article_line}")
        about.append(f"{self.say('audit.column.safety')}: {self.say(f'knowledge.safety.{claim.safety}')}")
        yield f"<p>{' · '.join(about)}</p>"
        texts = {
            "audit.column.right": claim.right,
            "audit.label.caveat": claim.caveat,
            "audit.heading.problems": judged.problem,
        }
        for label, text in texts.items():
            if text is not None:
                yield f"<p><b>{self.say(label)}:</b> {escape(text.get(self.lang))}</p>"
        if judged.findings:
            yield f"<details><summary>{self.say('audit.heading.checks')}</summary><ul>"
            for finding in judged.findings:
                yield from self.finding(finding)
            yield "</ul></details>"
        yield "</article>"

    def finding(self, finding: Finding) -> Iterator[str]:
        words = [self.say(f"audit.by.{finding.by}"), self.say(f"audit.outcome.{finding.outcome}")]
        if not finding.decides:
            words.append(self.say("audit.label.beside"))
        yield f"<li>{escape(finding.says.get(self.lang))} <i>({', '.join(words)})</i>"
        yield f'<br/><span class="small">{escape(finding.how.get(self.lang))}</span>'
        if finding.sources:
            yield '<ul class="small">'
            yield from (f'<li class="source">{self.source(source)}</li>' for source in finding.sources)
            yield "</ul>"
        yield "</li>"

    def source(self, source: Source) -> str:
        """In words only: an address to copy, nothing that a browser would fetch."""
        return escape(source_line(source, self.knowledge, self.lang))


def source_line(source: Source, knowledge: Knowledge, lang: Lang) -> str:
    """A source in one line: label, how it was read, where."""
    where = f"doi:{source.doi}" if source.doi else f"PMID {source.pmid}" if source.pmid else source.url or ""
    return f"{source.label} ({knowledge.say(f'report.read_{source.read_in}', lang)}) {where}".rstrip()


def deciding(judged: Judged, lang: Lang) -> str:
    """What the finding that went against the claim says."""
    against = (finding for finding in judged.findings if finding.decides and finding.outcome == "against")
    return " ".join(finding.says.get(lang) for finding in against)


def summary(audit: Audit) -> dict[str, int]:
    """The numbers of the first sentence."""
    wrong = audit.wrong()
    return {
        "count": len(audit.claims),
        "wrong": len(wrong),
        "grave": sum(judged.claim.safety in ("high", "moderate") for judged in wrong),
        "computed": sum(judged.computed for judged in audit.claims),
    }
