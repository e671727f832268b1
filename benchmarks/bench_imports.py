"""Apple Health exports: how fast the sleep rows come out, beside other ways to read them in the same run.

    python benchmarks/bench_imports.py [MEGABYTES]        100 by default; 1000 is a long real export

Peers: ``xml.etree`` of the standard library, ``lxml`` (group ``peers``), and two parsers published on PyPI, where they
are installed: python -m venv .make/peers && .make/peers/bin/pip install healthkit-to-sqlite apple-health-parser. Those
read a smaller export, because one of them holds the whole tree in memory (8 GB for 1 GB).

The export is made up: heart rate, steps and energy of years, one record in fifty-five sleep, names in Chinese,
metadata children, the document type Apple writes. Every way must give the same rows. Times are those of the processor
(least of three, files in the page cache), which neighbours on the machine cannot take away; peak memory is that of a
process of its own, above an interpreter that has only imported the same modules.
"""

from __future__ import annotations

import importlib.util
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec

from anmin.imports import apple, apple_reference, apple_scan
from anmin.imports.apple_rows import SLEEP_TYPE, ZONE_KEY, Row
from anmin.imports.files import opened
from anmin.imports.found import Ask
from anmin.imports.model import Rules, rules_of
from anmin.imports.night import nights_of
from anmin.knowledge.load import load

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record type CDATA #REQUIRED unit CDATA #IMPLIED value CDATA #IMPLIED>
]>
<HealthData locale="zh_TW">
 <ExportDate value="2026-06-23 08:00:00 +0800"/>
"""
OTHERS = ("HeartRate", "StepCount", "ActiveEnergyBurned", "BasalEnergyBurned", "DistanceWalkingRunning")
STAGES = ("AsleepCore", "AsleepDeep", "AsleepCore", "AsleepREM", "Awake")
DEVICE = (
    "&lt;&lt;HKDevice: 0x282a5d7c0&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,2&gt;"
)


def write_export(path: Path, megabytes: int) -> int:
    """Write an export of about that size; the number of sleep records in it."""
    nights = max(1, megabytes * 1_000_000 // (1_300 * 24))
    sleep = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for night in range(nights):
            day = f"{2016 + night // 336 % 10}-{night // 28 % 12 + 1:02d}-{night % 28 + 1:02d}"
            lines = []
            for number in range(85):
                kind, clock = OTHERS[number % 5], f"{day} {number // 5 + 6:02d}:{number * 7 % 60:02d}:11 +0800"
                lines.append(
                    f' <Record type="HKQuantityTypeIdentifier{kind}" sourceName="小林的 Apple\xa0Watch"'
                    f' sourceVersion="9.1" device="{DEVICE}" unit="count/min"'
                    f' creationDate="{clock}" startDate="{clock}" endDate="{clock}"'
                    f' value="{60 + number % 40}">\n  '
                    '<MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n </Record>\n'
                )
            if night % 2 == 0:
                for part in range(3):
                    stage = STAGES[(night // 2 + part) % 5]
                    start, end = f"{day} {part + 1:02d}:00:00 +0800", f"{day} {part + 1:02d}:59:30 +0800"
                    lines.append(
                        f' <Record type="{SLEEP_TYPE}" sourceName="小林的 Apple\xa0Watch" sourceVersion="9.1"'
                        f' device="{DEVICE}" creationDate="{day} 07:00:02 +0800" startDate="{start}" endDate="{end}"'
                        f' value="HKCategoryValueSleepAnalysis{stage}">\n'
                        f'  <MetadataEntry key="{ZONE_KEY}" value="Asia/Taipei"/>\n </Record>\n'
                    )
                    sleep += 1
            file.writelines(lines)
        file.write("</HealthData>\n")
    return sleep


def by_etree(path: Path) -> Iterator[Row]:
    """The usual way: iterparse, every element of the root thrown away after it ended."""
    walk = ElementTree.iterparse(path, events=("start", "end"))
    _, root = next(walk)
    for event, element in walk:
        if event == "end" and element.tag == "Record":
            if element.get("type") == SLEEP_TYPE:
                zone = next((one.get("value", "") for one in element if one.get("key") == ZONE_KEY), "")
                names = ("startDate", "endDate", "value", "sourceName", "device", "creationDate")
                yield Row(*(element.get(name, "") for name in names), zone)
            root.clear()


def by_lxml(path: Path) -> Iterator[Row]:
    """The same with lxml, where it is installed; every element and those before it thrown away."""
    from lxml import etree

    for _, element in etree.iterparse(str(path), tag="Record", events=("end",)):
        if element.get("type") == SLEEP_TYPE:
            zone = next((one.get("value", "") for one in element if one.get("key") == ZONE_KEY), "")
            names = ("startDate", "endDate", "value", "sourceName", "device", "creationDate")
            yield Row(*(element.get(name, "") for name in names), zone)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def by_stream(rows: Callable[..., Iterator[Row]], path: Path) -> Iterator[Row]:
    with opened([str(path)]) as members, members[0].open() as stream:
        yield from rows(stream)


def whole(path: Path, rules: Rules) -> int:
    """Everything: open, scan, zones, nights."""
    with opened([str(path)]) as members:
        found = apple.read([member for member in members if apple.recognise(member)], Ask(rules))
    return len(nights_of(found.segments, (), rules).nights)


def measured(label: str, size: int, run: Callable[[], object], times: int = 3) -> float:
    best = min(_clock(run) for _ in range(times))
    print(f"  {label:<44} {best:8.3f} s {size / best / 1e6:10,.0f} MB/s", flush=True)
    return best


def _clock(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


PUBLISHED = Path(__file__).parents[1] / ".make" / "peers" / "bin"
_PARSER = """
import sys
from apple_health_parser.utils.parser import Parser
parser = Parser(export_file=sys.argv[1], output_dir=sys.argv[2], overwrite=True)
print(len(parser.get_flag_records(flag=sys.argv[3]).records))
"""


def published(folder: Path, megabytes: int) -> None:
    """The parsers of PyPI on an export of their own, the archive as Apple makes it; ours on the same."""
    path, packed, target = folder / "export.xml", folder / "export.zip", folder / "out.db"
    count = write_export(path, megabytes)
    size = path.stat().st_size
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "apple_health_export/export.xml")
    print(f"  published parsers, {size / 1e6:,.0f} MB of XML in a zip:")
    ours = measured("  ours", size, lambda: sum(1 for _ in by_stream(apple_scan.rows, packed)))
    ran = 0

    def told(label: str, command: list[str], rows: Callable[[str], int]) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            print(f"    {label}: does not run ({done.stderr.strip().splitlines()[-1:]})")
            return
        assert rows(done.stdout) == count, label
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"    {label:<42} {took:8.3f} s {size / took / 1e6:10,.1f} MB/s   ours is {took / ours:,.0f} times as fast"
        )

    def in_database(_: str) -> int:
        with sqlite3.connect(target) as held:
            return int(held.execute("SELECT count(*) FROM rSleepAnalysis").fetchone()[0])

    if (PUBLISHED / "healthkit-to-sqlite").exists():
        ran += 1
        told("healthkit-to-sqlite", [str(PUBLISHED / "healthkit-to-sqlite"), str(packed), str(target)], in_database)
    if shutil.which(str(PUBLISHED / "python")) and any(
        PUBLISHED.parent.glob("lib/*/site-packages/apple_health_parser")
    ):
        ran += 1
        words = [str(PUBLISHED / "python"), "-c", _PARSER, str(packed), str(folder / "out"), SLEEP_TYPE]
        told("apple-health-parser", words, lambda out: int(out.split()[-1]))
    if not ran:
        print("    none is installed; how to is written at the top of this file")


def peak(rules: Rules, path: Path | None) -> float:
    """Peak resident memory in MiB of a fresh process that reads the export (None: only the imports)."""
    named = [msgspec.json.encode(rules).decode(), *([] if path is None else [str(path)])]
    out = subprocess.run([sys.executable, __file__, "--peak", *named], capture_output=True, text=True, check=True)
    return float(out.stdout)


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        if sys.argv[3:]:
            whole(Path(sys.argv[3]), msgspec.json.decode(sys.argv[2], type=Rules))
        status = Path("/proc/self/status").read_text()  # getrusage would give the peak of the process that started us
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        return
    megabytes = int(sys.argv[1]) if sys.argv[1:] else 100
    rules = rules_of(load())
    with tempfile.TemporaryDirectory() as folder:
        path, packed = Path(folder, "輸出.xml"), Path(folder, "輸出.zip")
        count = write_export(path, megabytes)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(path, "apple_health_export/輸出.xml")
        size = path.stat().st_size
        print(f"{size / 1e6:,.0f} MB of XML, {count:,} sleep records; zip {packed.stat().st_size / 1e6:,.0f} MB")
        expected = list(by_etree(path))
        assert len(expected) == count
        for rows in (apple_scan.rows, apple_reference.rows):
            assert list(by_stream(rows, path)) == expected
        slow = measured("xml.etree.iterparse, root cleared", size, lambda: sum(1 for _ in by_etree(path)), 1)
        if importlib.util.find_spec("lxml") is not None:
            assert list(by_lxml(path)) == expected
            measured("lxml.iterparse, elements thrown away", size, lambda: sum(1 for _ in by_lxml(path)), 1)
        measured("expat reference", size, lambda: sum(1 for _ in by_stream(apple_reference.rows, path)), 1)
        quick = measured("sleep rows by byte search", size, lambda: sum(1 for _ in by_stream(apple_scan.rows, path)))
        zipped = measured("sleep rows out of the zip", size, lambda: sum(1 for _ in by_stream(apple_scan.rows, packed)))
        measured("all the way to nights", size, lambda: whole(path, rules))
        print(f"  byte search is {slow / quick:,.1f} times as fast as xml.etree")
        print(f"  a GB of XML: {quick / size * 1e9:.2f} s, in a zip {zipped / size * 1e9:.2f} s")
        alone, plain, inside = peak(rules, None), peak(rules, path), peak(rules, packed)
        print(f"  peak memory above the interpreter: XML {plain - alone:.0f} MiB, zip {inside - alone:.0f} MiB")
        bars = (size / quick >= 1e9, zipped / size * 1e9 <= 2.5, max(plain, inside) - alone <= 64)
        names = ("1 GB/s", "2.5 s per GB in a zip", "64 MiB")
        print(
            "  bars: "
            + ", ".join(f"{name} {'held' if held else 'MISSED'}" for name, held in zip(names, bars, strict=True))
        )
        path.unlink()
        packed.unlink()
        published(Path(folder), min(megabytes, 50))


if __name__ == "__main__":
    main()
