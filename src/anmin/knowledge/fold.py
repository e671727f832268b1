"""The shape in which words are compared, whatever keyboard wrote them."""

from __future__ import annotations

import unicodedata

_KANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_DROPPED = dict.fromkeys(map(ord, " \t\n\u3000-_・·.,、。'’\"()[]{}/"), None)


def fold(text: str) -> str:
    """Width, case and kana made one; spaces and punctuation dropped.

    >>> fold("Ｍｇ Glycinate") == fold("mg-glycinate")
    True
    >>> fold("マグミット") == fold("ﾏｸﾞﾐｯﾄ") == fold("まぐみっと")
    True
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain.translate(_DASHES).translate(_KANA).translate(_DROPPED))
