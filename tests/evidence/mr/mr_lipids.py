"""The 28 published lipid variants and what the reference program returns for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from anmin.evidence.mr.pair import Pair

_FOLDER = Path(__file__).parents[2] / "golden"
GOLDEN: dict[str, Any] = json.loads((_FOLDER / "mr-lipids.json").read_text())
DEFECTS: dict[str, Any] = json.loads((_FOLDER / "mr-reference-defects.json").read_text())
TRAITS = ("ldlc", "hdlc", "trig")


def pair(trait: str, first: int = 28) -> Pair:
    table = GOLDEN["input"]
    columns = (trait, f"{trait}se", "chdlodds", "chdloddsse")
    bx, sx, by, sy = (np.array(table[name][:first]) for name in columns)
    return Pair(bx=bx, sx=sx, by=by, sy=sy)


def reference(trait: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = GOLDEN["uv"][f"{trait}_chd"][name]
    return found
