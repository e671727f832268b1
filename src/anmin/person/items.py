"""Tokens gathered into items: one substance each, with everything the text says of it.

A separator ends an item, unless what follows names nothing and only adds to it ("magnesium citrate, 300 mg, 22:30").
Two substances without a separator are cut apart before the second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.stoichiometry import MAGNESIUM
from anmin.person.lexicon import Name, fold, lexicon_of
from anmin.person.tokens import CLOSING, Token, tokenise

BATH = "hot_bath"
_OTHER_METALS = ("zinc", "calcium", "iron")
"""Substances that have glycinates, citrates and the like of their own."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing somebody takes, as read; nothing is decided yet."""

    label: str
    tokens: tuple[Token, ...]
    names: tuple[Name, ...]
    unread: tuple[str, ...]
    tablet_of_medicine: bool = False
    """With ``錠`` behind it, the name is that of a medicine, whose strength is the compound's mass."""
    typed: str = ""
    """What was written where the name is only the nearest one known; empty where it was written so."""

    @property
    def substance(self) -> str | None:
        """The id of what is taken; None where nothing known is named."""
        return self.names[0].substance if self.names else None

    @property
    def forms(self) -> tuple[str, ...]:
        """The magnesium compounds named, each once."""
        return tuple(dict.fromkeys(name.form for name in self.names if name.form))

    def of(self, *kinds: str) -> tuple[Token, ...]:
        """The tokens of these kinds, in order."""
        return tuple(token for token in self.tokens if token.kind in kinds)

    def says(self, meaning: str) -> bool:
        """Whether a small word of this meaning is in it."""
        return any(token.kind == "word" and token.meaning == meaning for token in self.tokens)

    def around(self) -> Iterator[tuple[Token, Token | None, Token | None]]:
        """Each token with its neighbours."""
        yield from zip(self.tokens, (None, *self.tokens), (*self.tokens[1:], None), strict=False)

    def count(self, kind: str) -> float | None:
        """The product of the numbers of one kind, None if there are none."""
        product = None
        for token in self.of(kind):
            product = token.value * (1.0 if product is None else product)
        return product


_AMOUNT_KINDS = ("amount", "number", "percent")


def read_items(text: str, knowledge: Knowledge) -> list[Item]:
    """The items of a text, in the order written; :class:`~anmin.errors.InputError` for impossible numbers or hours."""
    wide = unicodedata.normalize("NFKC", text)
    tokens = tokenise(fold(text), lexicon_of(knowledge))
    rows = _join(_cut_all(_split(tokens)))
    return [item for row in rows if (item := _item(row, wide, knowledge)) is not None]


def _split(tokens: list[Token]) -> list[list[Token]]:
    rows: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "separator":
            rows.append([])
        else:
            rows[-1].append(token)
    return [row for row in rows if row]


def _cut_all(rows: list[list[Token]]) -> list[list[Token]]:
    return [part for row in rows for part in _cut(_settle(row))]


def _settle(row: list[Token]) -> list[Token]:
    """Names that are none here become what they are: "tea" after a herb, "citrate" without magnesium, ``18 % Mg``."""
    if any(token.name is not None and token.name.strength for token in row):
        row = [token for token in row if token.kind != "unread" or not token.depth]  # the maker: 錠330mg「ヨシダ」
    has_magnesium = any(_is_magnesium_itself(token) for token in row)
    other_metal = any(token.name is not None and token.name.substance in _OTHER_METALS for token in row)
    settled: list[Token] = []
    for token in row:
        before = settled[-1] if settled else None
        name = token.name
        if before is not None and before.kind == "percent" and _is_of_magnesium(token):
            settled.append(msgspec.structs.replace(token, kind="word", name=None, meaning="noise"))
        elif name is None:
            settled.append(token)
        elif name.substance == "caffeine" and before is not None and _is_drinkable(before):
            settled.append(msgspec.structs.replace(token, kind="word", name=None, meaning="tea"))
        elif name.bare and not has_magnesium and other_metal:
            settled.append(msgspec.structs.replace(token, kind="word", name=None, meaning="noise"))
        elif _is_drink(name) and before is not None and before.kind == "unread" and before.end == token.start:
            settled.append(msgspec.structs.replace(token, kind="unread", name=None))  # 藥酒 is neither wine nor known
        elif (name.beside and not has_magnesium) or (name.bare and before is not None and before.kind == "unread"):
            settled.append(msgspec.structs.replace(token, kind="unread", name=None))
        else:
            settled.append(token)
    return settled


def _is_magnesium_itself(token: Token) -> bool:
    return token.name is not None and token.name.substance == MAGNESIUM and token.name.form is None


def _is_of_magnesium(token: Token) -> bool:
    """After a percentage: ``18 % Mg``, ``18 % elemental``."""
    return _is_magnesium_itself(token) or token.meaning == "elemental"


def _is_drink(name: Name) -> bool:
    return name.substance in ("alcohol", "caffeine")


def _is_drinkable(token: Token) -> bool:
    if token.name is None:
        return token.kind == "unread"
    return token.name.substance not in ("caffeine", MAGNESIUM)


def _cut(row: list[Token]) -> list[list[Token]]:
    """Cut a row before each further substance; when amounts come first, before the amount that belongs to it."""
    first = next((token for token in row if token.kind in ("name", *_AMOUNT_KINDS)), None)
    amounts_first = first is not None and first.kind != "name"
    parts: list[list[Token]] = [[]]
    current: str | None = None
    pending: list[Token] = []
    for token in row:
        if token.name is not None:
            if current is not None and token.name.substance != current and BATH not in (current, token.name.substance):
                parts.append([])
            parts[-1].extend(pending)
            pending = []
            current = token.name.substance if current != BATH else current
            parts[-1].append(token)
        elif pending or (amounts_first and current is not None and token.kind in ("amount", "number")):
            pending.append(token)
        else:
            parts[-1].append(token)
    parts[-1].extend(pending)
    return [part for part in parts if part]


def _join(rows: list[list[Token]]) -> list[list[Token]]:
    """Rows that name nothing go to their neighbour, or repeat its substance when they bring an amount of their own."""
    joined: list[list[Token]] = []
    for row in rows:
        names_something = any(token.kind in ("name", "unread") for token in row)
        if joined and not names_something:
            again = _has_amount(row) and _has_amount(joined[-1]) and not _completes(row)
            named = [token for token in joined[-1] if token.kind == "name"]
            if again and named:
                joined.append([*named, *row])
            else:
                joined[-1] = [*joined[-1], *row]
        elif joined and not any(token.kind in ("name", "unread") for token in joined[-1]):
            joined[-1] = [*joined[-1], *row]
        else:
            joined.append(row)
    return joined


def _has_amount(row: list[Token]) -> bool:
    return any(token.kind in ("amount", "number") for token in row)


def _completes(row: list[Token]) -> bool:
    """Whether an amount only says more of the one before: how much of it is the element."""
    return any(token.kind == "word" and token.meaning in ("elemental", "compound") for token in row)


def _item(row: list[Token], wide: str, knowledge: Knowledge) -> Item | None:
    names = tuple(token.name for token in row if token.name is not None)
    bath = next((name for name in names if name.substance == BATH), None)
    if bath is not None:
        names = (bath,)
    unread = _phrases(row)
    if not names and not unread and not any(token.kind in ("amount", "number", "pieces", "percent") for token in row):
        return None
    start, end = min(token.start for token in row), max(token.end for token in row)
    if row[-1].depth and wide[end : end + 1] in CLOSING:
        end += 1
    own = wide[start:end] if end - start <= sum(token.end - token.start for token in row) + 4 * len(row) else ""
    label = own or " ".join(wide[token.start : token.end] for token in row)
    return Item(
        label=" ".join(label.split()), tokens=tuple(row), names=names, unread=unread,
        tablet_of_medicine=any(_with_tablet(token, knowledge) for token in row),
    )  # fmt: skip


def _with_tablet(token: Token, knowledge: Knowledge) -> bool:
    if token.name is None or token.name.form is None:
        return False
    return f"{token.text}錠" in knowledge.forms[token.name.form].strength_names


def _phrases(row: list[Token]) -> tuple[str, ...]:
    """What could not be read, neighbours together."""
    phrases: list[str] = []
    end = -2
    for token in row:
        if token.kind != "unread":
            continue
        near = token.start - end
        if phrases and near <= 1:
            phrases[-1] += (" " if near else "") + token.text
        else:
            phrases.append(token.text)
        end = token.end
    return tuple(phrases)
