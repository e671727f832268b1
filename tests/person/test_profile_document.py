"""Files from outside: bounded, plain, and never more than an input error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anmin.errors import InputError, ProfileError
from anmin.knowledge.load import load
from anmin.person.answers import Profile
from anmin.person.document import BOUNDS
from anmin.person.profile import parse_profile, read_profile
from anmin.person.understand import understand


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("age: 34\nmedicines: [&a x, *a]", 2, "anchors"),
        ("age: 34\nx: *nowhere", 2, "anchors"),
        ("age: 34\nsleep: {<<: {isi: 3}}", 2, "merging"),
        ("age: !!int 34", 1, "tags"),
        ("age: !!python/object/apply:os.system [ls]", 1, "tags"),
        ("age: 34\n\nage: 35", 3, "once"),
        ("sleep:\n  isi: 3\n  isi: 4", 3, "once"),
        ("a: {b: {c: {d: {e: {f: {g: 1}}}}}}", 1, "levels"),
        ("- a\n- b", 1, "field: value"),
        ("age: 34\n---\nage: 35", 2, "one document"),
        ("? [a, b]\n: c", 1, "a word"),
        ('age: "\\u202e34"', 1, "printable"),
        ('conditions: ["a\\u0000b"]', 1, "printable"),
        ("age: [", 1, "YAML"),
        ("age: 34\n\tsex: male", 2, "YAML"),
        (f"conditions: [{'x' * 400}]", 1, "characters"),
    ],
)
def test_hostile_yaml_is_refused_with_its_line(text: str, line: int | None, says: str) -> None:
    with pytest.raises(ProfileError, match=says) as caught:
        parse_profile(text)
    assert caught.value.line == line
    assert str(caught.value).startswith("profile.yaml")


def test_a_billion_laughs_is_refused_before_it_grows() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with pytest.raises(ProfileError, match="anchors"):
        parse_profile("\n".join(lines))


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "{a: " * 10_000, "- " * 20_000, "a" * (BOUNDS.size + 1), "x: [" + "a, " * 20_000 + "]"]
)
def test_big_and_deep_files_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_profile(text)
    with pytest.raises(InputError):
        parse_profile(text, "profile.json")


@pytest.mark.parametrize(
    "text", ['{"age": NaN}', '{"age": 1e999}', '{"age": 3, "age": 4}', '{"age": 3', "[[[[[[[[[[1]]]]]]]]]]", '"x"']
)
def test_hostile_json_is_refused(text: str) -> None:
    with pytest.raises(ProfileError):
        parse_profile(text, "profile.json")


def test_json_and_yaml_mean_the_same() -> None:
    answers = {
        "age": 34,
        "sex": "female",
        "breastfeeding": False,
        "bed": "23:30",
        "medicines": [],
        "kidney": {"egfr": 90.5},
    }
    yaml_text = "age: 34\nsex: female\nbreastfeeding: no\nbed: 23:30\nmedicines: []\nkidney: {egfr: 90.5}"
    assert parse_profile(json.dumps(answers), "profile.json") == parse_profile(yaml_text)


def test_yaml_guesses_are_never_made() -> None:
    """YAML 1.1 would read 22:30 as 1350, 0o12 as 10 and a bare NO as false."""
    profile = parse_profile("bed: 22:30\nrise: 06:00\nage: 034\nmedicines: no")
    assert (profile.bed, profile.rise, profile.age, profile.medicines) == ("22:30", "06:00", 34, ())


@pytest.mark.parametrize("data", [b"age: \xff\xfe", "age: 34\n# 年齡".encode("big5"), b"\x00" * 10])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(data)
    with pytest.raises(ProfileError):
        read_profile(path)


def test_a_missing_file_a_folder_and_a_huge_file_are_input_errors(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"#" * (BOUNDS.size + 1))
    for path in (tmp_path / "none.yaml", tmp_path, huge):
        with pytest.raises(ProfileError):
            read_profile(path)


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes("\ufeffage: 34\n".encode())
    assert read_profile(path).age == 34


_WORDS = [
    *("age", "sex", "medicines", "taking", "sleep", "kidney", "bed", "red_flags", "pregnant", "diet", "foods", "at"),
    *("name", "alcohol", "budget", "34", "-3", "no", "?", "22:30", "27:99", "1e9", ".nan", "女", "毎食後", "---"),
    *("%YAML", "~", "NT$20", "0", "[", "]", "{", "}", ",", ":", "|", ">", "#", "&a", "*a", "!!x"),
]
_MARKS = [
    ": ",
    "- ",
    "\n",
    "\n  ",
    " ",
    '"',
    "'",
    "\t",
    "\u202e",
    "\x07",
    "5 g",
    "magnesium 200 mg",
    "in 10 days",
    "aspirin 8:00",
]
_FIELDS = list(Profile.__struct_encode_fields__)
_INNER = ["name", "at", "egfr", "problem", "for", "product", "foods", "x"]


def _understood_or_refused(text: str, name: str) -> None:
    try:
        understand(parse_profile(text, name), load())
    except InputError as error:
        if not (error.field and error.allowed):
            raise AssertionError("an error names the field and what is allowed") from error


@given(st.one_of(st.lists(st.sampled_from(_WORDS + _MARKS), max_size=40).map("".join), st.text(max_size=200)))
@example("medicines: [{name: }]")
@example("sleep: {for: ''}")
@example("pregnancy_week: 20\npregnant: no")
@settings(max_examples=400, deadline=None)
def test_only_input_errors_escape_from_any_text(text: str) -> None:
    for name in ("profile.yaml", "profile.json"):
        _understood_or_refused(text, name)


_LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_INNER), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(_FIELDS), _TREE, max_size=6))
@settings(max_examples=300, deadline=None)
def test_only_input_errors_escape_from_any_json(answers: dict[str, object]) -> None:
    _understood_or_refused(json.dumps(answers), "profile.json")
