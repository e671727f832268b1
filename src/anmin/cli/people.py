"""The person a command is about: from a file, or from an example."""

from __future__ import annotations

import click

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Person


def load_person(path: str | None, example: str | None, knowledge: Knowledge) -> Person:
    """The understood person of a profile file or a shipped example; exactly one must be named."""
    from anmin.person import examples
    from anmin.person.profile import parse_profile, read_profile
    from anmin.person.understand import understand

    if path is None and example is None:
        raise click.UsageError("Give a profile file, or --example NAME; `anmin new` writes a profile.")
    if path is not None and example is not None:
        raise InputError("PROFILE", path, "either a profile file or --example NAME, not both")
    if example is not None:
        return understand(parse_profile(examples.text(example), name=f"example {example}"), knowledge)
    assert path is not None
    return understand(read_profile(path), knowledge)
