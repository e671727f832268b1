"""A table whose columns stand below each other in every language."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.diary import diary_group
from anmin.report.columns import columns
from anmin.report.wrap import cells

CSV = """\
night,zone,into_bed,try_sleep,sol,awakenings,waso,final_wake,out_of_bed,quality,comment
2026-11-10,Asia/Taipei,23:10,23:30,25,2,30,06:40,07:00,3,
2026-11-11,Asia/Taipei,23:10,23:30,5,0,0,06:40,07:00,,
2026-11-14,Asia/Taipei,23:40,00:30,125,2,30,06:40,07:10,5,
"""


def test_wide_characters_count_double_and_numbers_stand_right() -> None:
    assert columns([["鎂", "1"], ["glycine", "20"]]) == ["鎂        1", "glycine  20"]
    assert columns([["1", "無"], ["20", "EU"]], left=(1,)) == [" 1  無", "20  EU"]


def test_a_heading_breaks_above_its_column() -> None:
    assert columns([["a", "5"]], heads=["x", "long minutes awake"]) == [
        "x  long minutes",
        "          awake",
        "a             5",
    ]


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_diary_fits_eighty_cells_and_names_missed_nights(lang: str, tmp_path: Path) -> None:
    log, file = str(tmp_path / "log.db"), tmp_path / "diary.csv"
    file.write_text(CSV, encoding="utf-8")
    run = CliRunner(env={"COLUMNS": "80", "ANMIN_LOG": log})
    assert run.invoke(diary_group, ["import", str(file)], catch_exceptions=False).exit_code == 0
    out = run.invoke(diary_group, ["list", "--lang", lang], catch_exceptions=False).stdout
    assert all(cells(line) <= 80 for line in out.splitlines())
    rows = [line for line in out.splitlines() if line.startswith("2026-")]
    assert [row[:10] for row in rows] == [date(2026, 11, day).isoformat() for day in (10, 11, 12, 13, 14)]
    assert ":" not in rows[2] + rows[3]
    assert {row.index(":") for row in (rows[0], rows[1], rows[4])} == {rows[0].index(":")}
    assert "80 / 87 / 93" in rows[0]
