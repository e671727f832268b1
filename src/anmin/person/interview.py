"""The few questions of ``anmin new``: what each answer becomes in a profile.

At most :data:`MOST` questions, the ones that safety cannot do without; the rest of a profile is filled in by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import RedFlag
from anmin.person.answers import Profile
from anmin.person.day_times import find_hours
from anmin.person.document import MAX_TEXT, Node, checked
from anmin.person.parse import parse_nodes
from anmin.person.understand import understand
from anmin.person.words import choose, is_nothing
from anmin.units.clock import show_clock

MOST = 12

Nodes = dict[str, Node]


class Step(msgspec.Struct, frozen=True):
    """One question: its words are ``person.new.<id>`` and ``person.new.why.<id>``."""

    id: str
    read: Callable[[str, Knowledge], Nodes]


def steps() -> tuple[Step, ...]:
    """All questions in order."""
    return _STEPS


def is_asked(step: Step, so_far: Nodes, knowledge: Knowledge) -> bool:
    """Whether a question is put to somebody who has answered ``so_far``."""
    profile = profile_of(so_far, knowledge)
    if step.id == "pregnant":
        ages = knowledge.ranges["pregnancy_age"]
        return profile.sex != "male" and (profile.age is None or ages.low <= profile.age <= ages.high)
    return step.id != "red_flags" or bool(signs(so_far, knowledge))


def signs(so_far: Nodes, knowledge: Knowledge) -> tuple[RedFlag, ...]:
    """The warning signs that somebody with these answers is asked about, in the order of their numbers."""
    person = understand(profile_of(so_far, knowledge), knowledge)
    return tuple(knowledge.red_flags[id] for id in person.flags_unanswered)


def answer(step: Step, typed: str, so_far: Nodes, knowledge: Knowledge) -> Nodes:
    """What a typed answer adds to the profile; nothing for an empty one. :class:`ProfileError` if it cannot be used."""
    typed = checked(typed, "", None, limit=20 * MAX_TEXT)
    if not typed:
        return {}
    nodes = _signs(typed, so_far, knowledge) if step.id == "red_flags" else step.read(typed, knowledge)
    understand(profile_of({**so_far, **nodes}, knowledge), knowledge)
    return nodes


def profile_of(nodes: Nodes, knowledge: Knowledge) -> Profile:
    """The profile of the answers given so far."""
    return parse_nodes(nodes, "", knowledge)


def _field(name: str) -> Callable[[str, Knowledge], Nodes]:
    return lambda typed, knowledge: {name: Node(typed)}


def _list(name: str) -> Callable[[str, Knowledge], Nodes]:
    def read(typed: str, knowledge: Knowledge) -> Nodes:
        if is_nothing(typed, knowledge):
            return {name: Node([])}
        return {name: Node([Node(part) for part in map(str.strip, re.split(r"[;；]", typed)) if part])}

    return read


def _pregnant(typed: str, knowledge: Knowledge) -> Nodes:
    """The question is about both, so a plain no answers both."""
    if choose("key", typed, knowledge) == "breastfeeding":
        return {"pregnant": Node("no"), "breastfeeding": Node("yes")}
    nodes = {"pregnant": Node(typed)}
    if choose("pregnant", typed, knowledge) in ("no", "trying"):
        nodes["breastfeeding"] = Node("no")
    return nodes


def _sleep(typed: str, knowledge: Knowledge) -> Nodes:
    problem, *lasting = (part.strip() for part in re.split(r"[,，、;；]", typed, maxsplit=1))
    inside = {"problem": Node(problem)}
    if lasting and lasting[0]:
        inside["for"] = Node(lasting[0])
    return {"sleep": Node(inside)}


def _bed(typed: str, knowledge: Knowledge) -> Nodes:
    hours = find_hours(typed, knowledge, "bed")
    if len(hours.clocks) not in (1, 2) or hours.words or re.search(r"\w", hours.rest):
        raise ProfileError("bed", typed, "one or two times of day, such as 23:30 07:00")
    return {name: Node(show_clock(clock)) for name, clock in zip(("bed", "rise"), hours.clocks, strict=False)}


def _signs(typed: str, so_far: Nodes, knowledge: Knowledge) -> Nodes:
    open_signs = signs(so_far, knowledge)
    numbers: set[int] = set()
    if not is_nothing(typed, knowledge):
        for word in re.split(r"[\s,，、;；]+", typed):
            if not re.fullmatch(r"\d{1,2}", word) or not 1 <= int(word) <= len(open_signs):
                raise ProfileError("red_flags", word, f"numbers from 1 to {len(open_signs)}, or none")
            numbers.add(int(word))
    answers = {flag.id: Node("yes" if number in numbers else "no") for number, flag in enumerate(open_signs, 1)}
    return {"red_flags": Node(answers)}


_STEPS: tuple[Step, ...] = (
    Step("age", _field("age")),
    Step("sex", _field("sex")),
    Step("country", _field("country")),
    Step("pregnant", _pregnant),
    Step("kidney", _field("kidney")),
    Step("conditions", _field("conditions")),
    Step("medicines", _list("medicines")),
    Step("taking", _list("taking")),
    Step("sleep", _sleep),
    Step("bed", _bed),
    Step("alcohol", _field("alcohol")),
    Step("red_flags", _field("red_flags")),
)
