"""One judged claim as markup, for the page of a whole audit and for a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.model import WRONG, Finding, Judged
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source, Text


class Markup:
    """Writes claims in one language; everything it yields is escaped."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.knowledge, self.lang = knowledge, lang

    def say(self, message: str, **params: str | int) -> str:
        """A message, escaped."""
        return escape(self.knowledge.say(message, self.lang, **params))

    def article(self, judged: Judged) -> Iterator[str]:
        """A claim among others: its checks are there to unfold."""
        claim = judged.claim
        wrong = ' class="wrong"' if judged.verdict in WRONG else ""
        yield f'<article id="{escape(claim.id)}"{wrong}><h3>{escape(claim.id)} {escape(claim.text.get(self.lang))}</h3>'
        yield f"<p>{self.about(judged)}</p>"
        yield from self.words(judged)
        if judged.findings:
            yield f"<details><summary>{self.say('audit.heading.checks')}</summary>"
            yield from self.checks(judged)
            yield "</details>"
        yield "</article>"

    def verdict(self, judged: Judged) -> str:
        """The verdict in words."""
        return self.say(f"knowledge.verdict.{judged.verdict}" if judged.verdict else "audit.undecided")

    def about(self, judged: Judged) -> str:
        """Verdict, kind of claim, its line, and what believing it may cost."""
        claim = judged.claim
        about = [f'<span class="verdict">{self.verdict(judged)}</span>', self.say(f"audit.kind.{claim.kind}")]
        if claim.article_line:
            about.append(f"{self.say('audit.column.line')} {claim.article_line}")
        about.append(f"{self.say('audit.column.safety')}: {self.say(f'knowledge.safety.{claim.safety}')}")
        return " · ".join(about)

    def words(self, judged: Judged) -> Iterator[str]:
        """What is right instead, what to know, and why a stated verdict does not follow."""
        texts: dict[str, Text | None] = {
            "audit.column.right": judged.claim.right,
            "audit.label.caveat": judged.claim.caveat,
            "audit.heading.problems": judged.problem,
        }
        for label, text in texts.items():
            if text is not None:
                yield f"<p><b>{self.say(label)}:</b> {escape(text.get(self.lang))}</p>"

    def checks(self, judged: Judged) -> Iterator[str]:
        """Every finding with how anybody can check it, and where it was read."""
        yield "<ul>"
        for finding in judged.findings:
            yield from self.finding(finding)
        yield "</ul>"

    def finding(self, finding: Finding) -> Iterator[str]:
        """One finding as a list item."""
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
