"""Write docs/body/bath.md: the bath model against every published point, with what was assumed.

python tools/validate_bath.py [DIRECTORY]
"""

from __future__ import annotations

import sys
from pathlib import Path

from anmin.body.bath.validate import report
from anmin.knowledge.load import load

HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "docs" / "body"
    target.mkdir(parents=True, exist_ok=True)
    (target / "bath.md").write_text(report(load()), encoding="utf-8")


if __name__ == "__main__":
    main()
