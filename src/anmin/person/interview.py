"""The few questions of ``anmin new``: what each answer becomes in a profile.

At most :data:`MOST` questions, the ones that safety cannot do without; the rest of a profile is filled in by hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import RedFlag
from anmin.knowledge.plain import Node
from anmin.person.answers import Profile
from anmin.person.day_times import find_hours, is_within
from anmin.person.document import MAX_TEXT, checked
from anmin.person.han_hours import leaves_half_open
from anmin.person.parse import parse_nodes
from anmin.person.quantities import weeks
from anmin.person.understand import understand
from anmin.person.words import choose, is_nothing, is_unanswered
from anmin.units.clock import DAY, show_clock

MOST = 12

TROUBLES = ("falling_asleep", "staying_asleep", "early_waking", "unrefreshing")
"""The sleep troubles in the order of their numbers."""

_BETWEEN = " ,，、;；:：/。.\t"

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
    typed = checked(typed, "text", "", None, limit=20 * MAX_TEXT)
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
    """The trouble by its number or in words, then perhaps for how long, with or without a comma between."""
    line = unicodedata.normalize("NFKC", typed).replace("’", "'")
    if is_unanswered(line, knowledge):
        return {}
    for end in range(len(line), 0, -1):
        problem = _problem(line[:end].strip(_BETWEEN), knowledge)
        lasting = line[end:].strip(_BETWEEN)
        numbered = line[:end].strip(_BETWEEN).isdigit()
        if problem is None or (numbered and lasting and line[end] not in _BETWEEN and line[end - 1] not in _BETWEEN):
            continue
        if not lasting:
            return {"sleep": Node({"problem": Node(problem)})}
        weeks(lasting, "sleep.for", knowledge)
        return {"sleep": Node({"problem": Node(problem), "for": Node(lasting)})}
    numbers = ", ".join(f"{number} {name.replace('_', ' ')}" for number, name in enumerate(TROUBLES, 1))
    raise ProfileError("sleep.problem", typed, f"{numbers}; then for how long, such as: 1, 6 weeks")


def _problem(text: str, knowledge: Knowledge) -> str | None:
    if text in ("1", "2", "3", "4"):
        return TROUBLES[int(text) - 1]
    return choose("problem", re.sub(r"^(?:i\s+|我)", "", text, flags=re.IGNORECASE), knowledge)


def _bed(typed: str, knowledge: Knowledge) -> Nodes:
    words = sorted((each for words in knowledge.choices["bed_words"].words.values() for each in words), key=len)
    latin, other = ("|".join(map(re.escape, (each for each in reversed(words) if each.isascii() == ascii)))
                    for ascii in (True, False))  # fmt: skip
    line = re.sub(rf"(?<![a-z])(?:{latin})(?![a-z])|{other}", " ", typed, flags=re.IGNORECASE)
    hours = find_hours(line, knowledge, "bed")
    if len(hours.clocks) not in (1, 2) or hours.words or re.search(r"\w", hours.rest):
        raise ProfileError("bed", typed, "one or two times of day, such as 23:30 07:00")
    bed, *rise = hours.clocks
    first = re.split(r"(?<=[點点時])", line)[0]
    if leaves_half_open(first) and is_within(bed + DAY // 2, knowledge.day_times["night"]):
        bed = (bed + DAY // 2) % DAY  # 十一點半 said of going to bed is half past eleven at night
    return {name: Node(show_clock(clock)) for name, clock in zip(("bed", "rise"), (bed, *rise), strict=False)}


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
