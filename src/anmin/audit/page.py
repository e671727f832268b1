"""The audit as one HTML page: no script, no network, nothing outside the file; tables that a screen reader can walk."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.contract import by_kind
from anmin.audit.markup import Markup, deciding
from anmin.audit.model import VERDICTS, Audit
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang

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


class _Page(Markup):
    def __init__(self, audit: Audit, knowledge: Knowledge, lang: Lang) -> None:
        super().__init__(knowledge, lang)
        self.audit = audit

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
            yield from self.article(judged)
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


def summary(audit: Audit) -> dict[str, int]:
    """The numbers of the first sentence."""
    wrong = audit.wrong()
    return {
        "count": len(audit.claims),
        "wrong": len(wrong),
        "grave": sum(judged.claim.safety in ("high", "moderate") for judged in wrong),
        "computed": sum(judged.computed for judged in audit.claims),
    }
