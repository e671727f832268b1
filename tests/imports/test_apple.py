"""Apple Health: the quick way agrees with a real parser, the export-time offset is undone, hostile files refused."""

from __future__ import annotations

import io
import random
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_files import RULES, found_by, nights_by, put, zipped

from anmin.errors import InputError
from anmin.imports import apple, apple_reference, apple_scan
from anmin.imports.apple_rows import SLEEP_TYPE, Row
from anmin.imports.night import nights_of

DTD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14; don't "read" <Record> here ]> -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ATTLIST Record value CDATA "HKCategoryValueSleepAnalysisAwake">
]>
"""
SLEEP = f'type="{SLEEP_TYPE}"'
CORE = "HKCategoryValueSleepAnalysisAsleepCore"


def record(start: str, end: str, value: str = "AsleepCore", zone: str = "", source: str = "Watch", **more: str) -> str:
    held = {
        "type": SLEEP_TYPE, "sourceName": source, **more, "creationDate": end, "startDate": start, "endDate": end,
        "value": f"HKCategoryValueSleepAnalysis{value}",
    }  # fmt: skip
    inside = f'\n  <MetadataEntry key="HKTimeZone" value="{zone}"/>\n </Record>' if zone else ""
    tag = " ".join(f"{name}={quoteattr(text)}" for name, text in held.items())
    return f" <Record {tag}>{inside}\n" if zone else f" <Record {tag}/>\n"


def export(*records: str) -> str:
    return f'{DTD}<HealthData locale="zh_TW">\n <ExportDate value="x"/>\n{"".join(records)}</HealthData>\n'


def quick(data: bytes) -> list[Row]:
    return list(apple_scan.rows(io.BytesIO(data)))


def slow(data: bytes) -> list[Row]:
    return list(apple_reference.rows(io.BytesIO(data)))


FIXTURES = {
    "as Apple writes it": record("2024-01-01 23:00:00 +0200", "2024-01-02 07:00:00 +0200", zone="Europe/Amsterdam"),
    "another order of attributes": f"<Record value='{CORE}' endDate='b' startDate='a' {SLEEP} sourceName='x'/>",
    "over several lines": f'<Record\n  {SLEEP}\n\tsourceName = "a\nb"\r\n value="{CORE}"\n startDate="a"\n\n/>',
    "entities": f'<Record {SLEEP} sourceName="&lt;A&amp;B&gt; &quot;&#x5b89;&#30496;&apos;" value="v"/>',
    "a greater sign in a value": f'<Record {SLEEP} sourceName="a>b" device="x/>" value="v"/>',
    "in a comment": f'<!-- <Record {SLEEP} value="v"/> -->',
    "in a comment inside a record": f'<Record {SLEEP} value="v"><!-- </Record> <MetadataEntry key="HKTimeZone" '
    'value="Asia/Tokyo"/> --><MetadataEntry key="HKTimeZone" value="Asia/Taipei"/></Record>',
    "in CDATA": f'<Me><![CDATA[<Record {SLEEP} value="v"/>]]></Me>',
    "in an instruction": f'<?note <Record {SLEEP} value="v"/>?>',
    "in another attribute": f'<Me note="{SLEEP_TYPE}"/><Record type="Other" note="{SLEEP_TYPE}"/>',
    "in text": f"<Me>{SLEEP_TYPE}</Me>",
    "inside a correlation": f'<Correlation type="c"><Record {SLEEP} value="v"/></Correlation>',
    "similar names": f'<RecordX {SLEEP} value="v"/><Record type="{SLEEP_TYPE}2" value="v"/>',
    "a bang and a question": f'<Record {SLEEP} sourceName="Hey! Really? &lt;!--" value="v"/>',
    "zone not first": f'<Record {SLEEP} value="v">\n<MetadataEntry value="1" key="k"/>\n'
    "<MetadataEntry value='Asia/Taipei' key='HKTimeZone'/></Record>",
    "no attributes that matter": f"<Record {SLEEP}></Record>",
}


@pytest.mark.parametrize("name", FIXTURES)
def test_both_ways_agree_on_every_trap(name: str) -> None:
    data = export("<Record type='a'/>", FIXTURES[name], record("c", "d")).encode()
    assert quick(data) == slow(data)
    assert quick(b"\xef\xbb\xbf" + data) == slow(data)
    by_etree = [one for one in ElementTree.fromstring(data).iter("Record") if one.get("type") == SLEEP_TYPE]
    assert [row.source for row in quick(data)] == [one.get("sourceName", "") for one in by_etree]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from((SLEEP_TYPE, SLEEP_TYPE, "HKQuantityTypeIdentifierHeartRate")))
        held = {"type": kind, "sourceName": draw(NAMES), "value": draw(st.sampled_from((CORE, "x"))), "endDate": "e"}
        names = draw(st.permutations(sorted(held)))
        gap = draw(st.sampled_from((" ", "\n", "  \t")))
        tag = gap.join(f"{name}{draw(st.sampled_from(('=', ' = ')))}{quoteattr(held[name])}" for name in names)
        zone = f'<MetadataEntry key="HKTimeZone" value={quoteattr(draw(NAMES))}/>'
        inside = draw(st.sampled_from(("", zone, f"<!-- {SLEEP_TYPE} -->", f"<!-- </Record> -->{zone}", "<?a b?>")))
        parts.append(f"<Record {tag}>{inside}</Record>" if inside else f"<Record {tag}/>")
        between = st.sampled_from(("", "\n", f"<!-- <Record {SLEEP}/> -->", f"<Me>{escape(draw(NAMES))}</Me>"))
        parts.append(draw(between))
    return export(*parts).encode()


@settings(max_examples=150, deadline=None)
@given(exports(), st.sampled_from((64, 257, 1 << 16)))
def test_both_ways_agree_on_anything_well_formed(data: bytes, chunk: int) -> None:
    usual = apple_scan.CHUNK
    try:
        apple_scan.CHUNK = chunk
        assert quick(data) == slow(data)
    finally:
        apple_scan.CHUNK = usual


@settings(max_examples=150, deadline=None)
@given(exports(), st.randoms(use_true_random=False))
def test_a_damaged_file_is_an_error_or_read_alike(data: bytes, rng: random.Random) -> None:
    cut = data[: rng.randrange(len(data) - len("</HealthData>\n"))]
    with pytest.raises(InputError):
        quick(cut)
    with pytest.raises(InputError):
        slow(cut)
    hurt = bytearray(data)
    for _ in range(3):
        hurt[rng.randrange(len(hurt))] = rng.choice(b"<>&\"'!?-] x\x00\xff")
    try:
        expected = slow(bytes(hurt))
    except InputError:
        expected = None
    try:
        found = quick(bytes(hurt))
    except InputError:
        return  # the quick way may refuse, it may not misread
    assert expected is None or found == expected


def test_the_offset_of_the_export_is_undone_by_the_zone_of_the_night(tmp_path: Path) -> None:
    january = record("2024-01-01 00:30:00 +0200", "2024-01-01 08:30:00 +0200", zone="Europe/Amsterdam")
    (night,) = nights_by(apple.FORMAT, put(tmp_path, {"導出.xml": export(january)})).nights
    assert night.onset is not None
    assert night.onset.isoformat() == "2023-12-31T23:30:00+01:00"
    assert night.wake.isoformat() == "2024-01-01T07:30:00+01:00"
    assert (night.known, night.zone, night.confidence) == ("true", "Europe/Amsterdam", "high")


def test_a_record_without_zone_borrows_the_nearest_one_and_is_marked(tmp_path: Path) -> None:
    known = record("2024-01-01 00:30:00 +0200", "2024-01-01 08:30:00 +0200", zone="Asia/Taipei")
    near = record("2024-01-01 20:00:00 +0200", "2024-01-02 03:00:00 +0200", source="Other")
    far = record("2024-03-01 20:00:00 +0200", "2024-03-02 03:00:00 +0200", source="Other")
    found = nights_by(apple.FORMAT, put(tmp_path, {"a.xml": export(known, near, far)}))
    first, second, third = found.nights
    assert (first.known, second.known, second.zone) == ("true", "inferred", "Asia/Taipei")
    assert second.wake.isoformat() == "2024-01-02T09:00:00+08:00"
    assert (third.known, third.zone, third.wake.isoformat()) == ("inferred", "", "2024-03-02T03:00:00+02:00")
    told = nights_by(apple.FORMAT, [str(tmp_path / "a.xml")], zone="Europe/London")
    assert told.nights[2].wake.isoformat() == "2024-03-02T01:00:00+00:00"


def test_the_archive_is_found_by_content_and_read_twice_without_effect(tmp_path: Path) -> None:
    device = "<<HKDevice: 0x1>, name:Apple Watch>"
    night = [
        record("2024-01-01 23:00:00 +0800", "2024-01-02 03:00:00 +0800", zone="Asia/Taipei", device=device),
        record("2024-01-02 03:00:00 +0800", "2024-01-02 07:00:00 +0800", "AsleepREM", zone="Asia/Taipei"),
    ]  # fmt: skip
    again = [text.replace("0x1", "0x2") for text in night]  # the address in a device differs at every export
    files = {
        "apple_health_export/导出.xml": export(*night),
        "export_cda.xml": "<ClinicalDocument/>",
    }
    paths = put(tmp_path, {"a.zip": zipped(files), "b.zip": zipped({"x/export.xml": export(*again)})})
    once, twice = nights_by(apple.FORMAT, paths[:1]), nights_by(apple.FORMAT, paths[::-1])
    assert once == twice
    assert [(one.tst, one.device) for one in once.nights] == [(480, "Apple Watch")]


def test_sixteen_bit_text_goes_the_slow_way(tmp_path: Path) -> None:
    text = export(record("2024-01-01 23:00:00 +0800", "2024-01-02 07:00:00 +0800")).replace("UTF-8", "UTF-16")
    (night,) = nights_by(apple.FORMAT, put(tmp_path, {"a.xml": text.encode("utf-16")})).nights
    assert night.tst == 480


@pytest.mark.parametrize("way", [quick, slow])
@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE HealthData [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><HealthData></HealthData>',
        '<!DOCTYPE HealthData [<!ENTITY a SYSTEM "file:///etc/passwd">]><HealthData></HealthData>',
        '<!DOCTYPE HealthData SYSTEM "http://example.org/x.dtd"><HealthData></HealthData>',
        f'<HealthData><Record {SLEEP} sourceName="&made;" value="v"/></HealthData>',
        f'<HealthData><Record {SLEEP} sourceName="&#1;" value="v"/></HealthData>',
        f'<HealthData><Record {SLEEP} value="v"',
        "<HealthData><!-- never closed",
        "<Other></Other>",
    ],
)
def test_entities_outside_types_and_broken_ends_are_refused(way: object, text: str) -> None:
    with pytest.raises(InputError):
        way(text.encode())  # type: ignore[operator]


def test_bytes_that_are_no_text_are_refused_and_times_that_are_none_left_out(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        quick(export(record("a", "b", source="@")).encode().replace(b"@", b"\xff\xfe"))
    rows = (record("yesterday", "2024-01-02 07:00:00 +0800"), record("2024-02-31 07:00:00 +0800", "a"), record("", ""))
    assert found_by(apple.FORMAT, put(tmp_path, {"a.xml": export(*rows)})).left_out == {"no_times": 3}


def test_a_tag_without_end_does_not_fill_the_memory() -> None:
    endless = export().encode().replace(b"</HealthData>", f"<Record {SLEEP} sourceName='".encode() + b"x" * (3 << 20))
    with pytest.raises(InputError):
        quick(endless)


def test_daylight_saving_and_naps_and_sources_together(tmp_path: Path) -> None:
    rows = [
        record("2024-10-27 00:00:00 +0100", "2024-10-27 07:00:00 +0100", zone="Europe/Paris"),
        record("2024-10-26 23:30:00 +0100", "2024-10-27 07:30:00 +0100", "InBed", source="Phone"),
        record("2024-10-27 13:00:00 +0100", "2024-10-27 13:40:00 +0100", zone="Europe/Paris"),
        record("2024-10-27 14:00:00 +0100", "2024-10-27 14:00:00 +0100", zone="Europe/Paris"),
        record("2024-10-27 15:00:00 +0100", "2024-10-27 16:00:00 +0100", "Dreaming"),
    ]
    paths = put(tmp_path, {"a.xml": export(*rows)})
    found = nights_by(apple.FORMAT, paths)
    (night,) = found.nights
    assert (night.source, night.also, night.tst, night.marks) == ("Watch", ("Phone",), 420, ("clock_change",))
    assert [nap.tst for nap in found.naps] == [40]


def test_order_of_records_makes_no_difference() -> None:
    rows = [record(f"2024-01-{day:02} 23:00:00 +0800", f"2024-01-{day + 1:02} 06:00:00 +0800") for day in range(1, 20)]
    reading = apple.Reading()
    segments = reading.segments(quick(export(*rows).encode()))
    shuffled = random.Random(1).sample(segments, len(segments))
    assert nights_of(segments, (), RULES) == nights_of(shuffled, (), RULES)
    assert len(nights_of(segments, (), RULES).nights) == 19
