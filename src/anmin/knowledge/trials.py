"""What a protocol or a report of a self-trial should say: the items of two published checklists, worded by us."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class TrialItem(Struct, frozen=True, kw_only=True):
    """One item. ``answer``: what a self-trial of this program says to it, with places for what its protocol holds;
    None where the answer is made elsewhere. ``unless``: why there is nothing to say, where ``when`` does not hold.

    ``standard``: ``spent`` for protocols (SPENT 2019), ``cent`` for reports (CENT 2015). ``number``: as printed there.
    """

    id: str
    standard: Literal["spent", "cent"]
    number: str
    section: Literal["administration", "title", "introduction", "methods", "monitoring", "ethics", "results",
                     "discussion", "other"]  # fmt: skip
    name: Text
    when: Literal["always", "never", "blinded", "looks", "several", "measured"] = "always"
    answer: Text | None = None
    unless: Text | None = None
    sources: tuple[Source, ...]
