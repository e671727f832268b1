"""Every sentence a person sees exists in the three languages, and every sentence the code asks for exists."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import msgspec

import anmin
from anmin.knowledge.load import load
from anmin.knowledge.model import Text

_ASKED = re.compile(r"""knowledge\.(?:text|say)\(\s*f?["']([a-z_]+\.[a-z0-9_.]+)["']""")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")


def _texts(value: object, where: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield where, value
    elif isinstance(value, msgspec.Struct):
        name = getattr(value, "id", type(value).__name__)
        for field in value.__struct_fields__:
            yield from _texts(getattr(value, field), f"{where}/{name}.{field}")
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each, where)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each, where)


def test_no_sentence_is_missing_in_any_language() -> None:
    missing = [
        where
        for where, text in _texts(load(), "")
        if not (text.en.strip() and text.zh_hant.strip() and text.ja.strip())
    ]
    assert not missing


def test_no_chinese_sentence_holds_kana() -> None:
    wrong = [
        (where, text.zh_hant)
        for where, text in _texts(load(), "")
        if _KANA.search(text.zh_hant.replace("の", "")) and not where.startswith("/drug") and "「" not in text.zh_hant
    ]
    assert not wrong


def test_the_three_languages_fill_the_same_places() -> None:
    def places(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    for message in load().messages.values():
        assert places(message.text.en) == places(message.text.zh_hant) == places(message.text.ja), message


def test_every_message_the_code_asks_for_exists() -> None:
    known = load().messages
    root = Path(anmin.__file__).parent
    asked = {
        (path.name, name) for path in root.rglob("*.py") for name in _ASKED.findall(path.read_text(encoding="utf-8"))
    }
    missing = [(file, name) for file, name in asked if name not in known and not name.endswith(("_", "."))]
    assert not missing
