"""The one door for YAML: what is read is what was typed, with its line; everything else is refused with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import PlacedError, ProfileError
from anmin.knowledge.plain import Bounds, Node, read_text, read_yaml

BOUNDS = Bounds(size=2000, depth=4, values=40, text=50, error=ProfileError, what="profile")


def test_words_stay_as_typed_and_know_their_line() -> None:
    found = read_yaml("a: 22:30\nb:\n  - no\n  - '~'\n  - ~\nc: {d: 0o12}\n", "x.yaml", BOUNDS)
    assert found == Node(
        {
            "a": Node("22:30", 1),
            "b": Node([Node("no", 3), Node("~", 4, quoted=True), Node(None, 5)], 2),
            "c": Node({"d": Node("0o12", 6)}, 6),
        },
        1,
    )
    assert read_yaml("# nothing\n", "x.yaml", BOUNDS).value is None


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("a: 1\nb: &x 2", 2, "profile", "&x.*anchors"),
        ("a: 1\nb: *x", 2, "profile", r"\*x.*aliases"),
        ("a: 1\nb: !x 2", 2, "profile", "!x.*tags"),
        ("a: 1\n!x b: 2", 2, "profile", "tags"),
        ("a: 1\n<<: {b: 1}", 2, "key", "merging"),
        ("a: 1\nb: 2\n\na: 3", 4, "a", "first in line 1"),
        ("a: 1\n'a ': 3", 2, "a", "first in line 1"),
        ("a: {b: {c: {d:\n {e: 1}}}}", 2, "profile", "4 levels"),
        ("a: [" + "1, " * 40 + "]", 1, "profile", "40 values"),
        ("a:\n  deep: " + "x" * 51, 2, "deep", "50 characters"),
        ('a:\n- b: "\\e[2J"', 2, "b", "printable"),
        ('a: "\\u202eb"', 1, "a", "printable"),
        ("a: 1\n~: 2", 2, "key", "a word"),
        ("a: 1\n---\nb: 2", 2, "profile", "one document"),
        ("a: 'open\nb: 1", 2, "profile", "readable YAML"),
        ("a: \x00", None, "profile", "control characters"),
        ("x" * 2001, None, "profile", "2000"),
    ],
)
def test_everything_else_is_refused_with_field_and_line(text: str, line: int | None, field: str, says: str) -> None:
    with pytest.raises(ProfileError, match=says) as caught:
        read_yaml(text, "x.yaml", BOUNDS)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert str(caught.value) == (f"x.yaml:{line}: " if line else "x.yaml: ") + caught.value.reason


def test_a_quoted_merge_sign_is_a_word() -> None:
    assert read_yaml("'<<': 1", "x.yaml", BOUNDS).value == {"<<": Node("1", 1)}


@pytest.mark.parametrize("text", ["[" * 900_000, "{a: " * 250_000, "- " * 450_000, "? " * 450_000])
def test_deep_files_cost_nothing(text: str) -> None:
    before = time.process_time()
    with pytest.raises(PlacedError):
        read_yaml(text, "x.yaml", Bounds(size=1 << 20, depth=32, values=1 << 20, text=50))
    assert time.process_time() - before < 5


def test_a_file_is_read_within_its_bounds(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_text(file, BOUNDS) == "a: 1"
    for data, says in ((b"a: 1\nb: \xff", "x.yaml:2: encoding"), (b"#" * 2001, "profile: .*at most 1 KiB")):
        file.write_bytes(data)
        with pytest.raises(ProfileError, match=says):
            read_text(file, BOUNDS)
    for path in (tmp_path, tmp_path / "none.yaml", "\x00"):
        with pytest.raises(ProfileError, match="can be read"):
            read_text(path, BOUNDS)


@given(st.text(alphabet="ab:-?[]{}&*!|>'\"#%@`,<~ \n\t\\\u2028\ud7ff\x85", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_tree_or_a_named_error(text: str) -> None:
    try:
        read_yaml(text, "x.yaml", BOUNDS)
    except PlacedError as error:
        if not (error.field and error.allowed):
            raise AssertionError("an error names the field and what is allowed") from error
