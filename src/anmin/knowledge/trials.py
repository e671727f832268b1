"""What the protocol of a self-trial should say: the items of a published checklist, worded by us."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class ProtocolItem(Struct, frozen=True, kw_only=True):
    """One item of SPENT 2019. ``answer``: what a self-trial says to it where ``when`` holds, with places for what its
    protocol holds; ``unless``: why there is nothing to say where it does not. ``number``: as printed.
    """

    id: str
    number: str
    section: Literal["administration", "introduction", "methods", "monitoring", "ethics", "other"]
    name: Text
    when: Literal["always", "never", "blinded", "looks"] = "always"
    answer: Text | None = None
    unless: Text | None = None
    sources: tuple[Source, ...]
