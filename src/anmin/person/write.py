"""Answers as a commented ``profile.yaml``: every field in its place, those without an answer as comments to fill in."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.person.answers import Profile

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("about", ("age", "sex", "pregnant", "pregnancy_week", "breastfeeding", "country", "weight_kg", "height_cm")),
    ("body", ("kidney", "serum_magnesium", "conditions", "allergies", "surgery", "red_flags")),
    ("intake", ("medicines", "taking", "diet", "alcohol", "caffeine")),
    ("evening", ("sleep", "bed", "rise", "dinner", "bathing", "drives_at_night", "night_work", "night_care")),
    ("wishes", ("preferences", "budget", "prices")),
)
_BLANK: dict[str, str] = {
    "kidney": "{egfr: }", "sleep": "{problem: , for: }", "diet": "{magnesium_mg: }", "alcohol": "{tonight: }",
    "caffeine": "{last: }", "bathing": "{kind: }", "preferences": "{prefer: }",
}  # fmt: skip
_PLAIN = re.compile(r"[^\W\d_][\w .()（）％%+/µμ・ー-]*")
_GUESSED = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


def dump(profile: Profile, knowledge: Knowledge, lang: Lang = "en") -> str:
    """The profile as YAML that a person can read and correct; reading it back gives the same profile."""
    answers: dict[str, Any] = msgspec.to_builtins(profile)
    lines = [f"# {line}" for line in knowledge.say("person.field.head", lang).splitlines()]
    for section, fields in _SECTIONS:
        lines += ["", f"# --- {knowledge.say(f'person.field.{section}', lang)}"]
        for field in fields:
            lines.append(f"# {knowledge.say(f'person.field.{field}', lang)}")
            if field in answers:
                lines += _entry(field, answers[field], "")
            else:
                lines.append(f"# {field}: {_blank(field, knowledge)}".rstrip())
    return "\n".join(lines) + "\n"


def _blank(field: str, knowledge: Knowledge) -> str:
    if field == "red_flags":
        return "{" + ", ".join(f"{flag.id}: " for flag in knowledge.red_flags.values() if flag.ask_everyone) + "}"
    return _BLANK.get(field, "")


def _entry(name: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict):
        if not value:
            return [f"{indent}{name}: {{}}"]
        return [
            f"{indent}{name}:",
            *(line for key, each in value.items() for line in _entry(_key(key), each, indent + "  ")),
        ]
    if isinstance(value, list | tuple):
        if not value:
            return [f"{indent}{name}: []"]
        if all(isinstance(each, str) for each in value) and len(value) > 1 and name == "at":
            return [f"{indent}{name}: [{', '.join(map(_scalar, value))}]"]
        return [f"{indent}{name}:", *(line for each in value for line in _item(each, indent))]
    return [f"{indent}{name}: {_scalar(value)}"]


def _item(value: Any, indent: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{indent}- {_scalar(value)}"]
    inner = [line for key, each in value.items() for line in _entry(_key(key), each, indent + "  ")]
    return [f"{indent}- {inner[0].lstrip()}", *inner[1:]]


def _key(text: str) -> str:
    return text if re.fullmatch(r"[a-z_][a-z0-9_-]*", text) and text not in _GUESSED else _scalar(text)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and value.strip() == value and value.lower() not in _GUESSED:
        return value
    return json.dumps(value, ensure_ascii=False)
