"""docs/body is what the command writes from these facts."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ("magnesium", "clock", "synapse", "kinetics")


def test_the_validation_pages_are_those_the_command_writes(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "validate_body_models.py"), str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    for name in PAGES:
        text = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
        shipped = (ROOT / "docs" / "body" / f"{name}.md").read_text(encoding="utf-8")
        assert text == shipped, "run: make validate-body"
        for figure in re.findall(r"\]\((.+?\.svg)\)", text):
            assert ET.parse(tmp_path / figure).getroot().tag.endswith("svg")


def test_every_model_and_every_point_with_a_check_is_in_a_page() -> None:
    from anmin.knowledge.load import load

    pages = "\n".join((ROOT / "docs" / "body" / f"{name}.md").read_text(encoding="utf-8") for name in PAGES)
    unchecked = {"magnesium-serum-band"}  # a reference range, not a model
    small = [name for name in load().body_models if not name.startswith("bath-")]  # the bath has pages of its own
    assert not [name for name in small if name not in unchecked and f"`{name}`" not in pages]
    beside = {"schuette-1994-chelate", "schuette-1994-oxide", "firoz-2001-oxide"}  # the two studies have figures
    told = [each for each in load().body_points.values() if each.id not in beside and not each.model.startswith("bath")]
    assert not [point.id for point in told if point.what.en not in pages]
